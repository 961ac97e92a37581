"""A site with two people and a record that its own codes are in."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from patients.actions import local_codes as acts
from patients.codes.local_rows import Row
from patients.local_codes import Held
from tests.eligibility.stored import make_site, received
from trialscreen.institution.models import Account, Role, Site, StaffRole

LAB = "https://laboratory.invalid/codes"
LOINC = "http://loinc.org"
NEUTROPHILS = Row(1, LAB, "LAB-NEUT", "Neutrophils, automated", LOINC, "751-8")
PLATELETS = Row(2, LAB, "LAB-PLT", "Platelets", LOINC, "777-3")


def person(site: Site, name: str, role: Role = Role.COORDINATOR) -> Account:
    account = Account.objects.create_user(username=name, name=name, password=None)
    StaffRole.objects.create(account=account, role=role, site=site, first_day=date(2026, 1, 1))
    return account


def in_force(site: Site, *rows: Row) -> Held:
    """A version with these lines, proposed by one and brought on by another person of the site."""
    number = Account.objects.count()
    one, other = person(site, f"proposes-{number}"), person(site, f"reviews-{number}")
    version = acts.propose(rows or (NEUTROPHILS,), site=site, reason="Our codes.", by=one)
    acts.review(version, statement="Checked against the catalogue.", by=other)
    return acts.put_in_force(version, reason="From today.", by=other)


def observation(key: str, *codings: tuple[str, str], **said: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": system, "code": code} for system, code in codings]},
        "effectiveDateTime": "2026-11-20",
        "valueQuantity": {"value": 3, "unit": "10*9/L", "system": "http://unitsofmeasure.org"},
    } | said


def bundle(*resources: dict[str, Any], key: str = "p") -> dict[str, Any]:
    person = {"resourceType": "Patient", "id": key, "gender": "female", "birthDate": "1976-03-04"}
    named = [
        {**one, "subject": {"reference": f"Patient/{key}"}} if "subject" in one else one
        for one in resources
    ]
    entries = [{"resource": resource} for resource in (person, *named)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def with_local_code(site: Site, key: str = "p", code: str = "LAB-NEUT") -> UUID:
    return received(bundle(observation(f"{key}-o", (LAB, code)), key=key), site)


__all__ = ["bundle", "in_force", "make_site", "observation", "person", "with_local_code"]
