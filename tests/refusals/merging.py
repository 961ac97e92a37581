"""The form that finds another record of the same person. What it leads to is tried in tests/merging."""

from __future__ import annotations

from patients.models import PatientIdentifier
from tests.refusals.clinic import Clinic
from tests.refusals.form import Form
from tests.refusals.kinds import REQUIRED, TAKEN, Field, Kind, text
from trialscreen.institution.scope import use_sites

NOBODY = "Nobody else at this site has this number."
_TYPED = text(300)
NUMBER = Kind(
    "number of another record",
    {
        name: (typed, NOBODY if said == TAKEN else said)
        for name, (typed, said) in _TYPED.tries.items()
    },
)


def _number(clinic: Clinic) -> dict[str, str]:
    """One by which another record of the site is known."""
    with use_sites([clinic.site.pk]):
        held = PatientIdentifier.objects.filter(patient=clinic.held["candidate"].patient_id)
        return {"number": held.exclude(system="urn:trialscreen:fhir-id")[0].value}


MERGING = (
    Form(
        "Find another record of the same person",
        "same-person",
        "coordinator",
        lambda clinic: f"/patients/{clinic.known.pk}/same-person/",
        lambda clinic: f"/patients/{clinic.known.pk}/same-person/",
        _number,
        {"number": Field(NUMBER)},
        done=200,
        stores=False,
        empty=REQUIRED,
        others=("monitor", "administrator"),
    ),
)
