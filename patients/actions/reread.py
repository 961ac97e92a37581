"""Reading a record anew, when it was last read by another reading than the running one, or by another map of codes."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from patients.actions.derive import derive_facts
from patients.actions.telling import tell_of_change
from patients.local_codes import is_read_otherwise
from patients.models import Patient
from patients.reading import READING


def read_anew(patient: UUID) -> bool:
    """Bring a patient's facts up to the running reading and the site's map of its own codes, where that concerns them.
    Returns whether they are other facts now.

    Only then is the record another version: what people have signed or asked about has not changed by itself.

    Raises:
        Patient.DoesNotExist: there is none, or it is another site's.
    """
    with transaction.atomic():
        held = (
            Patient.objects.select_for_update(of=("self",), no_key=True)
            .select_related("site")
            .get(pk=patient)
        )
        if held.read_with == READING and not is_read_otherwise(held):
            return False
        held.record_version += 1
        if not derive_facts(held, held.site):
            return False
        held.save(update_fields=["record_version"])
        tell_of_change(held)
    return True
