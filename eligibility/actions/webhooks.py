"""What administrators do with webhook endpoints: register, change, pause, give another secret, end."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from eligibility.actions.dispatching import PURPOSE
from eligibility.actions.telling import announce
from eligibility.models import Dispatch, Endpoint, EndpointHealth
from eligibility.telling.addresses import NotAnAddress, Rules, checked_addresses, target_of
from eligibility.telling.kinds import Kind
from eligibility.telling.signing import new_secret
from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration.rights import demand_administrator, demand_reason
from trialscreen.institution.kept_secrets import encrypted
from trialscreen.institution.models import Account, Site
from trialscreen.institution.trail.acting import because

LONGEST_OVERLAP: Final = 168
"""Hours for which an old secret may still sign beside the new one: a week."""
MOST: Final = 20
"""Endpoints of a site that are not ended."""


class Registered(NamedTuple):
    endpoint: Endpoint
    secret: str
    """Told once: it is kept encrypted, and never shown again."""


def register_endpoint(
    *,
    site: Site,
    name: str,
    url: str,
    events: Collection[Kind],
    format: str,  # noqa: A002 - as it is called everywhere
    origin: str,
    rules: Rules,
    by: Account,
    at: datetime,
) -> Registered:
    """An endpoint of a site, told of what happens from now on.

    Raises:
        NotDone: with the reason.
    """
    _must_be_reachable(url, rules)
    with transaction.atomic():
        demand_administrator(by)
        held = Endpoint.objects.filter(site=site, ended_at=None)
        if held.count() >= MOST:
            raise NotDone("twice", _("A site has %(n)d webhooks at most.") % {"n": MOST})
        if held.filter(url=url).exists():
            raise NotDone("twice", _("Another webhook of the site has this URL."))
        secret = new_secret()
        made = Endpoint.objects.create(
            site=site,
            name=name.strip(),
            url=url,
            events=_sorted(events),
            format=format,
            origin=origin,
            secret=encrypted(secret, purpose=PURPOSE),
            secret_since=at,
            registered_by=by,
            registered_at=at,
        )
        EndpointHealth.objects.create(site=site, endpoint=made)
    return Registered(made, secret)


def change_endpoint(
    endpoint: int,
    *,
    name: str,
    url: str,
    events: Collection[Kind],
    format: str,  # noqa: A002
    rules: Rules,
    by: Account,
) -> Endpoint:
    """Another name, address, choice or format. What waits is sent as it is then.

    Raises:
        NotDone: with the reason.
    """
    with transaction.atomic():
        demand_administrator(by)
        held = held_endpoint(endpoint)
        if url != held.url:
            _must_be_reachable(url, rules)
            others = Endpoint.objects.filter(site=held.site_id, ended_at=None, url=url)
            if others.exclude(pk=held.pk).exists():
                raise NotDone("twice", _("Another webhook of the site has this URL."))
        wanted = (name.strip(), url, _sorted(events), format)
        if wanted == (held.name, held.url, held.events, held.format):
            raise NotDone("nothing", _("Nothing would change."))
        held.name, held.url, held.events, held.format = wanted
        held.save(update_fields=["name", "url", "events", "format"])
    return held


def rotate_secret(
    endpoint: int, *, overlap_hours: int, reason: str, by: Account, at: datetime
) -> Registered:
    """Another secret. For so many hours the one before signs beside it.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    if not 0 <= overlap_hours <= LONGEST_OVERLAP:
        raise NotDone(
            "hours",
            _("The old secret signs for %(n)d hours at most.") % {"n": LONGEST_OVERLAP},
        )
    with transaction.atomic(), because(why):
        demand_administrator(by)
        held = held_endpoint(endpoint)
        secret = new_secret()
        held.old_secret = held.secret if overlap_hours else ""
        held.old_until = at + timedelta(hours=overlap_hours) if overlap_hours else None
        held.secret, held.secret_since = encrypted(secret, purpose=PURPOSE), at
        held.save(update_fields=["secret", "secret_since", "old_secret", "old_until"])
    return Registered(held, secret)


def pause_endpoint(endpoint: int, *, reason: str, by: Account, at: datetime) -> Endpoint:
    """Send nothing until it is resumed; what happens is kept for it.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        held = held_endpoint(endpoint)
        if held.paused_at is not None:
            raise NotDone("ended", _("It is paused already."))
        held.paused_at, held.paused_why, held.paused_by = at, why, by
        held.save(update_fields=["paused_at", "paused_why", "paused_by"])
    return held


def resume_endpoint(endpoint: int, *, by: Account, at: datetime) -> Endpoint:
    """Send again, at once, whatever waits.

    Raises:
        NotDone: with the reason.
    """
    with transaction.atomic():
        demand_administrator(by)
        held = held_endpoint(endpoint)
        if held.paused_at is None:
            raise NotDone("active", _("It is not paused."))
        held.paused_at, held.paused_why, held.paused_by = None, "", None
        held.save(update_fields=["paused_at", "paused_why", "paused_by"])
        rested(held)
        Dispatch.objects.filter(endpoint=held, state=Dispatch.WAITING).update(due_at=at)
        announce([held.pk], held.site_id)
    return held


def end_endpoint(endpoint: int, *, reason: str, by: Account, at: datetime) -> Endpoint:
    """Tell it nothing any more. What waits is not sent; its secrets are forgotten; it is not opened again.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        held = held_endpoint(endpoint)
        held.ended_at, held.secret, held.old_secret, held.old_until = at, "", "", None
        held.save(update_fields=["ended_at", "secret", "old_secret", "old_until"])
        waiting = Dispatch.objects.filter(endpoint=held, state=Dispatch.WAITING)
        waiting.update(state=Dispatch.DROPPED, done_at=at)
    return held


def rested(held: Endpoint) -> None:
    """Forget how it failed: the next message is sent at once."""
    fresh = {"away": 0, "failing_since": None, "rests_until": None}
    EndpointHealth.objects.filter(endpoint=held).update(**fresh)


def held_endpoint(endpoint: int) -> Endpoint:
    """An endpoint that is not ended, held until the transaction ends.

    Raises:
        NotDone: it is ended, or there is none.
    """
    rows = Endpoint.objects.select_for_update(of=("self",), no_key=True)
    held = rows.filter(pk=endpoint).first()
    if held is None or held.ended_at is not None:
        raise NotDone("ended", _("The webhook is ended: register another."))
    return held


def _must_be_reachable(url: str, rules: Rules) -> None:
    """Judged once more at each connection; here so that who registers it is told."""
    try:
        checked_addresses(target_of(url, rules), rules)
    except NotAnAddress as fault:
        raise NotDone("url", _(fault.sentence)) from None
    except (OSError, UnicodeError):
        raise NotDone("url", _("No host of this name is known here.")) from None


def _sorted(events: Collection[Kind]) -> list[str]:
    return [one.value for one in Kind if one in set(events)]
