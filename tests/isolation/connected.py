"""What a site is connected with: a receiver of webhooks, a record system with its key, a client's key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from eligibility.actions.dispatching import PURPOSE
from eligibility.models import (
    Attempt,
    Dispatch,
    Endpoint,
    EndpointHealth,
    RecordSystem,
    RecordSystemKey,
    Resending,
)
from eligibility.telling.kinds import Kind
from eligibility.telling.signing import new_secret
from tests.workflow.staffed import Staffed
from trialscreen.institution.kept_secrets import encrypted
from trialscreen.institution.models import Account, Site


def tells(team: Staffed, word: str) -> None:
    """A receiver of the site, told of whatever happens there; nobody sends it anything here."""
    now = timezone.now()
    held = Endpoint.objects.create(
        site=team.site, name=f"{word} office", url=f"https://{word}.example/hooks", format="event",
        events=[one.value for one in Kind], secret=encrypted(new_secret(), purpose=PURPOSE),
        secret_since=now, registered_by=team.investigator, registered_at=now,
        paused_at=now, paused_why=f"{word} pause",
    )  # fmt: skip
    EndpointHealth.objects.create(site=team.site, endpoint=held)


def asks(site: Site, by: Account, word: str) -> tuple[int, int]:
    """A record system that asks by CDS Hooks, and its key: their numbers."""
    now = timezone.now()
    held = RecordSystem.objects.create(
        site=site, issuer=f"https://{word}.example/ehr", name=f"{word} ehr",
        contact=f"{word} office", added_by=by, added_at=now,
    )  # fmt: skip
    key = RecordSystemKey.objects.create(site=site, system=held, added_by=by, **key_of(word, now))
    return held.pk, key.pk


def key_of(word: str, now: datetime) -> dict[str, Any]:
    return {
        "kid": f"{word}-key",
        "algorithm": "ES384",
        "members": {"kty": "EC"},
        "thumbprint": f"{word} thumb",
        "since": now,
    }


def tried(site: Site, by: Account) -> None:
    """An attempt of one of its messages, and that somebody had it sent again."""
    sent = Dispatch.objects.order_by("pk")[0]
    now = timezone.now()
    Attempt.objects.create(
        site=site, delivery=sent, at=now, outcome="refused", status=500, milliseconds=1
    )
    Resending.objects.create(
        site=site, endpoint_id=sent.endpoint_id, delivery=sent, count=1, by=by, at=now
    )
