"""The facts of a patient as rows: what each says, since which record version, and until which.

Rows are derived from what was received by the same pure function that serves the dry run, and hold the fact whole
(`fact`); the columns beside it are for constraints, lists and set-based questions.
"""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models


class DerivedRow(models.Model):
    """What every derived row has. Current while `superseded_version` is null."""

    site = models.ForeignKey(
        "institution.Site",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    patient = models.ForeignKey(
        "patients.Patient",
        on_delete=models.PROTECT,
        related_name="%(class)s_rows",
        db_constraint=False,
    )
    source = models.CharField(max_length=100)
    ref = models.CharField(max_length=600)
    """The record it was read from, ``Type/id``."""
    fact = models.JSONField()
    digest = models.CharField(max_length=64)
    """Of the fact: the same fact is never current twice."""
    since_version = models.PositiveBigIntegerField()
    superseded_version = models.PositiveBigIntegerField(null=True)

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True
        constraints = (
            models.UniqueConstraint(
                fields=("patient", "digest"),
                condition=models.Q(superseded_version=None),
                name="%(class)s_current_once",
            ),
            models.CheckConstraint(
                condition=models.Q(superseded_version=None)
                | models.Q(superseded_version__gt=models.F("since_version")),
                name="%(class)s_superseded_later",
            ),
        )

    def __str__(self) -> str:
        return f"{self.ref} ({self.pk})"


class LabResult(DerivedRow):
    """A laboratory result of one analyte."""

    analyte = models.CharField(max_length=40)
    status = models.CharField(max_length=20)
    collected_first = models.DateField(null=True)
    collected_last = models.DateField(null=True)
    value = models.DecimalField(max_digits=80, decimal_places=40, null=True)
    unit = models.CharField(max_length=200, blank=True)


class Observation(DerivedRow):
    """A performance status or a pregnancy status."""

    analyte = models.CharField(max_length=40)
    status = models.CharField(max_length=20)
    collected_first = models.DateField(null=True)
    collected_last = models.DateField(null=True)


class Histology(DerivedRow):
    """A morphology, or a pathology report with a coded conclusion."""

    class Meta(DerivedRow.Meta):
        verbose_name_plural = "histologies"


class Condition(DerivedRow):
    """A diagnosis or a status."""

    code = models.CharField(max_length=100, blank=True)
    classes = ArrayField(models.CharField(max_length=60))
    clinical = models.CharField(max_length=20, blank=True)
    provisional = models.BooleanField()


class PriorTherapy(DerivedRow):
    """A course of a drug, an operation, or radiotherapy."""

    kind = models.CharField(
        max_length=10, choices=(("course", "course"), ("operation", "operation"))
    )
    classes = ArrayField(models.CharField(max_length=60))
    start_first = models.DateField(null=True)
    end_last = models.DateField(null=True)
    ended = models.CharField(max_length=10)

    class Meta(DerivedRow.Meta):
        verbose_name_plural = "prior therapies"


class Lesion(DerivedRow):
    """One measurement of one tumour."""

    collected_first = models.DateField(null=True)
    collected_last = models.DateField(null=True)


class Specimen(DerivedRow):
    """Archived tissue."""


class StudyParticipation(DerivedRow):
    """A part in a research study."""


class RecordNotice(DerivedRow):
    """A record, or a code of one, that is kept and shown and decides nothing."""

    kind = models.CharField(max_length=20)
    about = models.CharField(max_length=20)


CLINICAL: tuple[type[DerivedRow], ...] = (
    LabResult,
    Observation,
    Histology,
    Condition,
    PriorTherapy,
    Lesion,
    Specimen,
    StudyParticipation,
    RecordNotice,
)
"""Every table of derived rows."""
