"""Reading again what was received: every current resource of a patient as one Bundle, through the same function.

A source's resources are read together, so that versions, references and ties between deliveries are settled exactly
as they are within one Bundle. Each keeps the day on which it arrived.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from patients.facts import Facts, Intake
from patients.intake import strict_json
from patients.intake.fhir import read_bundle
from patients.intake.fhir.references import SUBJECT
from patients.models import Patient, ReceivedResource, SetAside


class Read(NamedTuple):
    """What one source says of a patient."""

    source: str
    intake: Intake
    person: dict[str, Any]
    """The Patient resource that counts."""
    told: int
    """When it arrived: later is greater."""


BY_FORM = "rest"
"""The source of facts that were entered one by one. Its Patient only says whose they are."""


def read_again(patient: Patient, zone: ZoneInfo) -> list[Read]:
    """The facts of everything received, by source; last the one that told last who the patient is."""
    resources = ReceivedResource.objects.filter(patient=patient).order_by("source", "id")
    aside: dict[str, list[str]] = {}
    for one in SetAside.objects.filter(patient=patient, lifted_version=None):
        aside.setdefault(one.source, []).append(one.ref)
    reads = [
        _read(source, list(held), zone, aside.get(source, []))
        for source, held in groupby(resources, key=lambda resource: resource.source)
    ]
    return sorted(reads, key=lambda read: (read.source != BY_FORM, read.told))


def _read(source: str, held: list[ReceivedResource], zone: ZoneInfo, aside: list[str]) -> Read:
    patients = [resource for resource in held if resource.type == "Patient"]
    last = patients[-1]
    kept = [resource for resource in held if resource.type != "Patient" or resource is last]
    person = strict_json.parse(last.raw)
    assert isinstance(person, dict)
    url = last.full_url or f"urn:uuid:{last.patient_id}"
    entries = [
        {"fullUrl": url, "resource": person} if resource is last else _entry(resource, url)
        for resource in kept
    ]
    received = [resource.received_on for resource in kept]
    intake = read_bundle(
        {"resourceType": "Bundle", "type": "collection", "entry": entries},
        received_on=max(received),
        zone=zone,
        set_aside=aside,
        days=dict(enumerate(received)),
    )
    return Read(source, intake, person, last.pk)


def _entry(resource: ReceivedResource, patient_url: str) -> dict[str, Any]:
    """A resource as an entry. Whose it is was settled at receipt; here it is said in one way."""
    tree = strict_json.parse(resource.raw)
    assert isinstance(tree, dict)
    key = SUBJECT.get(resource.type)
    for name in (key,) if key else ("subject", "patient"):
        if isinstance(tree.get(name), dict):
            tree = {**tree, name: {"reference": patient_url}}
    entry: dict[str, Any] = {"resource": tree}
    if resource.full_url:
        entry["fullUrl"] = resource.full_url
    return entry


def together(reads: Iterable[Read]) -> tuple[Facts, date]:
    """One set of facts from all sources; the person is the one that the last source tells of."""
    every = [read.intake.facts for read in reads]
    received = max(facts.received_on for facts in every)
    merged = {
        kind: tuple(fact for facts in every for fact in getattr(facts, kind)) for kind in FACT_KINDS
    }
    return Facts(every[-1].person, received, **merged, dictionary=every[-1].dictionary), received


FACT_KINDS = (
    "conditions",
    "results",
    "lesions",
    "histologies",
    "courses",
    "operations",
    "specimens",
    "participations",
    "notices",
)
"""Fields of `Facts` that hold facts."""
