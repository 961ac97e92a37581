"""What changes in the record of somebody who is recorded as another changes that one's record as well."""

from __future__ import annotations

from patients.actions.derive import derive_facts
from patients.actions.telling import tell_of_change
from patients.merged import above
from patients.models import Patient
from trialscreen.institution.models import Site


def carry_up(patient: Patient, site: Site) -> None:
    """Bring the records of all as whom `patient` is recorded to their next version. Call it with them held
    (`patients.merged.hold`), after the patient's own facts were derived."""
    for one in above(patient.pk):
        renew(Patient.objects.select_for_update(no_key=True).get(pk=one), site)


def renew(held: Patient, site: Site) -> None:
    """The next version of a record that is held, with the facts that it has by now."""
    held.record_version += 1
    held.save(update_fields=["record_version"])
    derive_facts(held, site)
    tell_of_change(held)
