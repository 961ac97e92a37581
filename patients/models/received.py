"""What arrived, exactly as it arrived: the source that every fact can be traced to and read again from."""

from __future__ import annotations

from django.db import models


class Delivery(models.Model):
    """One message that was taken: who sent it, when, and the account of what it held."""

    site = models.ForeignKey(
        "institution.Site",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="deliveries", db_constraint=False
    )
    source = models.CharField(max_length=100)
    received_at = models.DateTimeField(auto_now_add=True)
    received_on = models.DateField()
    """The day of receipt in the site's time zone, to which partial dates are cut."""
    client = models.CharField(max_length=200, blank=True)
    """The API client that sent it, empty for a person at a page or command."""
    person = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)
    """Why, of a correction made here, where it was said."""
    account = models.JSONField()
    record_version = models.PositiveBigIntegerField()
    """The version of the record that it led to."""

    class Meta:
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class ReceivedResource(models.Model):
    """One resource of a delivery, as text: decimals, unknown elements and all. Added, never edited."""

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
        related_name="resources",
        db_constraint=False,
        db_index=False,
    )
    delivery = models.ForeignKey(
        Delivery,
        on_delete=models.PROTECT,
        related_name="resources",
        db_constraint=False,
        db_index=False,
    )
    source = models.CharField(max_length=100)
    type = models.CharField(max_length=100)
    key = models.CharField(max_length=600)
    """What makes two deliveries of it the same record: its type and id, else its full URL, else its place."""
    full_url = models.CharField(max_length=2000, blank=True)
    raw = models.TextField()
    digest = models.CharField(max_length=64)
    position = models.PositiveIntegerField()
    """Its place in the delivery."""
    received_on = models.DateField()
    is_correction = models.BooleanField(default=False)
    """Made here, of a record of that source: what the source had said before does not undo it."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("delivery", "position"), name="one_resource_at_a_place"
            ),
        )
        indexes = (models.Index(fields=("patient", "id"), name="resource_of_patient"),)

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"
