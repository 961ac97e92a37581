"""Under which address what was received is read over FHIR, and by what it is found there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class OfAPatient(models.Model):
    """Whose it is. PostgreSQL keeps the patient with the site, and both with what else the row names (`same_site`)."""

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
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        abstract = True


class FhirVersion(OfAPatient):
    """One resource as it was received, as one version of a record with an id of ours.

    It says nothing that the resource does not: made with it, in the same transaction, and never edited but for
    `current`.
    """

    resource = models.OneToOneField(
        "patients.ReceivedResource",
        on_delete=models.PROTECT,
        related_name="as_version",
        db_constraint=False,
    )
    record = models.UUIDField()
    """The id of the record: drawn at random with its first version; of a Patient the id of the patient."""
    number = models.PositiveBigIntegerField()
    """The version of the patient's record that it came with."""
    part = models.PositiveIntegerField(default=0)
    """Of several versions in one delivery the last is 0, those before it count from 1."""
    source = models.CharField(max_length=100)
    type = models.CharField(max_length=100)
    key = models.CharField(max_length=600)
    at = models.DateTimeField()
    status = models.CharField(max_length=60, blank=True)
    first = models.DateTimeField(null=True)
    last = models.DateTimeField(null=True)
    """Between which moments the clinical date lies; far away where it is open."""
    current = models.BooleanField()
    """It is the version that speaks."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("patient", "record", "number", "part"), name="fhir_version_once"
            ),
            models.UniqueConstraint(
                fields=("patient", "record"), condition=Q(current=True), name="fhir_one_current"
            ),
        )
        indexes = (
            models.Index(fields=("record", "number"), name="fhir_version_of_record"),
            models.Index(
                fields=("patient", "type", "id"), condition=Q(current=True), name="fhir_of_patient"
            ),
            models.Index(
                fields=("site", "type", "id"), condition=Q(current=True), name="fhir_of_type"
            ),
            models.Index(
                fields=("site", "type", "status", "id"),
                condition=Q(current=True),
                name="fhir_by_status",
            ),
            models.Index(
                fields=("site", "type", "first"), condition=Q(current=True), name="fhir_by_first"
            ),
            models.Index(
                fields=("site", "type", "last"), condition=Q(current=True), name="fhir_by_last"
            ),
            models.Index(
                fields=("site", "type", "at"), condition=Q(current=True), name="fhir_by_change"
            ),
        )

    def __str__(self) -> str:
        return f"{self.type}/{self.record}/_history/{self.version_id}"

    @property
    def version_id(self) -> str:
        return f"{self.number}.{self.part}" if self.part else str(self.number)


class FhirToken(OfAPatient):
    """A code or an identifier of one version, by which it is found."""

    version = models.ForeignKey(
        FhirVersion,
        on_delete=models.PROTECT,
        related_name="tokens",
        db_constraint=False,
        db_index=False,
    )
    type = models.CharField(max_length=100)
    name = models.CharField(max_length=20)
    """The search parameter: ``code``, ``identifier`` …"""
    system = models.CharField(max_length=300, blank=True)
    value = models.CharField(max_length=300)

    class Meta:
        indexes = (
            models.Index(fields=("version", "name"), name="fhir_token_of_version"),
            models.Index(
                fields=("site", "type", "name", "value", "system", "version"), name="fhir_token"
            ),
        )

    def __str__(self) -> str:
        return f"token {self.pk}"
