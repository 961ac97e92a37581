"""After a reversal: since when a record holds each of its facts, as if the merge had never been.

Whether a statement was made with sight of a fact is told by the version with which the fact arrived. While two records
were one, a fact may have come by the other record first, or have stood back behind it and come again. So what was
received of the survivor alone is read once more as of each version in between, as it would have been filed then.
"""

from __future__ import annotations

from django.db.models import Q

from patients.actions.derive import Since, derive_facts, rows_of
from patients.merged import below
from patients.models import CLINICAL, Delivery, Patient, PatientMerge, SetAside
from patients.stored import read_again
from trialscreen.institution.models import Site


def derive_as_never_merged(patient: Patient, merge: PatientMerge, site: Site) -> None:
    """Derive the facts of a survivor, held at the version of the reversal, each with the version it arrived with.

    Where others are still recorded as the same patient, what came in between counts from now on: rather asked once
    more than taken for seen.
    """
    since = _before(patient, merge.survivor_version)
    if not below(patient.pk):
        for version in _changed_at(patient, merge.survivor_version):
            then = rows_of(patient, read_again(patient, site.zone, until=version))
            since = {key: since.get(key, version) for key in then}
    derive_facts(patient, site, since=since)


def _before(patient: Patient, version: int) -> Since:
    """What was current just before a version, and since when."""
    then = Q(superseded_version=None) | Q(superseded_version__gte=version)
    held = Q(then, patient=patient, since_version__lt=version)
    return {
        (table, digest): since
        for table in CLINICAL
        for digest, since in table.objects.filter(held).values_list("digest", "since_version")
    }


def _changed_at(patient: Patient, version: int) -> list[int]:
    """The versions from then on to which something said of this patient alone led, in their order."""
    own = Delivery.objects.filter(patient=patient, record_version__gt=version)
    versions = set(own.values_list("record_version", flat=True))
    for aside in SetAside.objects.filter(patient=patient):
        versions.update(one for one in (aside.record_version, aside.lifted_version) if one)
    return sorted(one for one in versions if version < one <= patient.record_version)
