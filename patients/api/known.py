"""Who of a site's patients is meant by a Bundle that is not kept: only where that is one person without doubt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from patients.actions.receive import FHIR_ID, names_of
from patients.merged import survivors
from patients.models import PatientIdentifier


def known_patient(bundle: Mapping[str, Any], *, site: int, source: str) -> UUID | None:
    """The one patient of the site who has an identifier of the Bundle's Patient; of its own id only as `source` has it.

    None where nobody has one, or where two people do: then nobody is meant.
    """
    asked = Q(pk__in=())
    for system, value in names_of(bundle):
        if system == FHIR_ID:
            asked |= Q(system=system, value=value, source=source)
        elif system:
            asked |= Q(system=system, value=value)
    held = PatientIdentifier.objects.filter(asked, site_id=site)
    found = survivors(held.values_list("patient_id", flat=True))
    return found[0] if len(found) == 1 else None
