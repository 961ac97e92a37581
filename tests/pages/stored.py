"""Sites, people and stored patients for tests of pages."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.utils import timezone

from eligibility import demonstration
from eligibility.actions import assess
from eligibility.protocols import get
from patients.actions import Attribution, Receipt, receive_bundle, record_attestation
from patients.models import Patient
from trialscreen.institution.models import Account, Role, Site, StaffRole
from trialscreen.institution.scope import use_sites

PROTOCOL = get("NCT00514085")
PASSWORD = "a long way round the lake"
OPENED = date(2026, 1, 1)


def make_site(code: str = "edmonton", zone: str = "America/Edmonton") -> Site:
    return Site.objects.create(
        code=code,
        name=f"{code.title()} centre",
        city=code.title(),
        time_zone=zone,
        opened_on=OPENED,
    )


def coordinator(site: Site, username: str = "anna") -> Account:
    account = Account.objects.create_user(username, PASSWORD, name="Anna Larose")
    StaffRole.objects.create(account=account, site=site, role=Role.COORDINATOR, first_day=OPENED)
    return account


def today_at(site: Site) -> date:
    return timezone.localdate(timezone=site.zone)


def bare(key: str, *, given: str, family: str, born: str = "1984-05-17") -> dict[str, Any]:
    """A Bundle of a patient of whom nothing else is known."""
    patient = {
        "resourceType": "Patient",
        "id": key,
        "identifier": [{"system": "urn:mrn", "value": f"MRN-{key}"}],
        "name": [{"family": family, "given": [given]}],
        "birthDate": born,
    }
    entry = [{"resource": patient}]
    return {"resourceType": "Bundle", "type": "collection", "entry": entry}


def received(bundle: Any, site: Site) -> Receipt:
    with use_sites([site.pk]):
        text = json.dumps(bundle) if isinstance(bundle, dict) else bundle
        return receive_bundle(
            text,
            site=site,
            source="ehr",
            by=Attribution(client="feed"),
            received_on=today_at(site),
        )


def assessed(bundle: Any, site: Site) -> Patient:
    """A patient who was received and assessed today."""
    patient = received(bundle, site).patient
    with use_sites([site.pk]):
        assess(patient.pk, protocol=PROTOCOL, on=today_at(site))
    return patient


def invented(key: str, site: Site) -> Patient:
    """An invented patient with the statements of its story, assessed today."""
    today = today_at(site)
    document: dict[str, Any] = dict(demonstration.document(key, on=today))
    patient = received(demonstration.to_json(document["bundle"]), site).patient
    with use_sites([site.pk]):
        for stated in document.get("attestations", ()):
            record_attestation(
                patient=patient,
                trial=PROTOCOL.trial,
                criterion=stated["criterion"],
                wording_digest="",
                answer=stated["answer"],
                stated_on=date.fromisoformat(stated["stated_on"]),
                by=None,
                by_name=stated["by"],
                detail=stated.get("detail", ""),
            )
        assess(patient.pk, protocol=PROTOCOL, on=today)
    return patient
