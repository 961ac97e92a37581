"""Protocol versions, what a site sets of them, and assessments: added and never edited."""

from __future__ import annotations

from django.db import models


class Trial(models.Model):
    """A trial by its registry number."""

    number = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=400)

    def __str__(self) -> str:
        return self.number


class ProtocolVersion(models.Model):
    """One immutable version of a trial's eligibility: its canonical JSON, and the digest that names it."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=60)
    canonical = models.TextField()
    digest = models.CharField(max_length=80, unique=True)
    published_at = models.DateTimeField(auto_now_add=True)
    """When it came on record; since when it is in force is said by its events."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("trial", "version"), name="version_once_per_trial"),
        )

    def __str__(self) -> str:
        return f"{self.trial_id} {self.version}"


class SitePolicy(models.Model):
    """What a site sets of a trial's policy from a day on, in place of everything it had set before.

    Rows are added, never edited. In force on a day is the row with the latest `effective_from` up to it; of several
    from the same day the one recorded last. Without any, the protocol's own policy is.
    """

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="site_policies")
    effective_from = models.DateField()
    values = models.JSONField()
    """As in the dry run's ``policy``; empty: the protocol's own again."""
    by = models.ForeignKey(
        "institution.Account", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "site policies"
        indexes = (
            models.Index(
                fields=("site", "trial", "-effective_from", "-id"), name="site_policy_in_force"
            ),
        )

    def __str__(self) -> str:
        return f"policy {self.pk} from {self.effective_from:%Y-%m-%d}"


class Assessment(models.Model):
    """All findings of one record version against one protocol version, as of one day. One row, filed once.

    What it was made with is part of it: with another engine, another policy of the site or other reference ranges the
    same record is assessed again, as another row.
    """

    site = models.ForeignKey("institution.Site", on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="assessments"
    )
    protocol_version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT)
    record_version = models.PositiveBigIntegerField()
    on = models.DateField()
    engine = models.CharField(max_length=20)
    dictionary = models.CharField(max_length=40)
    made_with = models.CharField(max_length=80, default="")
    """The code that made it: `eligibility.running`."""
    ranges_version = models.PositiveBigIntegerField(default=0)
    """The last change of the site's reference ranges that it has seen; 0: none."""
    local_codes_version = models.PositiveIntegerField(default=0, db_default=0)
    """The version of the site's map of local codes that its record was read with; 0: none."""
    policy = models.ForeignKey(SitePolicy, on_delete=models.PROTECT, null=True, related_name="+")
    """The site's policy in force on the day it is of; none: the protocol's own."""
    status = models.CharField(max_length=20)
    verdicts = models.CharField(max_length=60)
    """One letter a criterion in the order of the protocol: m, n, u, a."""
    earliest = models.DateField(null=True)
    window_first = models.DateField(null=True)
    window_last = models.DateField(null=True)
    recheck_on = models.DateField(null=True)
    glance = models.JSONField(default=dict)
    """What lists show beside status and verdicts, so that they need not read the answer: `answers.glance`."""
    answer = models.JSONField()
    assessed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "patient",
                    "protocol_version",
                    "record_version",
                    "on",
                    "made_with",
                    "ranges_version",
                    "policy",
                ),
                nulls_distinct=False,
                name="assessed_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("patient", "protocol_version", "-record_version", "-on"),
                name="assessment_latest",
            ),
        )

    def __str__(self) -> str:
        return f"assessment {self.pk}"
