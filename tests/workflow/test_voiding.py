"""What takes a confirmation and its signature out of force, and what is only shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from eligibility import demonstration
from eligibility.actions import assess, confirm, register, set_policy, sign, start
from eligibility.covered import fingerprint
from eligibility.models import Deviation, Registration, Screening, SignOff, State, Voiding
from eligibility.policies import NotNow, must_be_intact
from patients import reading
from patients.actions import Attribution, receive_bundle
from patients.actions.ranges import Limit, add_range, correct_range
from patients.actions.withdrawing import reinstate, withdraw
from patients.facts import Person
from patients.models import Patient
from patients.values import Days
from tests.workflow.staffed import AT, ON, PASSWORD, PROTOCOL, Staffed, answer, candidate
from tests.workflow.test_journey import seen

pytestmark = pytest.mark.django_db
KEY = "meets-everything"


@pytest.fixture
def held(team: Staffed) -> Screening:
    """A signed episode."""
    held = candidate(KEY, team.site)
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
    held.refresh_from_db()
    return held


def resources() -> list[dict[str, Any]]:
    told: dict[str, Any] = demonstration.document(KEY, on=ON)
    return [entry["resource"] for entry in told["bundle"]["entry"]]


def result(loinc: str) -> dict[str, Any]:
    """The invented patient's own result of a LOINC code."""
    return next(
        one
        for one in resources()
        if one["resourceType"] == "Observation"
        and any(coding["code"] == loinc for coding in one["code"]["coding"])
    )


PLATELETS = "777-3"


def person() -> dict[str, Any]:
    return next(one for one in resources() if one["resourceType"] == "Patient")


def arrives(
    held: Screening, *sent: dict[str, Any], source: str = "ehr", on: date = ON
) -> Screening:
    """Something is received and assessed."""
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": one} for one in sent],
    }
    raw = demonstration.to_json(bundle)
    receive_bundle(raw, site=held.site, source=source, by=Attribution(), received_on=on)
    return assessed(held, on=on)


def assessed(held: Screening, *, on: date = ON) -> Screening:
    assess(held.patient_id, protocol=PROTOCOL, on=on)
    held.refresh_from_db()
    return held


def measured(value: int, *, on: date = ON, ident: str = "newer") -> dict[str, Any]:
    """Another platelet count, known later than all others of its day."""
    own = result(PLATELETS)
    own["valueQuantity"]["value"] = value
    issued = f"{on.isoformat()}T23:00:00Z"
    return own | {"id": ident, "effectiveDateTime": on.isoformat(), "issued": issued}


def what_changed(held: Screening) -> list[tuple[str, str]]:
    said = held.events.filter(transition="void").latest("sequence").detail["changes"]
    return [(one["criterion"], one["text"]) for one in said]


@pytest.mark.requirement(48)
def test_a_corrected_fact_that_was_used_voids_though_it_still_passes(held: Screening) -> None:
    own = result(PLATELETS)
    own["valueQuantity"]["value"] = own["valueQuantity"]["value"] + 7
    own["status"] = "corrected"
    arrives(held, person(), own)
    assert held.state == State.IN_SCREENING
    ((criterion, said),) = what_changed(held)
    assert criterion == "platelets"
    assert said.endswith(" was corrected.")


@pytest.mark.requirement(48)
def test_a_new_fact_that_changes_a_verdict_voids(held: Screening) -> None:
    new = measured(12, ident="low")
    arrives(held, person(), new)
    assert held.state == State.IN_SCREENING
    assert [criterion for criterion, _ in what_changed(held)] == ["platelets"]
    assert "was met, is not met" in what_changed(held)[0][1]
    assert Voiding.objects.count() == 1


def test_a_newer_passing_result_is_only_shown(held: Screening) -> None:
    new = measured(222)
    arrives(held, person(), new)
    assert held.state == State.SIGNED


def test_a_repeat_of_what_had_lapsed_is_only_shown(held: Screening) -> None:
    """Time has made the result too old and ended the window; the repeat opens it again, and nothing was changed."""
    later = ON + timedelta(days=20)
    assert assessed(held, on=later).state == State.SIGNED
    new = measured(222, on=later)
    assert arrives(held, person(), new, on=later).state == State.SIGNED


@pytest.mark.parametrize(
    "edit",
    [
        lambda who: who | {"address": [{"city": "Guelph", "postalCode": "N1G 2W1"}]},
        lambda who: who | {"telecom": [{"system": "phone", "value": "555"}]},
        lambda who: who | {"name": [{"family": "Another", "given": ["Name"]}]},
    ],
    ids=["address", "telephone", "name"],
)
def test_an_unrelated_edit_changes_nothing(
    held: Screening, edit: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    assert arrives(held, edit(person())).state == State.SIGNED


def test_another_source_that_tells_the_same_of_a_person_tells_of_nobody_else() -> None:
    birth = Days(ON, ON, "2026-11-25")
    told = Person("Patient/1", birth, "female", "recorded", city="Guelph")
    other = Person("Patient/9", birth._replace(text=""), "female", "missing", postal_code="N1G")
    assert fingerprint(told) == fingerprint(other)
    assert fingerprint(told) != fingerprint(replace(other, sex="male"))


@pytest.mark.parametrize(
    "edit",
    [
        {"birthDate": "1971-02-03"},
        {"deceasedDateTime": "2026-11-24"},
        {"gender": "female", "extension": []},
    ],
    ids=["birth", "death", "sex"],
)
def test_who_the_patient_is_counts_as_used(held: Screening, edit: dict[str, Any]) -> None:
    arrives(held, person() | edit)
    assert held.state == State.IN_SCREENING
    assert "Birth date, sex or death of the patient was corrected." in [
        text for _, text in what_changed(held)
    ]


def test_time_alone_voids_nothing(held: Screening) -> None:
    for days in (1, 14, 30, 200, 400):
        assert assessed(held, on=ON + timedelta(days=days)).state == State.SIGNED


def test_a_record_set_aside_that_was_used_voids(held: Screening) -> None:
    own = result(PLATELETS)
    withdraw(
        patient=Patient.objects.get(pk=held.patient_id),
        site=held.site,
        source="ehr",
        ref=f"Observation/{own['id']}",
        reason="entered-in-error",
        note="",
        by=Attribution(client="ehr"),
    )
    assessed(held)
    assert held.state == State.IN_SCREENING
    assert what_changed(held)[0][0] == "platelets"
    assert "was withdrawn or set aside" in what_changed(held)[0][1]


def test_one_that_was_not_used_voids_nothing(held: Screening) -> None:
    old = measured(300, on=ON - timedelta(days=60), ident="old")
    assert arrives(held, person(), old).state == State.SIGNED
    patient = Patient.objects.get(pk=held.patient_id)
    asked: dict[str, Any] = {
        "patient": patient,
        "site": held.site,
        "source": "ehr",
        "ref": "Observation/old",
        "by": Attribution(client="ehr"),
        "note": "it was the same",
    }
    withdraw(**asked, reason="duplicate")
    assert assessed(held).state == State.SIGNED
    reinstate(**asked, at=AT)
    assert assessed(held).state == State.SIGNED


def test_the_same_answer_again_changes_nothing_and_another_voids(held: Screening) -> None:
    patient = Patient.objects.get(pk=held.patient_id)
    answer(patient, "no-active-infection", "met", on=str(ON))
    assert assessed(held).state == State.SIGNED
    answer(patient, "no-active-infection", "not_met", on=str(ON))
    assert assessed(held).state == State.IN_SCREENING


def read_by_another(held: Screening, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code lists have changed, and what was received is read anew, to the same facts."""
    for module in (
        "patients.actions.derive",
        "patients.actions.reread",
        "eligibility.actions.assessing",
        "eligibility.overtaken",
    ):
        monkeypatch.setattr(f"{module}.READING", "another reading")
    assert reading.READING != "another reading"
    patient = Patient.objects.get(pk=held.patient_id)
    assert patient.read_with != "another reading"
    assess(held.patient_id, protocol=PROTOCOL, on=ON)
    patient.refresh_from_db()
    assert patient.read_with == "another reading"


def test_another_reading_to_the_same_verdicts_voids_nothing(
    held: Screening, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_by_another(held, monkeypatch)
    assert assessed(held).state == State.SIGNED


def test_after_another_reading_a_corrected_fact_voids(
    held: Screening, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_by_another(held, monkeypatch)
    own = result(PLATELETS)
    own["valueQuantity"]["value"] = own["valueQuantity"]["value"] + 7
    arrives(held, person(), own)
    assert held.state == State.IN_SCREENING
    assert [criterion for criterion, _ in what_changed(held)] == ["platelets"]


def test_after_another_reading_a_verdict_that_turns_voids_and_a_passing_result_does_not(
    held: Screening, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_by_another(held, monkeypatch)
    passing = measured(222, ident="passing")
    assert arrives(held, person(), passing).state == State.SIGNED
    failing = measured(12, ident="zz-failing")
    assert arrives(held, person(), failing).state == State.IN_SCREENING


FORGERIES: dict[str, Callable[[SignOff], object]] = {
    "name": lambda one: setattr(one, "by_name", "Somebody Else"),
    "signer": lambda one: setattr(one, "by_id", one.by_id + 1),
    "moment": lambda one: setattr(one, "at", one.at + timedelta(microseconds=1)),
    "meaning": lambda one: setattr(one, "meaning", one.meaning + " "),
    "hash": lambda one: setattr(one, "digest", one.digest[:-1] + "x"),
    "what it is over": lambda one: setattr(one.determination, "digest", "sha256:0"),
    "a verdict": lambda one: one.determination.covers["verdicts"].update(platelets=["unknown", 0]),
    "a fact": lambda one: one.determination.covers["facts"].pop(),
    "another episode": lambda one: setattr(one.determination, "screening_id", uuid4()),
}


@pytest.mark.requirement(43)
@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_signature_is_of_its_own_episode_and_of_every_byte(
    held: Screening, forge: Callable[[SignOff], object]
) -> None:
    signed = SignOff.objects.select_related("determination").get()
    must_be_intact(signed)
    assert signed.determination.covers["patient"] == str(held.patient_id)
    forge(signed)
    with pytest.raises(NotNow, match="does not match"):
        must_be_intact(signed)


def test_a_later_fact_of_a_registered_patient_opens_one_deviation(
    team: Staffed, held: Screening
) -> None:
    register(
        held.pk,
        by=team.coordinates,
        protocol=PROTOCOL,
        on=ON,
        seen=held.version,
        part="A",
        consent_version="3.0",
        consent_on=ON,
    )
    held.refresh_from_db()
    passing = measured(222)
    arrives(held, person(), passing, on=ON + timedelta(days=1))
    assert not Deviation.objects.exists()
    failing = measured(12, ident="zz-failing")
    arrives(held, person(), failing, on=ON + timedelta(days=2))
    assessed(held, on=ON + timedelta(days=3))
    arrives(held, person() | {"telecom": []}, on=ON + timedelta(days=4))
    (found,) = Deviation.objects.all()
    assert (found.criterion, found.occurred_on, found.by) == ("platelets", ON, None)
    assert held.state == State.REGISTERED
    assert not Voiding.objects.exists()
    assert Registration.objects.count() == 1


AST_35 = Limit(analyte="ast", high=Decimal(35), unit="U/L")


def signed_with(team: Staffed, *sent: dict[str, Any]) -> Screening:
    """A signed episode of the invented patient, of whom something more is known."""
    held = candidate(KEY, team.site)
    arrives(held, person(), *sent)
    start(held.pk, by=team.coordinates, on=ON, seen=1)
    confirm(held.pk, by=team.coordinates, protocol=PROTOCOL, on=ON, seen=seen(held))
    by = team.investigates
    sign(held.pk, by=by, password=PASSWORD, protocol=PROTOCOL, at=AT, on=ON, seen=3)
    held.refresh_from_db()
    return held


def test_a_reference_range_that_turns_a_verdict_voids_and_another_does_not(team: Staffed) -> None:
    held_range = add_range(AST_35, site=team.site, by=None)
    own = result("1920-8")
    del own["referenceRange"]
    own["valueQuantity"]["value"] = 80
    issued = f"{ON.isoformat()}T23:00:00Z"
    held = signed_with(
        team, own | {"id": "without-range", "effectiveDateTime": ON.isoformat(), "issued": issued}
    )
    add_range(Limit(analyte="alt", high=Decimal(5), unit="U/L"), site=team.site, by=None)
    assert assessed(held).state == State.SIGNED
    correct_range(held_range, replace(AST_35, high=Decimal(20)), by=None)
    assert assessed(held).state == State.IN_SCREENING
    assert [criterion for criterion, _ in what_changed(held)] == ["ast-alt"]


def test_a_tighter_policy_voids_nothing_and_keeps_out(team: Staffed, held: Screening) -> None:
    """What was signed was signed under the policy of its day; whoever is registered meets that of today."""
    set_policy({"hematology": 1}, site=team.site, protocol=PROTOCOL, effective_from=ON, by=None)
    assert assessed(held).state == State.SIGNED
    with pytest.raises(NotNow, match="Outside the eligible window"):
        register(
            held.pk,
            by=team.coordinates,
            protocol=PROTOCOL,
            on=ON,
            seen=held.version,
            part="A",
            consent_version="3.0",
            consent_on=ON,
        )
