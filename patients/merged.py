"""Which patients are recorded as one person by now, and how their records are held for a change.

A merge is in force until its reversal. Merges may follow each other (A into B, B into C); whom a patient is recorded as
in the end is never recorded as anybody else, so they form trees.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from patients.models import Patient, PatientMerge, ReceivedResource


def in_force() -> QuerySet[PatientMerge]:
    return PatientMerge.objects.filter(reversed_at=None)


def is_merged(patient: str = "pk") -> Exists:
    """For a query: that the patient in this column of the outer row is recorded as another by now."""
    return Exists(in_force().filter(merged=OuterRef(patient)))


def above(patient: UUID) -> list[UUID]:
    """As whom a patient is recorded, the nearest first; empty for one who stands for themselves."""
    found: list[UUID] = []
    at: UUID | None = patient
    while at is not None:
        at = in_force().filter(merged=at).values_list("survivor", flat=True).first()
        if at is not None:
            found.append(at)
    return found


def below(patient: UUID) -> list[PatientMerge]:
    """The merges by which others are recorded as this patient, directly or through another."""
    found: list[PatientMerge] = []
    level: list[UUID] = [patient]
    while level:
        merges = list(in_force().filter(survivor__in=level).order_by("pk"))
        found += merges
        level = [one.merged_id for one in merges]
    return found


def whole(patient: UUID) -> list[UUID]:
    """The patient, and everybody who is recorded as them."""
    return [patient, *(one.merged_id for one in below(patient))]


def survivors(patients: Iterable[UUID]) -> list[UUID]:
    """The same patients in the same order, each once, and instead of one who is merged whom they are recorded as."""
    leads = list(dict.fromkeys(patients))
    while leads:
        merges = in_force().filter(merged__in=leads)
        into = dict(merges.values_list("merged", "survivor"))
        if not into:
            break
        leads = list(dict.fromkeys(into.get(one, one) for one in leads))
    return leads


def holder(patient: Patient, source: str, ref: str) -> Patient:
    """To whose record `ref` of a source was sent: the patient's own, or that of one who is recorded as them."""
    held = ReceivedResource.objects.filter(patient__in=whole(patient.pk), source=source, key=ref)
    named = set(held.values_list("patient", flat=True))
    if not named or patient.pk in named:
        return patient
    return Patient.objects.select_related("site").get(pk=min(named))


def hold(*patients: UUID) -> dict[UUID, Patient]:
    """Hold patients until the end of the transaction, with all whose record changes with theirs.

    Everybody who holds several takes them in the order of their ids, so that two never wait for each other. Where a
    merge was made in the meantime, who has come with it is held as well.
    """
    held: dict[UUID, Patient] = {}
    while missing := _related(patients) - held.keys():
        rows = Patient.objects.select_for_update(no_key=True).filter(pk__in=missing)
        found = {one.pk: one for one in rows.order_by("pk")}
        if not found:
            break
        held |= found
    return held


def _related(patients: Iterable[UUID]) -> set[UUID]:
    """These, as whom they are recorded, and who else is."""
    every = set(patients)
    while True:
        touching = in_force().filter(Q(survivor__in=every) | Q(merged__in=every))
        found = {one for pair in touching.values_list("survivor", "merged") for one in pair}
        if found <= every:
            return every
        every |= found
