"""Patients of a site, and the identifiers by which its systems know them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F
from django.db.models.functions import Lower


class Patient(models.Model):
    """A patient of one site. The same person at two sites is two patients: nothing is matched across sites."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(
        "institution.Site", on_delete=models.PROTECT, related_name="patients", db_index=False
    )
    record_version = models.PositiveBigIntegerField(default=0)
    """Raised by every change of what is held; a reader that saw another one saw another record."""
    read_with = models.CharField(max_length=100, default="")
    """The reading that its rows of facts are of: see `patients.reading`."""
    local_codes_version = models.PositiveIntegerField(default=0, db_default=0)
    """The version of the site's map of local codes that they were read with; 0: there was none."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("site", "id"), name="patient_of_one_site"),)

    def __str__(self) -> str:
        return str(self.id)


class PatientIdentifier(models.Model):
    """A business identifier of a patient in one source system of the site."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers")
    source = models.CharField(max_length=100)
    """The system that sent it; unique per site and source, never across sites."""
    system = models.CharField(max_length=300, blank=True)
    value = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "source", "system", "value"), name="identifier_once_per_source"
            ),
            models.CheckConstraint(condition=~models.Q(value=""), name="identifier_has_a_value"),
        )
        indexes = (models.Index(fields=("site", "value"), name="identifier_by_value"),)

    def __str__(self) -> str:
        return f"identifier {self.pk}"


class Demographics(models.Model):
    """Who the patient is, as of one record version: the person fact, and what lists show of it."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="demographics")
    family_name = models.CharField(max_length=200, blank=True)
    given_name = models.CharField(max_length=200, blank=True)
    birth_first = models.DateField(null=True)
    birth_last = models.DateField(null=True)
    sex = models.CharField(max_length=10, blank=True)
    fact = models.JSONField()
    since_version = models.PositiveBigIntegerField()
    superseded_version = models.PositiveBigIntegerField(null=True)

    class Meta:
        verbose_name_plural = "demographics"
        constraints = (
            models.UniqueConstraint(
                fields=("patient",),
                condition=models.Q(superseded_version=None),
                name="one_current_demographics",
            ),
        )
        # Parts of names are searched for by `patients.searching`.
        indexes = (
            models.Index(
                F("site"),
                Lower("family_name"),
                Lower("given_name"),
                F("patient"),
                condition=models.Q(superseded_version=None),
                name="demographics_by_name",
            ),
            models.Index(
                fields=("site", "birth_first"),
                condition=models.Q(superseded_version=None),
                name="demographics_born",
            ),
            models.Index(
                fields=("site", "birth_first"),
                condition=models.Q(superseded_version=None, birth_first__lt=F("birth_last")),
                name="demographics_born_about",
            ),
        )

    def __str__(self) -> str:
        return f"demographics {self.pk}"
