"""Receivers of webhooks in every state, with what was sent to them; the rows as sending would have left them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from eligibility.actions.dispatching import PURPOSE
from eligibility.models import Attempt, Dispatch, Endpoint, EndpointHealth
from eligibility.telling.kinds import TEST, Kind
from eligibility.telling.retrying import WAITS
from eligibility.telling.signing import new_secret
from tests.screenshots.scene import NOBODY, Scene
from trialscreen.institution.kept_secrets import encrypted
from trialscreen.institution.models import Account, Site

_SENT: Final = (
    (TEST, "delivered", ("taken 204",)),
    (Kind.SCREENING_STARTED, "delivered", ("taken 200",)),
    (Kind.VERDICT_CHANGED, "delivered", ("away 503", "taken 200")),
    (Kind.DETERMINATION_MADE, "parked", ("refused 422",) * 5),
    (Kind.SIGNATURE_MADE, "waiting", ("timed-out", "no-answer")),
    (Kind.REGISTRATION_MADE, "waiting", ()),
)


def told(site: Site, by: Account, now: datetime) -> tuple[Scene, Scene]:
    running = _endpoint(site, by, now, "Trial office", "integration.hospital.example/trialscreen")
    parked = [_sent(running, now, *one) for one in _SENT][3]
    EndpointHealth.objects.create(site=site, endpoint=running, last_success_at=now)
    paused = _endpoint(
        site,
        by,
        now,
        "Registry of the province",
        "registry.example/hooks",
        format=Endpoint.FHIR,
        paused_at=now,
        paused_why="Nothing was taken for a day.",
    )
    since = now - timedelta(days=1)
    EndpointHealth.objects.create(site=site, endpoint=paused, failing_since=since)
    _sent(paused, now, Kind.SIGNATURE_MADE, "waiting", ("no-tls",))
    return (
        Scene("webhook", NOBODY, NOBODY, running.pk, parked.pk, ""),
        Scene("webhook-paused", NOBODY, NOBODY, paused.pk, 0, ""),
    )


def _endpoint(site: Site, by: Account, now: datetime, name: str, at: str, **more: Any) -> Endpoint:
    kinds = [
        Kind.VERDICT_CHANGED,
        Kind.SIGNATURE_MADE,
        Kind.SIGNATURE_VOIDED,
        Kind.REGISTRATION_MADE,
    ]
    return Endpoint.objects.create(
        site=site,
        name=name,
        url=f"https://{at}",
        events=[one.value for one in kinds],
        secret=encrypted(new_secret(), purpose=PURPOSE),
        secret_since=now - timedelta(days=40),
        registered_by=by,
        registered_at=now - timedelta(days=40),
        **{"format": Endpoint.EVENT} | more,
    )


def _sent(
    endpoint: Endpoint, now: datetime, kind: str, state: str, outcomes: tuple[str, ...]
) -> Dispatch:
    at = now - timedelta(hours=1)
    held = Dispatch.objects.create(
        site_id=endpoint.site_id,
        endpoint=endpoint,
        message=uuid.uuid4(),
        lane=uuid.uuid4(),
        sequence=1,
        kind=str(kind),
        made_at=at,
        due_at=now + timedelta(minutes=2),
        state=state,
        tries=len(outcomes),
    )
    for place, told_as in enumerate(outcomes):
        outcome, _, status = told_as.partition(" ")
        at += WAITS[min(place, 3)]
        Attempt.objects.create(
            site_id=endpoint.site_id,
            delivery=held,
            at=at,
            outcome=outcome,
            status=int(status) if status else None,
            milliseconds=10_004 if outcome == "timed-out" else 43,
        )
    return held
