"""Which entries of the trail are the history of a patient, of one criterion, or of the institution."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from django.db.models import Model, Q

from eligibility.models import (
    Determination,
    Deviation,
    Event,
    Note,
    Registration,
    Retest,
    RetestReason,
    Screening,
    SignOff,
    Voiding,
)
from patients.models import MergeReversal, PatientMerge

CHANGES: Final = ("insert", "update", "delete")
_TO_SCREENING: Final[tuple[tuple[type[Model], str], ...]] = (
    (Determination, "screening"),
    (Deviation, "screening"),
    (Event, "screening"),
    (Note, "screening"),
    (Registration, "screening"),
    (Retest, "screening"),
    (RetestReason, "screening"),
    (SignOff, "determination__screening"),
    (Voiding, "determination__screening"),
)
"""Tables whose rows name a screening and no patient, and by what they do."""
OPENINGS: Final = ("eligibility_sitepart", "eligibility_openingchange")
"""Of the site's chain, but the institution's to answer for: where a trial is open."""
_OF_A_CRITERION: Final = (Deviation, Note, Retest, RetestReason)


def of_patient(patient: UUID) -> Q:
    """Everything that happened to the record and the screenings of a patient, and who looked."""
    screenings = list(Screening.objects.filter(patient=patient).values_list("pk", flat=True))
    return Q(patient_id=patient) | _rows(screenings) | _as_another(patient)


def _as_another(patient: UUID) -> Q:
    """That the patient was recorded as another: those entries are of the record that stayed."""
    merges = list(PatientMerge.objects.filter(merged=patient).values_list("pk", flat=True))
    backs = MergeReversal.objects.filter(merge__in=merges).values_list("pk", flat=True)
    keys = {"patients_patientmerge": merges, "patients_mergereversal": list(backs)}
    where = Q(pk__in=())
    for table, numbers in keys.items():
        if numbers:
            where |= Q(subject=table, key__in=[str(one) for one in numbers])
    return where


def of_criterion(patient: UUID, criterion: str) -> Q:
    """What was said and saved at one criterion of a patient: answers, notes, deviations, and by its forms the rest."""
    screenings = list(Screening.objects.filter(patient=patient).values_list("pk", flat=True))
    there = f" /patients/{patient}/criteria/{criterion}/"
    said = Q(patient_id=patient) & (
        Q(subject="patients_attestation", new__criterion=criterion)
        | Q(origin__startswith="POST" + there)
        | Q(origin__startswith="GET" + there)
    )
    return said | (_rows(screenings) & Q(new__criterion=criterion, subject__in=_tables()))


def _rows(screenings: Iterable[UUID]) -> Q:
    where = Q()
    for model, through in _TO_SCREENING:
        keys = model._default_manager.filter(**{f"{through}__in": screenings})
        numbers = [str(key) for key in keys.values_list("pk", flat=True)]
        if numbers:
            where |= Q(subject=model._meta.db_table, key__in=numbers)
    return where or Q(pk__in=())


def _tables() -> Iterator[str]:
    yield from (model._meta.db_table for model in _OF_A_CRITERION)


def _changes(*begin: str) -> Q:
    where = Q()
    for each in begin:
        where |= Q(subject__startswith=each)
    return Q(kind__in=CHANGES) & where


_ANSWERS = _changes("patients_attestation", "patients_setaside")
_VERDICTS = _changes("eligibility_assessment") | Q(kind="evaluated")
_LOOKS = Q(kind__in=("viewed", "searched"))
_TAKEN = Q(kind__in=("exported", "printed"))

OF_A_PATIENT: Final[Mapping[str, Q]] = {
    "record": _changes("patients_") & ~_ANSWERS,
    "answers": _ANSWERS,
    "screening": (_changes("eligibility_") & ~_VERDICTS)
    | Q(kind__in=("confirmed", "signed", "declined", "registered", "signing-failed")),
    "verdicts": _VERDICTS,
    "looks": _LOOKS,
    "taken": _TAKEN,
}
"""What a patient's history can be filtered by."""
OF_THE_INSTITUTION: Final[Mapping[str, Q]] = {
    "sign-ins": Q(kind__in=("signed-in", "signed-out", "sign-in-failed", "signing-failed")),
    "refusals": Q(kind="refused"),
    "accounts": _changes("institution_account", "auth_", "account_", "mfa_", "usersessions_"),
    "roles": _changes(
        "institution_staffrole",
        "institution_delegation",
        "institution_principal",
        "institution_invitation",
        "institution_rolereview",
    ),
    "clients": _changes("oauth2_", "institution_api"),
    "sites": _changes("institution_site"),
    "openings": _changes("eligibility_"),
    "looks": _LOOKS | _TAKEN,
}
"""What the institution's own entries can be filtered by."""
