"""A fact entered by itself goes through the door by which Bundles come."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.db import transaction

from patients.actions.receive import FHIR_ID, Attribution, Receipt, receive_bundle
from patients.intake import strict_json
from patients.intake.forms import ResultForm, as_bundle, observation, of_the_form
from patients.intake.problems import Refused
from patients.models import Patient, PatientIdentifier
from patients.stored import BY_FORM
from trialscreen.institution.models import Site


def enter_result(
    form: ResultForm, *, patient: Patient, site: Site, by: Attribution, received_on: date
) -> tuple[Receipt, str]:
    """Keep one result of a patient who is known; gives the receipt and ``Observation/id``.

    Raises:
        Refused: with places in the form (``/collected``).
    """
    ident, subject = str(uuid4()), f"Patient/{patient.pk}"
    bundle = as_bundle(str(patient.pk), observation(form, ident=ident, subject=subject))
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
    return receipt, f"Observation/{ident}"
