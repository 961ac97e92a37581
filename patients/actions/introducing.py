"""A patient whom one system told of, made known to another that sends single records of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from patients.actions.receive import FHIR_ID
from patients.intake import strict_json
from patients.models import Patient, PatientIdentifier, ReceivedResource


class Introduced(NamedTuple):
    """The Patient under which a source sends records, and how it is referred to."""

    person: dict[str, Any]
    full_url: str

    @property
    def reference(self) -> str:
        ident = self.person.get("id")
        return f"Patient/{ident}" if isinstance(ident, str) else self.full_url


def known_to(patient: Patient, source: str) -> Introduced:
    """The Patient as the source told of it last; of one of whom it never told, one that says nothing but an id.

    Call it in a transaction, and undo that where nothing is sent after all.
    """
    told = ReceivedResource.objects.filter(patient=patient, source=source, type="Patient")
    for row in told.order_by("-id")[:1]:
        person = strict_json.parse(row.raw)
        assert isinstance(person, dict)
        if row.full_url or isinstance(person.get("id"), str):
            return Introduced(person, row.full_url)
        return Introduced(person, f"urn:uuid:{patient.pk}")
    PatientIdentifier.objects.get_or_create(
        site_id=patient.site_id,
        source=source,
        system=FHIR_ID,
        value=str(patient.pk),
        defaults={"patient": patient},
    )
    return Introduced({"resourceType": "Patient", "id": str(patient.pk)}, "")
