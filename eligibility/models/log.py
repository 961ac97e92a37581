"""The screening log: one line an episode, without anything that leads to a person.

It is a view of the owner's, not a table: it holds no row of its own that could be forgotten or fall behind, and it has
no column for a name, an identifier, a birth date, a note or an internal key. What it shows is told apart from patients'
rows by a setting of its own (`trialscreen.institution.scope.use_logs`), so a monitor reads it for every site while
every table of patients stays closed.
"""

from __future__ import annotations

from typing import NoReturn

from django.db import models

from eligibility.models.screenings import OPEN, Screening


class LogLine(models.Model):
    """One episode as the sponsor may see it. Read only."""

    key = models.CharField(max_length=60, primary_key=True)
    """Trial, site and number: public names, nothing internal."""
    site = models.ForeignKey("institution.Site", on_delete=models.DO_NOTHING, related_name="+")
    trial = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    episode = models.PositiveSmallIntegerField()
    previous_number = models.PositiveIntegerField(null=True)
    """Screening number of the same patient's episode before."""
    followed = models.BooleanField()
    """A later episode has taken its place."""
    age_from = models.PositiveSmallIntegerField(null=True)
    """Begin of the age band at opening, in years: 0 (under 18), 18, 30, 40 ... 90 and over. Null: not known."""
    sex = models.CharField(max_length=10)
    opened_on = models.DateField()
    started_on = models.DateField(null=True)
    confirmed_on = models.DateField(null=True)
    """Of the determination that stands; null where none does."""
    signed_on = models.DateField(null=True)
    registered_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    voided = models.PositiveIntegerField()
    """How many determinations no longer held."""
    deviations = models.PositiveIntegerField()
    state = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    """Of the latest assessment; empty before the first."""
    repeatable = models.BooleanField()
    reason = models.CharField(max_length=60)
    """The code under which it was closed."""
    failed = models.JSONField(null=True)
    """Criteria that were not met when it was closed as ineligible."""
    verdicts = models.CharField(max_length=60)
    """Of the latest assessment: one letter a criterion in the order of the version."""
    digest = models.CharField(max_length=80)
    """The version of the criteria that the verdicts are of."""
    part = models.CharField(max_length=10)
    subject_number = models.PositiveIntegerField(null=True)
    retests = models.JSONField(default=list)
    """What was repeated after a failure: criterion and coded reason of each, the reason null while none is given."""

    class Meta:
        managed = False
        db_table = "eligibility_screening_log"
        ordering = ("site__code", "number")

    def __str__(self) -> str:
        return self.key

    def save(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError("the screening log is read, never written")

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def label(self) -> str:
        """The screening number as it is shown; needs the site."""
        return Screening(site=self.site, number=self.number).label
