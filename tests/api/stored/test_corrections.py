"""What was wrong is corrected: the old value stays readable, and what its source sends again does not undo it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from eligibility import demonstration
from patients.models import Delivery, LabResult, SetAside
from tests.api.conftest import problem
from tests.api.stored.conftest import Asker, patient_in
from tests.api.stored.test_eligibility import address
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
ALL = "/api/v1/patients/"
PLATELETS = {"code": "777-3", "collected": "2026-11-20", "value": "100.50", "unit": "10*9/L"}


@pytest.fixture
def bundle(today: date) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(
        demonstration.to_json(demonstration.bundle("meets-everything", on=today))
    )
    return held


def platelets_in(bundle: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(
        entry["resource"]
        for entry in bundle["entry"]
        if entry["resource"].get("id", "").endswith(".platelets")
    )
    return found


def platelets(ehr: Asker, patient: str, *, current: bool = True) -> list[dict[str, Any]]:
    rows = ehr.get(f"{ALL}{patient}/lab-results/?page_size=200").json()["results"]
    return [
        one
        for one in rows
        if one["fact"]["analyte"] == "platelets" and (one["current"] or not current)
    ]


def value(row: dict[str, Any]) -> str:
    found: str = row["fact"]["value"]["value"]
    return found


def corrected(ehr: Asker, bundle: dict[str, Any], number: str = "98.5") -> tuple[str, str]:
    """A patient as sent, with the platelets corrected; the patient and the address of the corrected fact."""
    patient = patient_in(ehr.send(json.dumps(bundle)))
    (row,) = platelets(ehr, patient)
    at = f"{ALL}{patient}/lab-results/{row['id']}/"
    answer = ehr.patch(at, {"value": number, "reason": "typing error"}, 1)
    assert answer.status_code == 200, answer.content
    return patient, at


@pytest.mark.requirement(29)
def test_a_result_of_a_hospital_is_corrected_and_the_old_one_stays_readable(
    ehr: Asker, bundle: dict[str, Any]
) -> None:
    patient, at = corrected(ehr, bundle)
    old, new = platelets(ehr, patient, current=False)
    assert (old["current"], new["current"], value(new)) == (False, True, "98.5")
    assert (new["fact"]["status"], new["source"]) == ("corrected", "ehr")
    assert new["fact"]["value"]["unit"] == old["fact"]["value"]["unit"]
    for name in ("collected", "code", "laboratory", "ranges"):
        assert new["fact"][name] == old["fact"][name], name
    assert (new["recorded"]["client"], new["recorded"]["reason"]) == ("ehr", "typing error")
    assert old["superseded"] == new["recorded"]
    assert ehr.get(at).json() == old
    assert ehr.get(f"{at}history/").json()["results"] == [old, new]
    verdicts = {
        one["id"]: one["verdict"] for one in ehr.get(address(patient, "")).json()["criteria"]
    }
    assert verdicts["platelets"] == "not_met"


def test_what_was_sent_before_does_not_undo_it(ehr: Asker, bundle: dict[str, Any]) -> None:
    patient, _ = corrected(ehr, bundle)
    for _ in range(2):
        assert ehr.send(json.dumps(bundle)).status_code == 200
    assert [value(one) for one in platelets(ehr, patient)] == ["98.5"]
    assert ehr.get(f"{ALL}{patient}/").json()["record_version"] == 2


def test_neither_does_any_version_that_was_held_when_it_was_made(
    ehr: Asker, bundle: dict[str, Any]
) -> None:
    first = json.dumps(bundle)
    ehr.send(first)
    platelets_in(bundle)["valueQuantity"]["value"] = 140
    patient = patient_in(ehr.send(json.dumps(bundle)))
    (row,) = platelets(ehr, patient)
    assert (
        ehr.patch(f"{ALL}{patient}/lab-results/{row['id']}/", {"value": 98}, 2).status_code == 200
    )
    for older in (first, json.dumps(bundle), first):
        ehr.send(older)
        assert [value(one) for one in platelets(ehr, patient)] == ["98"]


def test_a_newer_version_of_the_source_supersedes_it(ehr: Asker, bundle: dict[str, Any]) -> None:
    patient, _ = corrected(ehr, bundle)
    platelets_in(bundle)["valueQuantity"]["value"] = 133
    ehr.send(json.dumps(bundle))
    assert [value(one) for one in platelets(ehr, patient, current=False)][1:] == ["98.5", "133"]
    assert [value(one) for one in platelets(ehr, patient)] == ["133"]


@pytest.mark.parametrize(
    ("updated", "stands"),
    [("2026-01-01T00:00:00Z", "98.5"), ("2999-01-01T00:00:00Z", "133")],
)
def test_which_version_is_newer_is_said_by_its_last_update(
    ehr: Asker, bundle: dict[str, Any], updated: str, stands: str
) -> None:
    """A version made before the correction that only arrives after it is an older one."""
    patient, _ = corrected(ehr, bundle)
    late = platelets_in(bundle)
    late["valueQuantity"]["value"] = 133
    late["meta"] = {"lastUpdated": updated}
    ehr.send(json.dumps(bundle))
    assert [value(one) for one in platelets(ehr, patient)] == [stands]


def test_a_source_whose_clock_is_ahead_is_corrected_all_the_same(
    ehr: Asker, bundle: dict[str, Any]
) -> None:
    platelets_in(bundle)["meta"] = {"lastUpdated": "2999-01-01T00:00:00Z"}
    patient, _ = corrected(ehr, bundle)
    assert [value(one) for one in platelets(ehr, patient)] == ["98.5"]


@pytest.mark.requirement(46)
def test_a_correction_is_made_of_the_version_that_was_read(
    ehr: Asker, bundle: dict[str, Any]
) -> None:
    patient = patient_in(ehr.send(json.dumps(bundle)))
    (row,) = platelets(ehr, patient)
    at = f"{ALL}{patient}/lab-results/{row['id']}/"
    assert problem(ehr.patch(at, {"value": 1}), 428)["detail"].startswith("Say by If-Match")
    problem(ehr.patch(at, {"value": 1}, 7), 412)
    problem(ehr.patch(at, {"value": 1}, If_Match='W/"1"'), 412)
    assert platelets(ehr, patient) == [row]
    answer = ehr.patch(at, {"value": 99}, If_Match="*")
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    (new,) = answer.json()["facts"]["lab-results"]
    said = problem(ehr.patch(at, {"value": 98}, 2), 409)
    assert "superseded" in said["detail"]
    at = f"{ALL}{patient}/lab-results/{new['id']}/"
    assert ehr.patch(at, {"value": 98}, 2).status_code == 200


def test_what_changes_nothing_makes_no_version(ehr: Asker, bundle: dict[str, Any]) -> None:
    patient = patient_in(ehr.send(json.dumps(bundle)))
    (row,) = platelets(ehr, patient)
    at = f"{ALL}{patient}/lab-results/{row['id']}/"
    answer = ehr.patch(at, {"value": value(row), "unit": row["fact"]["value"]["unit"]}, 1)
    assert answer.json()["facts"]["lab-results"] == [row]
    assert answer.headers["ETag"] == '"1"'


def test_a_repeated_correction_is_made_once(ehr: Asker, bundle: dict[str, Any]) -> None:
    patient = patient_in(ehr.send(json.dumps(bundle)))
    (row,) = platelets(ehr, patient)
    at = f"{ALL}{patient}/lab-results/{row['id']}/"
    first, again = (ehr.patch(at, {"value": 98}, 1, Idempotency_Key="c") for _ in range(2))
    assert (first.status_code, first.content) == (200, again.content)
    problem(ehr.patch(at, {"value": 97}, 1, Idempotency_Key="c"), 422)


def test_the_person_behind_a_client_is_kept(
    ehr: Asker, coordinator: Asker, bundle: dict[str, Any], toronto: Site
) -> None:
    patient = patient_in(ehr.send(json.dumps(bundle)))
    (row,) = platelets(ehr, patient)
    at = f"{ALL}{patient}/lab-results/{row['id']}/"
    assert ehr.patch(at, {"value": 98}, 1, X_Acting_For="carla").status_code == 200
    (now,) = platelets(ehr, patient)
    assert (now["recorded"]["client"], now["recorded"]["by"]) == ("ehr", "carla")
    at = f"{ALL}{patient}/lab-results/{now['id']}/"
    assert coordinator.patch(at, {"value": 97}, 2).status_code == 200
    (now,) = platelets(ehr, patient)
    assert (now["recorded"]["client"], now["recorded"]["by"]) == (None, "carla")
    with use_sites([toronto.pk]):
        assert Delivery.objects.filter(person__username="carla").count() == 2


def test_a_comparator_is_not_kept_in_silence(ehr: Asker, sent: Callable[..., str]) -> None:
    one = f"{ALL}{sent()}/lab-results/"
    entered = ehr.post(one, PLATELETS | {"comparator": "<"}).json()
    (row,) = entered["facts"]["lab-results"]
    at = f"{one}{row['id']}/"
    errors = problem(ehr.patch(at, {"value": 12}, 2), 422)["errors"]
    assert [each["pointer"] for each in errors] == ["/comparator"]
    (now,) = ehr.patch(at, {"value": 12, "comparator": None}, 2).json()["facts"]["lab-results"]
    assert (value(now), now["fact"]["value"]["comparator"]) == ("12", None)


# --- withdrawing ---------------------------------------------------------------------------------


@pytest.mark.requirement(29, 49)
def test_a_withdrawn_result_decides_nothing_and_stays_readable(
    ehr: Asker, coordinator: Asker, bundle: dict[str, Any], toronto: Site
) -> None:
    patient = patient_in(ehr.send(json.dumps(bundle)))
    (row,) = platelets(ehr, patient)
    at = f"{ALL}{patient}/lab-results/{row['id']}/"
    said = {"reason": "entered-in-error", "note": "sample of the next bed"}
    problem(coordinator.post(f"{at}withdraw/", said), 428)
    problem(coordinator.post(f"{at}withdraw/", said, If_Match='"9"'), 412)
    answer = coordinator.post(f"{at}withdraw/", said, If_Match='"1"')
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    (notice,) = answer.json()["facts"]["notices"]
    assert notice["fact"]["reason"] == "set-aside-by-coordinator"
    assert platelets(ehr, patient) == []
    gone = ehr.get(at).json()
    assert (gone["current"], gone["superseded"]["by"]) == (False, "carla")
    assert gone["superseded"]["reason"] == "entered-in-error: sample of the next bed"
    verdicts = {
        one["id"]: one["verdict"] for one in ehr.get(address(patient, "")).json()["criteria"]
    }
    assert verdicts["platelets"] == "unknown"
    problem(coordinator.post(f"{at}withdraw/", said, If_Match='"2"'), 409)
    other = f"{ALL}{patient}/notices/{notice['id']}/withdraw/"
    problem(coordinator.post(other, said, If_Match='"2"'), 409)
    with use_sites([toronto.pk]):
        aside = SetAside.objects.get()
        assert (aside.client, aside.by.username if aside.by else "") == ("", "carla")


def test_what_decides_against_the_patient_is_withdrawn_by_an_investigator_alone(
    ehr: Asker, coordinator: Asker, investigator: Asker, bundle: dict[str, Any]
) -> None:
    patient = patient_in(ehr.send(json.dumps(bundle)))
    brain = {"code": "C79.3", "system": "http://hl7.org/fhir/sid/icd-10", "clinical": "active"}
    made = coordinator.post(f"{ALL}{patient}/conditions/", brain).json()
    (row,) = made["facts"]["conditions"]
    at = f"{ALL}{patient}/conditions/{row['id']}/"
    version = f'"{made["record_version"]}"'
    said = {"reason": "another-person"}
    refuted = {"verification": "refuted", "reason": "another reading"}
    for refused in (
        coordinator.post(f"{at}withdraw/", said, If_Match=version),
        coordinator.patch(at, refuted, If_Match=version),
    ):
        assert "only an investigator of the site" in problem(refused, 403)["detail"]
    assert investigator.post(f"{at}withdraw/", said, If_Match=version).status_code == 200


def test_what_is_withdrawn_stays_so_whatever_is_sent_until_it_counts_again(
    ehr: Asker, bundle: dict[str, Any]
) -> None:
    patient = patient_in(ehr.send(json.dumps(bundle)))
    (row,) = platelets(ehr, patient)
    at = f"{ALL}{patient}/lab-results/{row['id']}/"
    problem(ehr.post(f"{at}reinstate/", {}, If_Match='"1"'), 409)
    assert ehr.post(f"{at}withdraw/", {"reason": "duplicate"}, If_Match='"1"').status_code == 200
    platelets_in(bundle)["valueQuantity"]["value"] = 133
    ehr.send(json.dumps(bundle))
    assert platelets(ehr, patient) == []
    answer = ehr.post(f"{at}reinstate/", {"note": "it was his after all"}, If_Match='"3"')
    assert answer.status_code == 200, answer.content
    (now,) = platelets(ehr, patient)
    assert (value(now), now["recorded"]["client"]) == ("133", "ehr")
    assert now["recorded"]["reason"] == "it was his after all"


def test_a_record_without_a_name_is_corrected_at_its_source(
    ehr: Asker, bundle: dict[str, Any]
) -> None:
    for entry in bundle["entry"]:
        if entry["resource"] is platelets_in(bundle):
            del entry["resource"]["id"]
            entry.pop("fullUrl", None)
            entry["resource"].pop("identifier", None)
            break
    patient = patient_in(ehr.send(json.dumps(bundle)))
    (row,) = platelets(ehr, patient)
    at = f"{ALL}{patient}/lab-results/{row['id']}/"
    assert "correct it there" in problem(ehr.patch(at, {"value": 1}, 1), 409)["detail"]
    problem(ehr.post(f"{at}withdraw/", {"reason": "duplicate"}, If_Match='"1"'), 409)


def test_another_sites_fact_is_as_absent_as_none(
    ehr: Asker, stranger: Asker, bundle: dict[str, Any], toronto: Site
) -> None:
    patient = patient_in(ehr.send(json.dumps(bundle)))
    (row,) = platelets(ehr, patient)
    theirs = f"{ALL}{patient}/"
    none = f"{ALL}00000000-0000-4000-8000-000000000000/"
    fact = f"lab-results/{row['id']}/"
    for tail, ask in (
        ("", lambda at: stranger.patch(at, {"sex": "male"}, 1)),
        (fact, lambda at: stranger.patch(at, {"value": 1})),
        (f"{fact}history/", stranger.get),
        (f"{fact}withdraw/", lambda at: stranger.post(at, {"reason": 3})),
        (f"{fact}reinstate/", lambda at: stranger.post(at, "[")),
        ("lesions/", lambda at: stranger.post(at, {})),
    ):
        found, absent = problem(ask(theirs + tail), 404), problem(ask(none + tail), 404)
        assert found | {"instance": ""} == absent | {"instance": ""}, tail
    with use_sites([toronto.pk]):
        assert LabResult.objects.filter(superseded_version=None, analyte="platelets").count() == 1


def test_a_fact_of_another_patient_is_not_found(ehr: Asker, sent: Callable[..., str]) -> None:
    mine, other = sent(), sent(demonstration.catalogue()[3].key)
    row = platelets(ehr, mine)[0]
    problem(ehr.patch(f"{ALL}{other}/lab-results/{row['id']}/", {"value": 1}, 1), 404)
    problem(ehr.patch(f"{ALL}{mine}/conditions/{row['id'] + 10**6}/", {"text": "x"}, 1), 404)
