"""A fact entered by itself goes through the door by which Bundles come."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.db import transaction

from patients.actions.receive import FHIR_ID, Attribution, Receipt, receive_bundle
from patients.intake import strict_json
from patients.intake.forms import Form, as_bundle, of_the_form, resource_of
from patients.intake.problems import Refused
from patients.models import Patient, PatientIdentifier
from patients.stored import BY_FORM
from trialscreen.institution.models import Site


def enter(
    form: Form, *, patient: Patient, site: Site, by: Attribution, received_on: date
) -> tuple[Receipt, str]:
    """Keep one fact of a patient who is known; gives the receipt and the record, ``Observation/id``.

    Raises:
        Refused: with places in the form (``/collected``).
    """
    ident, subject = str(uuid4()), f"Patient/{patient.pk}"
    resource = resource_of(form, ident=ident, subject=subject)
    bundle = as_bundle(str(patient.pk), resource)
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
                strict_json.write(bundle),
                site=site,
                source=BY_FORM,
                by=by,
                received_on=received_on,
            )
        except Refused as refused:
            raise of_the_form(refused) from None
    return receipt, f"{resource['resourceType']}/{ident}"
