"""A fact entered by itself goes through the door by which Bundles come."""

from __future__ import annotations

from collections.abc import Callable
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
    *forms: Form,
    patient: Patient,
    site: Site,
    by: Attribution,
    received_on: date,
    new_id: Callable[[], str] = lambda: str(uuid4()),
) -> tuple[Receipt, list[str]]:
    """Keep what forms say of a patient who is known; gives the receipt and the records, ``Observation/id``.

    All of them or none. The Bundle's Patient says nothing but whose the records are. Where the ids that `new_id`
    gives are those of an earlier call that said the same, nothing is entered twice.

    Raises:
        Refused: with places in the form (``/collected``); of several forms with the number of each (``/0/collected``).
    """
    subject = f"Patient/{patient.pk}"
    made = [resources_of(form, new_id=new_id, subject=subject) for form in forms]
    resources = [one for of_form in made for one in of_form]
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
            raise of_the_form(refused, _within(forms)) from None
    return receipt, [f"{one['resourceType']}/{one['id']}" for one in resources]


def _within(forms: tuple[Form, ...]) -> str | None:
    """What each resource of the Bundle was made from: the one form, one of its measurements, or one of the forms."""
    if len(forms) > 1:
        return ""
    return "/measurements" if isinstance(forms[0], LesionForm) else None
