"""A site with invented patients, assessed, for tests of what makes an assessment overtaken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from eligibility import demonstration
from eligibility.actions import answered, assess
from eligibility.answers import to_json
from eligibility.dryrun import answer_document
from eligibility.overtaken import overtaken
from eligibility.protocols import get
from eligibility.snapshots import take
from patients.actions import Attribution, receive_bundle
from trialscreen.institution.models import Site

ON = date(2026, 11, 25)
PROTOCOL = get("NCT00514085")
Bundle = Mapping[str, Any]


def make_site(code: str = "toronto") -> Site:
    return Site.objects.create(
        code=code, name=code, city=code, time_zone="America/Toronto", opened_on=date(2026, 1, 1)
    )


def received(bundle: Bundle, site: Site, *, on: date = ON, source: str = "ehr") -> UUID:
    raw = demonstration.to_json(bundle)
    receipt = receive_bundle(raw, site=site, source=source, by=Attribution(), received_on=on)
    return receipt.patient.pk


def file(*patients: UUID, on: date = ON) -> None:
    for patient in patients:
        assess(patient, protocol=PROTOCOL, on=on)


def found(*sites: Site, on: date = ON, digest: str = "") -> set[UUID]:
    """Whom the query finds at these sites."""
    today = {site.pk: on for site in sites}
    return {pk for pk, _ in overtaken(digest=digest or PROTOCOL.digest(), today=today)}


def stored(patient: UUID, *, on: date = ON) -> str:
    snapshot = take(patient, trial=PROTOCOL.trial)
    return to_json(answered(snapshot, protocol=PROTOCOL, on=on, timeline=True)[2])


def dry(bundle: Bundle, *, on: date = ON, **beside: Any) -> str:
    asked = {"on": on.isoformat(), "received_on": ON.isoformat(), "bundle": bundle, **beside}
    document = answer_document(
        demonstration.to_json(asked),
        trial=PROTOCOL.trial,
        on=None,
        today=lambda _: on,
        timeline=True,
    )
    del document["account"], document["ignored"]
    return to_json(document)


def verdict(answer: str, criterion: str) -> tuple[str, str]:
    one = next(one for one in json.loads(answer)["criteria"] if one["id"] == criterion)
    return one["verdict"], one["reason"]


def patient_with(*analytes: tuple[str, str], key: str) -> dict[str, Any]:
    """A Bundle of a woman of 50 with results (LOINC code, day) of 20 U/L without ranges of their own."""
    person = {"resourceType": "Patient", "id": key, "gender": "female", "birthDate": "1976-03-04"}
    results = [
        {
            "resourceType": "Observation",
            "id": f"{key}-{number}",
            "status": "final",
            "subject": {"reference": f"Patient/{key}"},
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "effectiveDateTime": day,
            "valueQuantity": {
                "value": 20,
                "unit": "U/L",
                "system": "http://unitsofmeasure.org",
                "code": "U/L",
            },
        }
        for number, (code, day) in enumerate(analytes)
    ]
    entries = [{"resource": resource} for resource in (person, *results)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}
