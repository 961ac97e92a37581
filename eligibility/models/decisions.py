"""What people decided on an assessment: the coordinator's determination, the investigator's sign-off, registration."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Determination(models.Model):
    """A coordinator's confirmation of one assessment. A later one of the same episode takes its place."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    screening = models.ForeignKey(
        "Screening", on_delete=models.PROTECT, related_name="determinations"
    )
    event = models.OneToOneField("Event", on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey("Assessment", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("institution.Account", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)
    covers = models.JSONField()
    """Criteria version, engine, dictionary, verdicts and the facts used, each with its digest."""
    digest = models.CharField(max_length=80)
    """SHA-256 over the canonical JSON of `covers`."""

    def __str__(self) -> str:
        return f"determination {self.pk}"


class SignOff(models.Model):
    """An investigator's signature over one determination, never over one's own."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    determination = models.OneToOneField(
        Determination, on_delete=models.PROTECT, related_name="sign_off"
    )
    event = models.OneToOneField("Event", on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey("institution.Account", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)
    """The printed name."""
    at = models.DateTimeField()
    meaning = models.TextField()
    """What the signature means, as the signer read it."""
    digest = models.CharField(max_length=80)
    """SHA-256 over the determination's digest, signer, moment and meaning."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(by=F("confirmed_by")), name="signer_is_not_who_confirmed"
            ),
            models.CheckConstraint(
                condition=~Q(by_name="") & ~Q(meaning=""), name="signature_says_who_and_what"
            ),
        )

    def __str__(self) -> str:
        return f"sign-off {self.pk}"


class Voiding(models.Model):
    """That a determination, and the signature over it, no longer holds, and what changed."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    determination = models.OneToOneField(
        Determination, on_delete=models.PROTECT, related_name="voiding"
    )
    event = models.OneToOneField("Event", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    changes = models.JSONField()
    """Sentences, each with the criterion it concerns."""

    def __str__(self) -> str:
        return f"voiding {self.pk}"


class Registration(models.Model):
    """A patient's place in the trial: one for an episode, a number of its own at the site."""

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    screening = models.OneToOneField(
        "Screening", on_delete=models.PROTECT, related_name="registration"
    )
    event = models.OneToOneField("Event", on_delete=models.PROTECT, related_name="+")
    sign_off = models.OneToOneField(SignOff, on_delete=models.PROTECT, related_name="+")
    trial = models.ForeignKey("Trial", on_delete=models.PROTECT, related_name="+")
    part = models.ForeignKey("TrialPart", on_delete=models.PROTECT, related_name="+")
    subject_number = models.PositiveIntegerField()
    """Of the site and trial, from 1."""
    registered_on = models.DateField()
    """The day it was at the site: later facts are assessed as of it."""
    consent_version = models.CharField(max_length=60)
    consent_on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "trial", "subject_number"), name="subject_number_once"
            ),
            models.CheckConstraint(
                condition=~Q(consent_version=""), name="registered_with_consent"
            ),
            models.CheckConstraint(
                condition=Q(consent_on__lte=F("registered_on")), name="consent_before_registration"
            ),
        )

    def __str__(self) -> str:
        return f"registration {self.pk}"
