"""The trail: what was changed and done, by whom, when and why. Written by PostgreSQL itself, read here.

The application's role may read these tables and nothing else: rows come from triggers and from one function, both of
the owner's (:mod:`trialscreen.institution.trail`). How it is sealed: ``docs/decisions/trail.md``.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

INSTITUTION = 0
"""The chain of what belongs to no site: accounts, roles, sign-ins, refusals."""


class TrailEntry(models.Model):
    """One change of one row, or one act of a person. In the order of its number, never of a clock."""

    site_id = models.BigIntegerField(null=True)
    """Whose chain it is in; null: the institution's. No foreign key, so that writing it locks nothing."""
    transaction = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    """``insert``, ``update``, ``delete``, ``truncate``, or the word of an act: ``viewed``, ``signed`` …"""
    subject = models.CharField(max_length=100)
    """The table, or what the act was about."""
    key = models.CharField(max_length=200)
    patient_id = models.UUIDField(null=True)
    old = models.JSONField(null=True)
    """Of an update the changed columns, of a deletion the row."""
    new = models.JSONField(null=True)
    """Of an addition the row, of an update the changed columns, of an act its circumstances."""
    account_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=200)
    """As printed; empty where nobody said, and then `database_user` is all that is known."""
    client = models.CharField(max_length=200)
    why = models.TextField()
    origin = models.CharField(max_length=200)
    """Address of the request, name of the task or of the command."""
    address = models.CharField(max_length=60)
    """Of the machine that asked."""
    request = models.CharField(max_length=60)
    database_user = models.CharField(max_length=100)

    class Meta:
        indexes = (
            models.Index(fields=("transaction",), name="trail_transaction"),
            models.Index(
                fields=("patient_id", "id"),
                name="trail_patient",
                condition=Q(patient_id__isnull=False),
            ),
            models.Index(fields=("site_id", "id"), name="trail_site"),
            models.Index(fields=("subject", "key", "id"), name="trail_subject"),
            models.Index(fields=("account_id", "id"), name="trail_account"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.key}"


class TrailLink(models.Model):
    """The seal over everything that one transaction wrote to one chain: it covers the seal before it."""

    chain = models.BigIntegerField()
    """The site's number, or `INSTITUTION`."""
    transaction = models.BigIntegerField()
    sequence = models.BigIntegerField(null=True)
    """From 1, without gaps. Null only inside the transaction that writes it."""
    first_entry = models.BigIntegerField(null=True)
    last_entry = models.BigIntegerField(null=True)
    entries = models.IntegerField(null=True)
    sealed_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 over the entries."""
    hash = models.CharField(max_length=64, blank=True)
    """SHA-256 over this link and the hash of the one before."""

    class Meta:
        indexes = (models.Index(fields=("transaction", "chain"), name="trail_link_transaction"),)
        constraints = (
            models.UniqueConstraint(fields=("chain", "sequence"), name="trail_link_sequence"),
            models.UniqueConstraint(
                fields=("transaction", "chain"),
                condition=Q(sequence=None),
                name="trail_link_is_open_once",
            ),
        )

    def __str__(self) -> str:
        return f"link {self.sequence} of chain {self.chain}"


class TrailHead(models.Model):
    """Where a chain ends. Copies of it are kept outside of the database, or its end could be cut off unseen."""

    chain = models.BigIntegerField(primary_key=True)
    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"head {self.sequence} of chain {self.chain}"


class TrailForwarded(models.Model):
    """How far a chain has been told to the security office's log, if there is one."""

    chain = models.BigIntegerField(primary_key=True)
    sequence = models.BigIntegerField()
    """Of the last link that was told whole."""
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"chain {self.chain} told up to link {self.sequence}"
