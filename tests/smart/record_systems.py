"""A registered record system, and questions as one sends them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.test import Client

from eligibility import demonstration
from eligibility.actions import record_systems
from eligibility.models import RecordSystem
from tests.smart.keys import claims, jwk, jwks, rsa_pair, signed
from trialscreen.institution.conduct import use_conduct
from trialscreen.institution.models import Account, Site

ISSUER = "https://ehr.hospital.invalid"
SERVICE = "http://testserver/cds-services/trial-eligibility"
PARTS = {
    "conditions": "Condition",
    "observations": "Observation",
    "procedures": "Procedure",
    "medicationAdministrations": "MedicationAdministration",
    "medicationRequests": "MedicationRequest",
    "medicationStatements": "MedicationStatement",
}


@dataclass
class Ehr:
    system: RecordSystem
    key: int = 30
    kid: str = "ehr-1"

    def token(self, address: str = SERVICE, **other: Any) -> str:
        return signed(
            claims(ISSUER, aud=address, **{"sub": None} | other), rsa_pair(self.key), self.kid
        )

    def post(
        self, body: Any, address: str = SERVICE, token: str | None = None, **headers: str
    ) -> Any:
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        bearer = self.token(address) if token is None else token
        named = {"Authorization": f"Bearer {bearer}"} | headers
        path = address.removeprefix("http://testserver")
        return Client().post(path, text, "application/json", headers=named)


def registered(site: Site, by: Account, at: datetime, **other: Any) -> Ehr:
    """With one key."""
    told = {"issuer": ISSUER, "name": "Records", "contact": "Integration"} | other
    with use_conduct([site.pk], [site.pk, 0]):
        held = record_systems.add_system(site=site, by=by, at=at, **told)
        given = jwks(jwk(rsa_pair(30), "ehr-1"))
        record_systems.add_keys(held, jwks=given, reason="First", by=by, at=at)
    return Ehr(held)


def searchset(*resources: Any, **other: Any) -> dict[str, Any]:
    entries = [
        {"fullUrl": f"https://ehr.invalid/fhir/{one['resourceType']}/{one['id']}", "resource": one}
        for one in resources
    ]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": entries,
        "total": len(entries),
    } | other


def resources_of(story: str, on: Any) -> list[dict[str, Any]]:
    document: Any = json.loads(demonstration.to_json(demonstration.document(story, on=on)))
    bundle = document.get("bundle", document)
    return [one["resource"] for one in bundle["entry"]]


def question(resources: list[dict[str, Any]], *without: str, **other: Any) -> dict[str, Any]:
    """What a record system sends of these resources; `without` are parts that it leaves out."""
    patient = next(one for one in resources if one["resourceType"] == "Patient")
    prefetch: dict[str, Any] = {"patient": patient}
    for name, kind in PARTS.items():
        prefetch[name] = searchset(*(one for one in resources if one["resourceType"] == kind))
    return {
        "hook": "patient-view",
        "hookInstance": str(uuid.uuid4()),
        "fhirServer": "https://ehr.hospital.invalid/fhir",
        "fhirAuthorization": {"access_token": "never-used", "token_type": "Bearer"},
        "context": {"userId": "Practitioner/1", "patientId": patient["id"]},
        "prefetch": {name: one for name, one in prefetch.items() if name not in without},
    } | other
