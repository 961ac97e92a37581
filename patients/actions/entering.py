"""A fact entered by itself goes through the door by which Bundles come."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.db import transaction

from patients.actions.receive import FHIR_ID, Attribution, Receipt, receive_bundle
from patients.intake import strict_json
from patients.intake.as_fhir import as_bundle, resources_of
from patients.intake.forms import Form, LesionForm, of_the_form
from patients.intake.problems import Refused
from patients.models import Patient, PatientIdentifier
from patients.stored import BY_FORM
from trialscreen.institution.models import Site


def enter(
    form: Form, *, patient: Patient, site: Site, by: Attribution, received_on: date
) -> tuple[Receipt, list[str]]:
    """Keep what a form says of a patient who is known; gives the receipt and the records, ``Observation/id``.

    The Bundle's Patient says nothing but whose the records are.

    Raises:
        Refused: with places in the form (``/collected``).
    """
    subject = f"Patient/{patient.pk}"
    resources = resources_of(form, new_id=lambda: str(uuid4()), subject=subject)
    person = {"resourceType": "Patient", "id": str(patient.pk)}
    with transaction.atomic():
        PatientIdentifier.objects.get_or_create(
            site=site,
            source=BY_FORM,
            system=FHIR_ID,
            value=str(patient.pk),
            defaults={"patient": patient},
        )
        try:
            receipt = receive_bundle(
                strict_json.write(as_bundle(person, *resources)),
                site=site,
                source=BY_FORM,
                by=by,
                received_on=received_on,
            )
        except Refused as refused:
            within = "/measurements" if isinstance(form, LesionForm) else ""
            raise of_the_form(refused, within) from None
    return receipt, [f"{one['resourceType']}/{one['id']}" for one in resources]
