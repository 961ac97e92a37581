"""Merges, deliveries and screenings of the same two records at the same moment."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from eligibility import demonstration
from patients.models import Patient, PatientMerge
from tests.api.stored.conftest import FHIR, Asker, make_client, make_site, patient_in
from tests.merging.halves import answer_of, halves_of, named, whole_of
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
ROUNDS = 3


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Each at the same moment, on a connection of its own."""
    ready = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            ready.wait(timeout=20)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def merged(token: str, survivor: str, other: str) -> Any:
    body = {"merged": other, "reason": "One person"}
    return Asker(token).post(f"/api/v1/patients/{survivor}/merges/", body, If_Match="*")


def in_force() -> list[PatientMerge]:
    with use_sites(list(Site.objects.values_list("pk", flat=True))):
        return list(PatientMerge.objects.filter(reversed_at=None))


def test_of_two_merges_at_once_one_is_made_and_the_other_is_told() -> None:
    ehr = make_client("ehr", make_site("toronto"))
    one, other = (patient_in(ehr.send(half)) for half in halves_of(whole_of("deceased"), 1))
    for _ in range(ROUNDS):
        crosswise = (partial(merged, ehr.token, one, other), partial(merged, ehr.token, other, one))
        answers = at_once(*crosswise, *crosswise)
        assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
        (made,) = in_force()
        address = f"/api/v1/patients/{made.survivor_id}/merges/{made.pk}/reversal/"
        back = [
            partial(Asker(ehr.token).post, address, {"reason": "Twins"}, If_Match="*")
            for _ in range(2)
        ]
        assert sorted(each.status_code for each in at_once(*back)) == [200, 409]
        assert in_force() == []


def test_what_arrives_while_they_are_merged_is_in_the_survivor() -> None:
    site = make_site("toronto")
    ehr = make_client("ehr", site)
    halves = halves_of(whole_of("hiv"), 1)
    for number in range(ROUNDS):
        one, other = (named(half, f"{number}-{n}") for n, half in enumerate(halves))
        people = [entry for entry in other["entry"] if is_person(entry)]
        survivor = patient_in(ehr.send(one))
        second = patient_in(ehr.send({**other, "entry": people}))
        answers = at_once(
            partial(merged, ehr.token, survivor, second),
            partial(Asker(ehr.token).post, "/fhir", demonstration.to_json(other), FHIR),
        )
        assert [each.status_code for each in answers] == [201, 200]
        whole = patient_in(make_client(f"lab {number}", site).send(together(one, other)))
        with use_sites([site.pk]):
            mine, theirs = (Patient.objects.get(pk=each) for each in (survivor, whole))
            assert len(answer_of(mine)) > 1000
            assert verdicts(answer_of(mine)) == verdicts(answer_of(theirs))


def verdicts(answer: str) -> list[str]:
    return [one["verdict"] for one in json.loads(answer)["criteria"]]


def is_person(entry: Any) -> bool:
    return bool(entry["resource"]["resourceType"] == "Patient")


def together(one: Any, other: Any) -> Any:
    """Both halves as one Bundle of the first patient."""
    entries = [*one["entry"], *(each for each in named(other, person_of(one))["entry"])]
    people = [each for each in entries if is_person(each)]
    return {**one, "entry": [people[0], *(each for each in entries if not is_person(each))]}


def person_of(bundle: Any) -> str:
    return str(next(e["resource"]["id"] for e in bundle["entry"] if is_person(e)))
