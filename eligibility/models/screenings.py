"""Screening episodes: one patient, one trial, from candidate to registered or closed."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Coalesce


class State(models.TextChoices):
    """Where an episode stands. What may follow what is one table: `eligibility.workflow`."""

    CANDIDATE = "candidate", "Candidate"
    IN_SCREENING = "in_screening", "In screening"
    CONFIRMED = "confirmed", "Confirmed"
    SIGNED = "signed", "Signed"
    REGISTERED = "registered", "Registered"
    INELIGIBLE = "ineligible", "Ineligible"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    LOST = "lost", "Lost to follow-up"
    DECEASED = "deceased", "Deceased"


OPEN = (State.CANDIDATE, State.IN_SCREENING, State.CONFIRMED, State.SIGNED)
CLOSED = (State.INELIGIBLE, State.DECLINED, State.WITHDRAWN, State.LOST, State.DECEASED)
_OPEN = Q(state__in=[state.value for state in OPEN])
NEVER_DUE = date.max


class Screening(models.Model):
    """One episode. Its state is changed by events alone, each counted in `version`.

    What lists sort and filter by is repeated from the latest assessment, in the transaction that files it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="screenings"
    )
    trial = models.ForeignKey("Trial", on_delete=models.PROTECT, related_name="screenings")
    number = models.PositiveIntegerField()
    """Of the site and trial, from 1, in the order of opening."""
    episode = models.PositiveSmallIntegerField()
    """Of the patient and trial, from 1: a re-screening is the next."""
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="following"
    )
    state = models.CharField(max_length=20, choices=State.choices, default=State.CANDIDATE)
    version = models.PositiveIntegerField(default=0)
    """How many events there have been; who acts says which one was seen last."""
    assignee = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    opened_on = models.DateField()
    """The day it was at the site."""
    opened_at = models.DateTimeField(auto_now_add=True)
    assessment = models.ForeignKey(
        "Assessment", on_delete=models.PROTECT, null=True, related_name="+"
    )
    """The latest of the patient; null until there is one."""
    status = models.CharField(max_length=20, blank=True)
    repeatable = models.BooleanField(default=False)
    """It fails, and nothing that fails is for ever."""
    earliest = models.DateField(null=True)
    window_last = models.DateField(null=True)
    due = models.GeneratedField(
        expression=Coalesce(
            Case(When(status="not_yet", then="earliest"), default="window_last"), Value(NEVER_DUE)
        ),
        output_field=models.DateField(),
        db_persist=True,
    )
    """The day by which lists are in order: the window ends, or what is not yet begins; `NEVER_DUE` if neither."""
    sought_by = models.TextField(blank=True)
    """What it is found by: `eligibility.sought`. Never shown, and not in any report."""
    born = models.DateField(default=NEVER_DUE)
    """The first day on which the patient may have been born, for the order of age; `NEVER_DUE`: not known."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "trial", "number"), name="screening_number"),
            models.UniqueConstraint(
                fields=("patient", "trial", "episode"), name="screening_episode"
            ),
            models.UniqueConstraint(
                fields=("patient", "trial"), condition=_OPEN, name="one_open_screening"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]),
                name="screening_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(episode=1, previous=None) | Q(episode__gt=1, previous__isnull=False),
                name="later_episode_follows_one",
            ),
        )
        indexes = (
            models.Index(
                fields=("site", "trial", "state", "status", "repeatable", "window_last"),
                name="screening_tallied",
            ),
            models.Index(
                fields=("site", "trial", "due", "number", "id"),
                name="screening_due",
                condition=_OPEN,
            ),
            models.Index(
                fields=("site", "trial", "born", "number", "id"),
                name="screening_born",
                condition=_OPEN,
            ),
        )

    def __str__(self) -> str:
        return f"screening {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def label(self) -> str:
        """The screening number as it is shown and spoken, ``EDM-0012``; needs the site."""
        return f"{self.site.code[:3].upper()}-{self.number:04d}"


class Event(models.Model):
    """One transition of an episode: who, when, why, from, to. Added, never edited, never without an actor."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    transition = models.CharField(max_length=20)
    from_state = models.CharField(max_length=20, blank=True)
    """Empty for the first."""
    to_state = models.CharField(max_length=20)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_name = models.CharField(max_length=200)
    """As printed; ``trialscreen`` where the product acted by itself."""
    client = models.CharField(max_length=200, blank=True)
    """The API client by which it was asked for."""
    reason = models.CharField(max_length=60, blank=True)
    """A code of the closed list of the transition."""
    note = models.TextField(blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("screening", "sequence"), name="event_sequence"),
            models.CheckConstraint(condition=~Q(by_name=""), name="event_has_an_actor"),
        )

    def __str__(self) -> str:
        return f"{self.transition} {self.sequence}"


class Deviation(models.Model):
    """What was not as the protocol asks: recorded, never a waiver. The verdict stays."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="deviations")
    criterion = models.CharField(max_length=60, blank=True)
    text = models.TextField()
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_name = models.CharField(max_length=200)
    found = models.JSONField(default=dict)
    """Where the product found it by itself: verdict at registration, verdict now, and the assessment."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(by_name=""), name="deviation_has_an_actor"),
            models.CheckConstraint(condition=~Q(text=""), name="deviation_has_a_text"),
            models.UniqueConstraint(
                fields=("screening", "criterion"),
                condition=Q(by=None),
                name="deviation_found_once",
            ),
        )

    def __str__(self) -> str:
        return f"deviation {self.pk}"
