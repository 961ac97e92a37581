"""What counts as repeated after a failure, that each repeat needs its reason, and what the monitor reads of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from eligibility import demonstration, listing, retests
from eligibility.actions import (
    Actor,
    assess,
    close,
    confirm,
    give_reason,
    rescreen,
    sign,
    start,
)
from eligibility.answers import answer as answered
from eligibility.models import LogLine, Repeated, Retest, RetestReason, Screening, State
from eligibility.policies import Moved, NotAllowed, NotNow
from eligibility.requests import read_request
from eligibility.rules.outlook import look_ahead
from eligibility.rules.record import Record
from patients.actions import set_aside_record
from patients.intake import strict_json
from patients.intake.fhir import read_bundle
from patients.models import Patient
from tests.eligibility.stored import make_site
from tests.workflow.rescreened import PLATELETS, again, count
from tests.workflow.staffed import (
    AT,
    ON,
    PASSWORD,
    PROTOCOL,
    Staffed,
    answer,
    candidate,
    confirm_absences,
    person,
)
from tests.workflow.test_journey import seen
from trialscreen.institution.models import Role
from trialscreen.institution.scope import use_logs, use_sites

pytestmark = pytest.mark.django_db
INFECTION = "no-active-infection"


def failed(held: Screening) -> dict[str, retests.Failed]:
    """What failed before an episode, by criterion."""
    fresh = Screening.objects.select_related("site", "previous__assessment").get(pk=held.pk)
    record, said = listing.examine(held.patient_id, protocol=PROTOCOL, on=ON)
    return {one.criterion: one for one in retests.of_episode(fresh, said, record)}


def repeated(held: Screening) -> list[str]:
    return [key for key, one in failed(held).items() if one.repeated]


def reason(
    team: Staffed,
    held: Screening,
    *,
    by: Actor | None = None,
    version: int | None = None,
    **also: str,
) -> RetestReason:
    said = {"criterion": PLATELETS, "reason": "specimen", "text": "Clumped"} | also
    held.refresh_from_db()
    return give_reason(
        held.pk,
        by=by or team.coordinates,
        protocol=PROTOCOL,
        on=ON,
        seen=held.version if version is None else version,
        **said,
    )


def confirms(team: Staffed, held: Screening) -> None:
    confirm_absences(held.patient_id)
    confirm(held.pk, by=team.coordinates, protocol=PROTOCOL, on=ON, seen=seen(held))
    held.refresh_from_db()


def line(held: Screening) -> LogLine:
    with use_logs([held.site_id]):
        return LogLine.objects.get(episode=held.episode)


# -- what counts ------------------------------------------------------------------------------


def test_what_failed_before_and_was_not_repeated_is_no_retest(team: Staffed) -> None:
    held = again(team)
    assert list(failed(held)) == [PLATELETS]
    assert repeated(held) == []
    assert not Retest.objects.exists()


def test_another_result_is_a_retest_and_filed_by_itself_once(team: Staffed) -> None:
    held = again(team)
    count(180)
    assert repeated(held) == [PLATELETS]
    filed = Retest.objects.get()
    assert (filed.screening_id, filed.criterion, filed.verdict) == (held.pk, PLATELETS, "met")
    count(190, ident="third")
    assert Retest.objects.count() == 1


def test_one_that_fails_again_was_repeated_too(team: Staffed) -> None:
    held = again(team)
    count(98)
    assert repeated(held) == [PLATELETS]
    assert Retest.objects.get().verdict == "not_met"


def test_a_corrected_result_is_a_retest(team: Staffed) -> None:
    held = again(team)
    count(180, ident="")
    assert repeated(held) == [PLATELETS]


def test_one_that_came_after_the_closing_and_before_the_next_episode_is_a_retest(
    team: Staffed,
) -> None:
    held = candidate("platelets-low", team.site)
    close(
        held.pk,
        by=team.coordinates,
        protocol=PROTOCOL,
        on=ON,
        seen=1,
        to=State.INELIGIBLE,
        reason="failed-criteria",
    )
    count(180)
    following = rescreen(
        held.pk, by=team.coordinates, protocol=PROTOCOL, on=ON, seen=2, note="Repeated"
    )
    assert repeated(following) == [PLATELETS]


def test_a_repeat_within_an_episode_is_no_retest(team: Staffed) -> None:
    held = candidate("platelets-low", team.site)
    start(held.pk, by=team.coordinates, on=ON, seen=1)
    count(180)
    assert failed(held) == {}
    assert not Retest.objects.exists()
    confirms(team, held)
    assert held.state == State.CONFIRMED


def test_a_record_set_aside_is_no_retest(team: Staffed) -> None:
    held = again(team)
    patient = Patient.objects.get(pk=held.patient_id)
    set_aside_record(
        patient=patient,
        site=team.site,
        source="ehr",
        ref="Observation/platelets-low.platelets",
        reason="another-person",
        note="",
        by=team.investigator,
    )
    assess(held.patient_id, protocol=PROTOCOL, on=ON)
    assert repeated(held) == []


def test_another_answer_of_a_person_is_a_retest(team: Staffed) -> None:
    held = candidate("meets-everything", team.site)
    patient = Patient.objects.get(pk=held.patient_id)
    answer(patient, INFECTION, "not_met", on=str(ON))
    closed = close(
        held.pk,
        by=team.coordinates,
        protocol=PROTOCOL,
        on=ON,
        seen=1,
        to=State.INELIGIBLE,
        reason="failed-criteria",
    )
    following = rescreen(
        held.pk, by=team.coordinates, protocol=PROTOCOL, on=ON, seen=closed.version, note="Over"
    )
    assert repeated(following) == []
    answer(patient, INFECTION, "met", on=str(ON))
    assert repeated(following) == [INFECTION]


def _at(key: str, days: int) -> tuple[Record, dict[str, Any]]:
    """An invented record and the answer to it, so many days later."""
    told = demonstration.document(key, on=ON)
    told["on"] = (ON + timedelta(days=days)).isoformat()
    asked = read_request(
        strict_json.parse(demonstration.to_json(told)),
        on=None,
        today=lambda _zone: ON,
        protocol=PROTOCOL,
    )
    intake = read_bundle(asked.bundle, received_on=asked.received_on, zone=asked.zone)
    record = Record(intake.facts, asked.attestations, asked.ranges)
    case = PROTOCOL.case(record, None)
    found = PROTOCOL.assess(case, asked.on)
    return record, answered(PROTOCOL, case, found, look_ahead(PROTOCOL, case, found))


@pytest.mark.parametrize(
    "key",
    [
        "wash-out-then-repeat",
        "unstable-angina-ending",
        "appendix-out",
        "recovered-but-too-soon",
    ],
)
def test_time_alone_repeats_nothing(key: str) -> None:
    """What failed is met by now; an older operation or answer, at hand then already, is named beside it."""
    _, before = _at(key, 0)
    cured = 0
    for days in (3, 30, 90):
        record, now = _at(key, days)
        found = retests.compared(before, now, retests.known_at(record, 1))
        cured += sum(one.now["verdict"] == "met" for one in found)
        assert [one.criterion for one in found if one.repeated] == []
    assert cured


# -- the reason -------------------------------------------------------------------------------


def test_nobody_confirms_before_somebody_has_said_why(team: Staffed) -> None:
    held = again(team)
    count(180)
    confirm_absences(held.patient_id)
    with pytest.raises(
        NotNow,
        match=r"Repeated after a failure, and nobody has said why: Platelets ≥ 100,000/mm³\.",
    ) as refusal:
        confirm(held.pk, by=team.coordinates, protocol=PROTOCOL, on=ON, seen=seen(held))
    assert refusal.value.code == "retests"
    given = reason(team, held)
    assert (given.by_name, given.reason, given.text) == (
        "coordinator toronto",
        "specimen",
        "Clumped",
    )
    assert [one["value"] for one in given.results] == ["180"]
    confirms(team, held)
    sign(
        held.pk,
        by=team.investigates,
        password=PASSWORD,
        protocol=PROTOCOL,
        at=AT,
        on=ON,
        seen=held.version,
    )


def test_one_reason_is_enough_however_often_it_is_repeated(team: Staffed) -> None:
    held = again(team)
    count(180)
    reason(team, held)
    count(190, ident="third")
    confirms(team, held)
    assert held.state == State.CONFIRMED


def test_said_twice_is_one_and_another_takes_its_place(team: Staffed) -> None:
    held = again(team, started=False)
    count(180)
    first = reason(team, held)
    assert reason(team, held) == first
    reason(team, held, reason="method", text="")
    assert RetestReason.objects.count() == 2
    assert failed(held)[PLATELETS].reason == RetestReason.objects.get(reason="method")


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ({"reason": ""}, "reason", "Choose one of the listed reasons."),
        ({"reason": "because"}, "reason", "Choose one of the listed reasons."),
        ({"reason": "other", "text": " . "}, "text", "Say in words why it was repeated."),
        ({"text": "x" * 2001}, "text", "A reason has at most 2000 characters."),
        ({"criterion": "bilirubin-normal"}, "not-repeated", "it needs no reason"),
        ({"criterion": "nothing"}, "not-repeated", "it needs no reason"),
    ],
)
def test_what_is_no_reason(team: Staffed, said: dict[str, str], code: str, words: str) -> None:
    held = again(team)
    count(180)
    with pytest.raises(NotNow, match=words) as refusal:
        reason(team, held, by=None, version=None, **said)
    assert refusal.value.code == code
    assert not RetestReason.objects.exists()


def test_who_may_not(team: Staffed) -> None:
    held = again(team)
    count(180)
    client = Actor(None, "ehr", "ehr")
    for by in (client, Actor.person(team.coordinator, "ehr")):
        with pytest.raises(NotAllowed, match="Only a person says why"):
            reason(team, held, by=by)
    stranger = Actor.person(person("stranger", Role.COORDINATOR, make_site("montreal")))
    with pytest.raises(NotAllowed, match="Only coordinators and investigators of the site"):
        reason(team, held, by=stranger)
    with pytest.raises(Moved, match="Somebody else has changed this screening"):
        reason(team, held, version=1)


def test_when_it_may_not_be_given(team: Staffed) -> None:
    first = candidate("meets-everything", team.site, source="other")
    with pytest.raises(NotNow, match="first screening"):
        reason(team, first)
    held = again(team)
    with pytest.raises(NotNow, match="it needs no reason"):
        reason(team, held)
    count(180)
    reason(team, held)
    confirms(team, held)
    with pytest.raises(NotNow, match="before it is confirmed"):
        reason(team, held, text="Late")


# -- what is kept, and who sees it ----------------------------------------------------------------


@pytest.mark.parametrize("table", ["eligibility_retest", "eligibility_retestreason"])
def test_rows_are_added_alone_and_exist_for_their_site_alone(team: Staffed, table: str) -> None:
    held = again(team)
    count(180)
    reason(team, held)
    for statement in (f"UPDATE {table} SET criterion = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
    other = make_site("montreal")
    with use_sites([other.pk]):
        assert not Retest.objects.exists()
        assert not RetestReason.objects.exists()


@pytest.mark.parametrize(
    "odd", [{"reason": "because"}, {"reason": "other", "text": ""}, {"by_name": ""}]
)
def test_the_database_refuses_what_is_no_reason(team: Staffed, odd: dict[str, str]) -> None:
    held = again(team)
    row = {"reason": "method", "text": "", "by_name": "Anna"} | odd
    with pytest.raises(IntegrityError), transaction.atomic():
        RetestReason.objects.create(
            site=team.site,
            screening=held,
            criterion=PLATELETS,
            results=[],
            by=team.coordinator,
            **row,
        )


def test_the_log_tells_criteria_and_codes_and_no_words(team: Staffed) -> None:
    held = again(team)
    assert line(held).retests == []
    count(180)
    assert line(held).retests == [{"criterion": PLATELETS, "reason": None}]
    reason(team, held, reason="other", text="Mrs Lovelace was ill")
    reason(team, held, reason="method", text="Mrs Lovelace, telephone 555-0100")
    assert line(held).retests == [{"criterion": PLATELETS, "reason": "method"}]
    with use_logs([team.site.pk]), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(l)::text FROM eligibility_screening_log l")
        said = " ".join(row[0] for row in cursor.fetchall())
    assert "Lovelace" not in said
    assert "555" not in said


def test_the_log_keeps_a_retest_whose_result_was_withdrawn(team: Staffed) -> None:
    held = again(team)
    count(180)
    set_aside_record(
        patient=Patient.objects.get(pk=held.patient_id),
        site=team.site,
        source="ehr",
        ref="Observation/repeated",
        reason="entered-in-error",
        note="",
        by=team.investigator,
    )
    assess(held.patient_id, protocol=PROTOCOL, on=ON)
    assert repeated(held) == []
    assert line(held).retests == [{"criterion": PLATELETS, "reason": None}]


def test_an_episode_that_is_over_is_told_as_it_ended(team: Staffed) -> None:
    held = again(team)
    count(180)
    held.refresh_from_db()
    close(
        held.pk,
        by=team.coordinates,
        protocol=PROTOCOL,
        on=ON,
        seen=held.version,
        to=State.LOST,
        reason="moved",
    )
    count(40, ident="after")
    now = failed(held)[PLATELETS]
    assert (now.repeated, now.now["verdict"]) == (True, "met")


def test_the_codes_are_a_closed_list() -> None:
    """They leave the site: a code more is a decision, and a change of the table's own check."""
    assert Repeated.values == ["specimen", "method", "course", "lapsed", "corrected", "other"]
