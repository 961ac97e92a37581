"""The pages of a screening: what each refuses, in which words, and what it keeps."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from eligibility.actions import assess, confirm, register, sign, start
from eligibility.models import Registration, Screening, SignOff, SitePart, State, TrialPart
from eligibility.policies import NotNow
from eligibility.presenters.events import moment
from patients.models import Patient
from tests.eligibility.stored import make_site
from tests.pages.stored import bare, received
from tests.workflow.paged import PASSWORD, Person, words
from tests.workflow.staffed import AT, ON, PROTOCOL, Staffed, answer, candidate, person
from tests.workflow.test_journey import seen
from trialscreen.institution.models import Delegation, Role, Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(team: Staffed) -> Screening:
    today = timezone.localdate(timezone=team.site.zone)
    return candidate("meets-everything", team.site, on=today)


def test_from_candidate_to_registered(team: Staffed, held: Screening) -> None:
    anna, ines = Person(team.coordinator), Person(team.investigator)
    for who, act, typed in (
        (anna, "start", {}),
        (anna, "confirm", {}),
        (ines, "sign", {"password": PASSWORD}),
        (
            anna,
            "register",
            {"part": "A", "consent_version": "3.0", "consent_on": str(held.opened_on)},
        ),
    ):
        answer = who.does(held, act, **typed)
        assert answer.status_code == 302, words(answer)
    held.refresh_from_db()
    assert held.state == State.REGISTERED
    page = words(anna.http.get(answer.headers["Location"]))
    assert "Subject TOR-001, part A" in page
    assert "I have reviewed the findings" in page


def went(answer: Any) -> None:
    assert answer.status_code == 302, words(answer)


def refused(answer: Any, status: int, *said: str) -> str:
    page = words(answer)
    assert answer.status_code == status, page
    for one in said:
        assert one in page
    assert "Nothing was changed" in page
    return answer.content.decode()


@pytest.fixture
def anna(team: Staffed) -> Person:
    return Person(team.coordinator)


@pytest.fixture
def ines(team: Staffed) -> Person:
    return Person(team.investigator)


def to_be_signed(held: Screening, anna: Person) -> None:
    went(anna.does(held, "start"))
    went(anna.does(held, "confirm"))


def test_every_act_says_why_it_is_not_possible(held: Screening, anna: Person) -> None:
    page = words(anna.http.get(f"/patients/{held.patient_id}/"))
    assert "Screening TOR-0001 Candidate" in page
    assert "Nobody works on it yet" in page
    assert "Confirm eligibility This screening is “Candidate”; it has to be “In screening”" in page
    assert "Sign eligibility Only an investigator of the site signs" in page
    assert "Register This screening is “Candidate”; it has to be “Signed” for this." in page
    assert "Screen again This screening is still open." in page
    for act in ("confirm", "sign", "register", "rescreen", "decline"):
        answer = anna.reads(held, act)
        assert answer.status_code == 200
        assert "Not possible now." in words(answer)
        assert b'<button type="submit" class="btn btn-primary" disabled>' in answer.content


def test_who_starts_works_on_it(held: Screening, anna: Person) -> None:
    went(anna.does(held, "start"))
    page = words(anna.http.get(f"/patients/{held.patient_id}/"))
    assert "coordinator toronto works on it" in page


def test_what_moved_is_shown_and_then_it_can_be_done(held: Screening, anna: Person) -> None:
    went(anna.does(held, "start"))
    carried = anna.form(held, "confirm")
    patient = Patient.objects.get(pk=held.patient_id)
    answer(patient, "no-active-infection", "met", on=str(held.opened_on))
    page = refused(anna.does(held, "confirm", carried), 409, "answer on “Active infection”")
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert int(again["record"]) == int(carried["record"]) + 1
    went(anna.does(held, "confirm", again))


@pytest.mark.requirement(46)
def test_somebody_was_quicker(held: Screening, anna: Person, ines: Person) -> None:
    carried = anna.form(held, "start")
    went(ines.does(held, "start"))
    refused(anna.does(held, "start", carried), 409, "Somebody else has changed this screening")


def test_confirming_shows_what_it_rests_on(team: Staffed, anna: Person) -> None:
    today = timezone.localdate(timezone=team.site.zone)
    held = candidate("local-codes", team.site, on=today)
    went(anna.does(held, "start"))
    page = words(anna.reads(held, "confirm"))
    for part in ("What was judged", "Rests on a person’s word", "Set aside", "Unrecognised"):
        assert part in page
    assert "PROB-117" in page
    assert "Stated met by Somebody" in page


def test_absences_are_confirmed_first(team: Staffed, anna: Person) -> None:
    today = timezone.localdate(timezone=team.site.zone)
    held = candidate("nobody-confirmed", team.site, on=today, confirmed=False)
    went(anna.does(held, "start"))
    page = words(anna.reads(held, "confirm"))
    assert "Nothing on record, and nobody has confirmed it 15" in page
    refused(anna.does(held, "confirm"), 409, "15 criteria rest on nothing being on record")


def test_a_failing_patient_is_not_confirmed(team: Staffed, anna: Person) -> None:
    today = timezone.localdate(timezone=team.site.zone)
    held = candidate("newer-version", team.site, on=today)
    went(anna.does(held, "start"))
    refused(anna.does(held, "confirm"), 409, "Not every criterion is met: 1 not met, 0 unknown.")


@pytest.mark.requirement(41)
def test_the_password_is_asked_again_and_never_sent_back(
    held: Screening, anna: Person, ines: Person
) -> None:
    to_be_signed(held, anna)
    page = refused(ines.does(held, "sign", password="a guess"), 422, "That is not your password")
    assert "a guess" not in page
    refused(ines.does(held, "sign", password=""), 422, "Type your password to sign.")
    refused(anna.does(held, "sign", password=PASSWORD), 403, "Only an investigator of the site")
    went(ines.does(held, "sign", password=PASSWORD))
    shown = words(ines.http.get(f"/patients/{held.patient_id}/"))
    signed = SignOff.objects.get()
    assert f"Signed by investigator toronto , {moment(signed.at, signed.site.zone)}" in shown
    assert signed.meaning in shown
    assert signed.digest in shown


@pytest.mark.requirement(23)
def test_nobody_signs_their_own(held: Screening, ines: Person) -> None:
    to_be_signed(held, ines)
    assert "themselves" in words(ines.reads(held, "sign"))
    refused(
        ines.does(held, "sign", password=PASSWORD), 403, "Nobody signs what they have confirmed"
    )


def test_what_arrived_since_is_read_before_signing(
    held: Screening, anna: Person, ines: Person
) -> None:
    to_be_signed(held, anna)
    carried = ines.form(held, "sign")
    patient = Patient.objects.get(pk=held.patient_id)
    answer(patient, "no-active-infection", "met", on=str(held.opened_on))
    late = ines.does(held, "sign", carried, password=PASSWORD)
    refused(late, 409, "The record has changed since this page was opened")
    assert "Arrived since it was confirmed 1 an answer on “Active infection”" in words(late)
    went(ines.does(held, "sign", password=PASSWORD))


def test_a_changed_verdict_is_read_before_signing_and_stops_it(
    held: Screening, anna: Person, ines: Person
) -> None:
    to_be_signed(held, anna)
    patient = Patient.objects.get(pk=held.patient_id)
    answer(patient, "no-active-infection", "not_met", on=str(held.opened_on))
    page = words(ines.reads(held, "sign"))
    assert "Changed since it was confirmed Active infection: was met, is not met." in page
    refused(
        ines.does(held, "sign", password=PASSWORD), 409, "Active infection: was met, is not met."
    )


def test_the_delegation_log_is_asked(team: Staffed, held: Screening, anna: Person) -> None:
    went(anna.does(held, "start"))
    named = Delegation.objects.filter(account=team.coordinator)
    named.update(last_day=held.opened_on - timedelta(days=1))
    refused(anna.does(held, "confirm"), 403, "does not name you for “Confirm eligibility”")


def test_declining_needs_a_reason_that_the_coordinator_reads(
    held: Screening, anna: Person, ines: Person
) -> None:
    to_be_signed(held, anna)
    refused(ines.does(held, "decline", note=" . "), 422, "Say why you decline to sign.")
    went(ines.does(held, "decline", note="The scan is another patient's."))
    page = words(anna.http.get(f"/patients/{held.patient_id}/"))
    assert "investigator toronto declined to sign" in page
    assert "The scan is another patient's." in page


def test_a_voided_signature_says_what_changed(held: Screening, anna: Person, ines: Person) -> None:
    to_be_signed(held, anna)
    went(ines.does(held, "sign", password=PASSWORD))
    answer(
        Patient.objects.get(pk=held.patient_id),
        "no-active-infection",
        "not_met",
        on=str(held.opened_on),
    )
    assess(held.patient_id, protocol=PROTOCOL, on=held.opened_on)
    for at in (f"/patients/{held.patient_id}/", f"/screenings/{held.pk}/"):
        page = words(anna.http.get(at))
        assert "The signature no longer holds since" in page
        assert "Active infection: was met, is not met." in page
    refused(ines.does(held, "sign", {"version": "4", "record": "1"}, password=PASSWORD), 409)


CONSENT = {"part": "A", "consent_version": "3.0"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"consent_version": ""}, "Nobody is registered without consent"),
        ({"consent_on": ""}, "Nobody is registered without consent"),
        ({"consent_on": "31 Feb 2026"}, "Not a day."),
        ({"consent_on": "2099-01-01"}, "The day of consent lies in the future."),
        ({"part": ""}, "The trial has no such part."),
        ({"part": "C"}, "Select a valid choice."),
        ({"consent_version": "x" * 61}, "at most 60 characters"),
    ],
)
def test_registering_is_refused_and_keeps_what_was_typed(
    held: Screening, anna: Person, ines: Person, typed: dict[str, str], said: str
) -> None:
    to_be_signed(held, anna)
    went(ines.does(held, "sign", password=PASSWORD))
    given = {**CONSENT, "consent_on": str(held.opened_on), **typed}
    page = refused(anna.does(held, "register", **given), 422, said)
    for one in given.values():
        assert one in page
    held.refresh_from_db()
    assert held.state == State.SIGNED
    assert not Registration.objects.exists()


def close_part(held: Screening, name: str) -> None:
    TrialPart.objects.filter(name=name).update(closed_on=held.opened_on)


def close_part_here(held: Screening) -> None:
    SitePart.objects.filter(part__name="A").update(closed_on=held.opened_on)


@pytest.mark.parametrize(
    ("shut", "status", "said"),
    [
        (lambda held: close_part(held, ""), 409, "The trial is not open for registration."),
        (lambda held: close_part(held, "A"), 422, "Part A is not open."),
        (close_part_here, 422, "Part A is not open at this site."),
        (
            lambda held: TrialPart.objects.filter(name="").update(ceiling=0),
            409,
            "The trial is full: all its places are taken.",
        ),
        (
            lambda held: TrialPart.objects.filter(name="A").update(ceiling=0),
            422,
            "Part A is full: all its places are taken.",
        ),
        (
            lambda held: SitePart.objects.update(ceiling=0),
            422,
            "All places of this site are taken.",
        ),
    ],
)
def test_only_while_it_is_open_and_there_are_places(
    held: Screening, anna: Person, ines: Person, shut: Any, status: int, said: str
) -> None:
    to_be_signed(held, anna)
    went(ines.does(held, "sign", password=PASSWORD))
    carried = anna.form(held, "register")
    shut(held)
    given = {**CONSENT, "consent_on": str(held.opened_on)}
    refused(anna.does(held, "register", carried, **given), status, said)
    assert TrialPart.objects.get(name="").registered == 0


def test_outside_of_the_window_nobody_is_registered(team: Staffed) -> None:
    held = candidate("meets-everything", team.site)
    start(held.pk, by=team.coordinates, on=ON, seen=1)
    confirm(held.pk, by=team.coordinates, protocol=PROTOCOL, on=ON, seen=seen(held))
    sign(
        held.pk,
        by=team.investigates,
        password=PASSWORD,
        protocol=PROTOCOL,
        at=AT,
        on=ON,
        seen=3,
    )
    late = ON + timedelta(days=12)
    with pytest.raises(NotNow, match="Outside the eligible window") as refusal:
        register(
            held.pk,
            by=team.coordinates,
            protocol=PROTOCOL,
            on=late,
            seen=4,
            part="A",
            consent_version="3.0",
            consent_on=ON,
        )
    assert refusal.value.code == "window"


def test_closing_needs_a_reason_and_screening_again_one_too(team: Staffed, anna: Person) -> None:
    today = timezone.localdate(timezone=team.site.zone)
    held = candidate("newer-version", team.site, on=today)
    refused(anna.does(held, "close", way="", note="kept"), 422, "Choose one of the listed reasons.")
    odd = anna.does(held, "close", way="registered/died", note="kept")
    assert "kept" in refused(odd, 422, "Select a valid choice.")
    went(anna.does(held, "close", way="ineligible/failed-criteria", note="Asked twice"))
    page = words(anna.reads(held))
    assert "Not met: Platelets ≥ 100,000/mm³." in page
    assert "Asked twice" in page
    refused(anna.does(held, "rescreen", note=""), 422, "Say why the patient is screened again.")
    went(anna.does(held, "rescreen", note="Clumped platelets"))
    page = words(anna.http.get(f"/patients/{held.patient_id}/"))
    assert "Episode 2" in page
    assert "Failed in the episode before, and now: Not met Platelets" in page
    assert "Before: TOR-0001 (Ineligible)" in page
    assert "After: TOR-0002 (Candidate)" in words(anna.reads(held))
    assert "Not possible now. A later screening has followed this one." in words(
        anna.reads(held, "rescreen")
    )


def test_nobody_is_ineligible_whom_nothing_fails(held: Screening, anna: Person) -> None:
    refused(anna.does(held, "close", way="ineligible/failed-criteria"), 422, "No criterion fails")


@pytest.mark.requirement(17)
def test_another_sites_screening_is_as_absent_as_none(held: Screening) -> None:
    other = make_site("montreal")
    stranger = Person(person("stranger", Role.INVESTIGATOR, other))
    nobody = Screening(pk="00000000-0000-4000-8000-000000000000")
    for act in ("", "start", "confirm", "sign", "decline", "register", "close", "rescreen"):
        foreign, absent = stranger.reads(held, act), stranger.reads(nobody, act)
        assert foreign.status_code == absent.status_code == 404
        if act:
            assert stranger.does(held, act, {"version": "1", "record": "1"}).status_code == 404
    assert stranger.http.post(f"/patients/{held.patient_id}/screen/").status_code == 404
    assert stranger.http.get(f"/screenings/{held.pk}/override/").status_code == 404


def test_added_by_hand_from_the_page(team: Staffed, anna: Person) -> None:
    today = timezone.localdate(timezone=team.site.zone)
    patient = received(bare("p", given="Ada", family="Grant"), team.site).patient
    at = f"/patients/{patient.pk}/"
    assert "This patient is not a candidate" in words(anna.http.get(at))
    went(anna.http.post(f"{at}screen/"))
    assert "Screening TOR-0001 Candidate Status today: Undetermined" in words(anna.http.get(at))
    Site.objects.filter(pk=team.site.pk).update(closed_on=today)
    other = received(bare("q", given="Bea", family="Hunt"), team.site).patient
    shut = anna.http.post(f"/patients/{other.pk}/screen/")
    assert shut.status_code == 409
    assert "The site is not open for screening." in words(shut)


@pytest.mark.requirement(46)
@pytest.mark.parametrize("odd", ["", "x", "-1", "9" * 30])
def test_a_page_that_carries_no_version_is_opened_again(
    held: Screening, anna: Person, odd: str
) -> None:
    answer = anna.does(held, "start", {"version": odd, "record": "1"})
    assert answer.status_code in (409, 422)
    held.refresh_from_db()
    assert held.version == 1
