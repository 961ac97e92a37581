"""Versions of a site's map of its own codes: proposed, reviewed by somebody else, in force; added and never edited.

A version is the whole map. Its number is given in the order in which versions are proposed at the site; only what was
proposed upon the version in force comes into force, so the numbers in force rise too.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MapState(models.TextChoices):
    """Where a version of a map stands: what its last event led to."""

    PROPOSED = "proposed", _("Draft")
    REVIEWED = "reviewed", _("Reviewed")
    IN_FORCE = "in-force", _("In force")
    RETIRED = "retired", _("Superseded")
    SET_ASIDE = "set-aside", _("Set aside")


class LocalCodesVersion(models.Model):
    """One version of a site's map, with who proposed it."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    based_on = models.PositiveIntegerField(default=0)
    """The number of the version that was in force; 0: none was."""
    onto = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    """The draft that it goes on from and takes the place of."""
    digest = models.CharField(max_length=64)
    """Of what the map says: `patients.codes.local.LocalCodes.digest`."""
    reason = models.CharField(max_length=500)
    by = models.ForeignKey("institution.Account", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "number"), name="map_numbered_once"),
            models.CheckConstraint(
                condition=Q(number__gt=models.F("based_on")) & ~Q(reason="") & ~Q(by_name=""),
                name="map_says_who_and_why",
            ),
        )

    def __str__(self) -> str:
        return f"local codes {self.number}"


class LocalCodesEntry(models.Model):
    """One line of one version: a code of the hospital and the code of the dictionary that it is read as."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(LocalCodesVersion, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=20)
    system = models.CharField(max_length=300, blank=True)
    code = models.CharField(max_length=100)
    display = models.CharField(max_length=300, blank=True)
    target_system = models.CharField(max_length=300)
    target_code = models.CharField(max_length=100)
    comment = models.CharField(max_length=500, blank=True)
    since = models.PositiveIntegerField()
    """The number of the version since which the code is read so."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "version", "system", "code", "target_system", "target_code"),
                name="map_line_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("observation", "condition", "drug", "procedure"))
                & ~Q(code="")
                & ~Q(target_code="")
                & Q(since__gt=0),
                name="map_line_says_something",
            ),
        )

    def __str__(self) -> str:
        return f"line {self.pk}"


class LocalCodesEvent(models.Model):
    """One step of one version: who, when, why, and where it led to."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(LocalCodesVersion, on_delete=models.PROTECT, related_name="events")
    after = models.CharField(max_length=10, choices=MapState.choices)
    by = models.ForeignKey("institution.Account", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("site", "version", "after"), name="map_step_once"),
            models.CheckConstraint(
                condition=Q(after__in=MapState.values) & ~Q(reason="") & ~Q(by_name=""),
                name="map_step_says_who_and_why",
            ),
        )

    def __str__(self) -> str:
        return f"step {self.pk}"


class LocalCodesChange(models.Model):
    """A code that is read otherwise since a version came into force: by it the records are found to be read anew."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    """The number of the version that came into force."""
    system = models.CharField(max_length=300, blank=True)
    code = models.CharField(max_length=100)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "version", "system", "code"), name="map_change_once"
            ),
        )

    def __str__(self) -> str:
        return f"change {self.pk}"
