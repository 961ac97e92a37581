"""The centres that screen patients."""

from __future__ import annotations

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q


def validate_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as fault:
        raise ValidationError(f"{name!r} is not a time zone") from fault


SANDBOX: Final = "sandbox"
"""The code of a site of invented patients, for trying programs against: it is in no count over all sites."""


class Site(models.Model):
    """One centre. Every clinical row belongs to exactly one, and never moves to another."""

    code = models.SlugField(max_length=40, unique=True)
    """In addresses and commands, ``edmonton``."""
    name = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    postal_code = models.CharField(max_length=20, blank=True)
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])
    """Where its midnight is, ``America/Edmonton``."""
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    """The first day on which it no longer screens."""

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
                name="site_closes_after_it_opens",
                violation_error_message="A site closes after it has opened.",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z0-9-]*$"),
                name="site_code_is_a_small_word",
                violation_error_message="The code is written in small letters, digits and hyphens.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def is_open(self, *, on: date) -> bool:
        return self.opened_on <= on and (self.closed_on is None or on < self.closed_on)
