"""The rows that a request may ask for: of its own sites alone, whatever the database would show."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar
from uuid import UUID

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from rest_framework.exceptions import NotFound, ValidationError

from patients.merged import in_force
from patients.models import Attestation, Demographics, DerivedRow, Patient, PatientIdentifier
from trialscreen.institution.models import Site

Row = TypeVar("Row", bound=DerivedRow)


def patients_of(site_ids: Collection[int]) -> QuerySet[Patient]:
    return Patient.objects.filter(site_id__in=site_ids).select_related("site")


def shown_patients(site_ids: Collection[int]) -> QuerySet[Patient]:
    """Patients with who they are and their identifiers, in a number of queries that never grows."""
    current = Demographics.objects.filter(superseded_version=None)
    numbers = PatientIdentifier.objects.filter(site_id__in=site_ids)
    another = in_force().filter(merged=OuterRef("pk")).values("survivor")
    return (
        patients_of(site_ids)
        .annotate(same_person_as=Subquery(another))
        .prefetch_related(
            Prefetch("demographics", queryset=current, to_attr="current_demographics"),
            Prefetch("identifiers", queryset=numbers.order_by("pk")),
        )
    )


def patient_or_404(site_ids: Collection[int], ident: UUID) -> Patient:
    """The patient, of these sites. Another site's is as absent as one that never was."""
    held = patients_of(site_ids).filter(pk=ident).first()
    if held is None:
        raise NotFound
    return held


def rows_of(table: type[Row], patient: Patient) -> QuerySet[Row]:
    """Every row of a table about a patient, current and superseded."""
    return table.objects.filter(patient=patient, site_id=patient.site_id)


def attestations_of(patient: Patient) -> QuerySet[Attestation]:
    return Attestation.objects.filter(patient=patient, site_id=patient.site_id)


def site_of(site_ids: Collection[int], code: str | None) -> Site:
    """The site that is meant: the one of that code, or the only one.

    Raises:
        NotFound: there is no such site, or not for whom is asking.
        ValidationError: none was named, and there are several.
    """
    mine = Site.objects.filter(pk__in=site_ids)
    if code is not None:
        site = mine.filter(code=code).first()
        if site is None:
            raise NotFound
        return site
    sites = list(mine[:2])
    if len(sites) != 1:
        raise ValidationError({"site": ["Name one of your sites: ?site=CODE."]})
    return sites[0]
