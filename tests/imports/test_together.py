"""Many patients at once leave what one after the other would: every row, every version, every entry of the trail."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError

from patients.actions import Attribution, set_aside_record, together
from patients.actions.importing import storing
from patients.actions.merging import Merging, merge
from patients.actions.receive import Told
from patients.models import Patient, PatientIdentifier
from tests.imports.files import HEAD, counts, known, ndjson, person, platelets, row, stored
from tests.imports.pictures import picture
from tests.pages.stored import PASSWORD, make_site, today_at
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db

PEOPLE = [str(number) for number in range(1, 15)]
UNITS = ("10*9/L", "10*9/L", "furlong", "")
STATUSES = ("final", "final", "amended", "entered-in-error", "preliminary", "nonsense")


@pytest.mark.requirement(56, 62)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_files_leave_the_same_rows_either_way(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "AT_ONCE", 11 * seed)
    monkeypatch.setattr(together, "MOST_HELD", 5 * seed)
    anna = Account.objects.create_user("anna", PASSWORD, name="Anna Larose")
    at_once, one_by_one = begun("edmonton", anna), begun("calgary", anna)
    assert picture(at_once) == picture(one_by_one)
    ordinary = counted(monkeypatch)
    for number in range(6):
        make = a_table if number % 2 else an_export
        content = make(random.Random(f"{seed} {number}"), at_once)
        job = stored(at_once, *content)
        with monkeypatch.context() as patched:
            patched.setattr(storing, "receive_together", none_together)
            other = stored(one_by_one, *content)
        assert counts(job) == counts(other)
        assert picture(at_once) == picture(one_by_one)
    assert ordinary.count(True) > 15
    assert ordinary.count(False) > 2


def counted(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of every Bundle that comes, whether it could be received with others."""
    found: list[bool] = []
    receive = together.receive_together

    def counting(bundles: list[str], told: Told) -> Any:
        receipts = receive(bundles, told)
        found.extend(receipt is not None for receipt in receipts)
        return receipts

    monkeypatch.setattr(storing, "receive_together", counting)
    return found


def none_together(bundles: list[str], told: Told) -> list[None]:
    return [None] * len(bundles)


def begun(code: str, anna: Account) -> Site:
    """A site with patients who are known: one with a result set aside, two who are one person."""
    site = make_site(code, "America/Edmonton")
    known(site, "1", "2", "3", "4")
    stored(site, ndjson(platelets("2", "r1"), platelets("2", "r2"), platelets("3", "r1")))
    with use_sites([site.pk]):
        second, third, fourth = (the_patient(site, key) for key in ("2", "3", "4"))
        set_aside_record(
            patient=second,
            site=site,
            source="ehr",
            ref="Observation/r2",
            reason="duplicate",
            note="",
            by=anna,
        )
        merge(
            Merging(fourth.pk, third.pk, "The same person.", "Seen."),
            site=site,
            by=Attribution(person=anna),
        )
    return site


def the_patient(site: Site, key: str) -> Patient:
    return PatientIdentifier.objects.get(site=site, value=f"MRN-{key}").patient


def an_export(chance: random.Random, _: Site) -> list[bytes]:
    people = [a_person(chance, key) for key in chance.sample(PEOPLE, 8)]
    results = [a_result(chance) for _ in range(30)]
    others: list[Any] = [other for _ in range(3) for other in others_of(chance)]
    again = [chance.choice(results) for _ in range(3)]
    lines = [*results, *again, *others]
    chance.shuffle(lines)
    return [ndjson(*people), ndjson(*lines)]


def a_table(chance: random.Random, site: Site) -> list[str]:
    """Nothing of who is recorded as another: which of the two comes first hangs on ids that are drawn at random."""
    with use_sites([site.pk]):
        apart = set(the_patient(site, "3").identifiers.values_list("value", flat=True))
    numbers = [f"MRN-{key}" for key in (*PEOPLE, "99")]
    some = [one for one in numbers if one not in apart]
    return [HEAD + "".join(a_row(chance, chance.choice(some)) for _ in range(20))]


def a_person(chance: random.Random, key: str) -> dict[str, Any]:
    told = person(key, gender=chance.choice(("female", "male")))
    if chance.random() < 0.2:
        # A number that is another's as well: two patients, or one under two names.
        shared = {"system": "urn:mrn", "value": f"MRN-{chance.choice(PEOPLE)}"}
        told["identifier"] = [*told["identifier"], shared]
    if chance.random() < 0.1:
        told["birthDate"] = {"not": "a date"}
    return told


def a_result(chance: random.Random) -> dict[str, Any]:
    unit = chance.choice(UNITS)
    value = {"value": chance.randrange(5, 300), "unit": unit, "code": unit}
    told = platelets(
        chance.choice([*PEOPLE, "nobody"]),
        f"r{chance.randrange(4)}",
        status=chance.choice(STATUSES),
        effectiveDateTime=chance.choice(("2026-11-18", "2026-11", "2026-11-18T08:30:00Z", "soon")),
        valueQuantity={**value, "system": "http://unitsofmeasure.org"},
    )
    if chance.random() < 0.3:
        told["identifier"] = [{"system": "urn:lab", "value": f"L{chance.randrange(5)}"}]
        told["issued"] = f"2026-11-{chance.randrange(18, 22)}T10:00:00Z"
    if chance.random() < 0.15:
        told["code"] = {"coding": [{"system": "urn:local", "code": "PLT"}], "text": "Plt"}
    if chance.random() < 0.1:
        told |= {"resourceType": "Encounter", "patient": {"reference": "Patient/2"}}
    return told


def others_of(chance: random.Random) -> list[dict[str, Any]]:
    whose = {"reference": f"Patient/{chance.choice(PEOPLE)}"}
    drug = f"drug{chance.randrange(2)}"
    code = {"coding": [{"system": "http://www.whocc.no/atc", "code": "L01AX04"}]}
    return [
        {"resourceType": "Medication", "id": drug, "code": code},
        {
            "resourceType": "MedicationAdministration",
            "id": f"m{chance.randrange(3)}",
            "status": chance.choice(("completed", "entered-in-error")),
            "subject": whose,
            "medicationReference": {"reference": f"Medication/{drug}"},
            "effectiveDateTime": f"2026-0{chance.randrange(1, 9)}-10",
        },
        {
            "resourceType": "Condition",
            "id": f"c{chance.randrange(3)}",
            "subject": whose,
            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C43.9"}]},
            "extension": [{"url": "urn:invented", "valueString": "x"}],
        },
    ]


def a_row(chance: random.Random, number: str) -> str:
    return row(
        number,
        chance.choice(("", f"R{chance.randrange(6)}")),
        chance.choice(("212", "<10", '"1,5"', "negative", str(chance.randrange(5, 300)))),
        unit=chance.choice(UNITS),
        collected=chance.choice(("2026-11-18", "2026-11", "soon")),
    )


def test_who_is_made_by_somebody_else_in_this_moment_is_found_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = make_site()
    keep, calls = together._keep, []

    def taken(*args: Any) -> None:
        calls.append(args)
        keep(*args)
        raise IntegrityError("identifier_once_per_source")

    monkeypatch.setattr(together, "_keep", taken)
    job = stored(site, ndjson(person("1"), platelets("1", "a"), person("2")))
    assert calls
    assert counts(job) == (3, 3, 0, 0)
    with use_sites([site.pk]):
        assert sorted(Patient.objects.values_list("record_version", flat=True)) == [1, 1]


class Deadlock(Exception):
    """As the driver tells it."""

    pgcode = "40P01"


def test_a_step_that_the_database_breaks_off_to_end_a_deadlock_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = make_site()
    receive, tries = together.receive_together, []

    def broken_off_once(bundles: list[str], told: Told) -> Any:
        receipts = receive(bundles, told)
        tries.append(len(bundles))
        if len(tries) == 1:
            raise OperationalError("deadlock detected") from Deadlock()
        return receipts

    monkeypatch.setattr(storing, "receive_together", broken_off_once)
    job = stored(site, ndjson(person("1"), platelets("1", "a"), person("2")))
    assert tries == [2, 2]
    assert counts(job) == (3, 3, 0, 0)
    with use_sites([site.pk]):
        assert sorted(Patient.objects.values_list("record_version", flat=True)) == [1, 1]


def test_nothing_is_asked_more_often_for_more_patients(django_assert_max_num_queries: Any) -> None:
    site = make_site()
    told = Told(site, "ehr", Attribution("feed"), today_at(site), correction=False, reason="")
    bundles = [
        '{"resourceType":"Bundle","type":"collection","entry":[{"resource":'
        + ndjson(person(str(number))).decode().strip()
        + "}]}"
        for number in range(40)
    ]
    with use_sites([site.pk]), django_assert_max_num_queries(40):
        receipts = together.receive_together(bundles, told)
    assert all(receipt is not None and receipt.created for receipt in receipts)
