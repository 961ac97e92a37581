"""API clients: registered, granted rights site by site, given another secret, deactivated."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from oauth2_provider.models import AccessToken, Application

from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration.rights import demand_administrator, demand_reason
from trialscreen.institution.models import Account, ApiClient, ApiGrant, Site
from trialscreen.institution.rights import May
from trialscreen.institution.smart_scopes import SystemScope
from trialscreen.institution.trail.acting import because

LONGEST_OVERLAP: Final = 168
"""Hours for which an old secret may still be taken beside the new one: a week."""


class Registered(NamedTuple):
    application: Application
    secret: str
    """Told once: only its hash is kept."""


def add_client(
    *, name: str, contact: str, by: Account, at: datetime, proof: str = ApiClient.SECRET
) -> Registered:
    """A client of the interface. It may do nothing until it is granted something at a site.

    One that shows who it is by its keys is told no secret.

    Raises:
        NotDone: with the reason.
    """
    with transaction.atomic():
        demand_administrator(by)
        if Application.objects.filter(name__iexact=name.strip()).exists():
            raise NotDone("name", _("Another client has this name, or had it."))
        secret = secrets.token_urlsafe(40)
        application = Application.objects.create(
            name=name.strip(),
            client_secret=secret,
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        )
        ApiClient.objects.create(
            application=application, contact=contact.strip(), secret_since=at, proof=proof
        )
    return Registered(application, secret if proof != ApiClient.KEYS else "")


def set_grant(
    application: Application,
    *,
    site: Site,
    rights: Collection[May],
    by: Account,
    smart: Collection[SystemScope] = (),
) -> None:
    """What a client may do at a site, in place of what it might before; nothing takes its grant away.

    `smart` are SMART scopes, for ``/fhir`` alone. It holds from the next request on, also for tokens that were given
    before.

    Raises:
        NotDone: with the reason.
    """
    scopes = " ".join(sorted({str(one) for one in (*rights, *smart)}))
    with transaction.atomic():
        demand_administrator(by)
        held_client(application)
        mine = ApiGrant.objects.filter(application=application, site=site)
        before = mine.values_list("scopes", flat=True).first() or ""
        if set(before.split()) == set(scopes.split()):
            raise NotDone("nothing", _("Nothing would change."))
        if scopes:
            ApiGrant.objects.update_or_create(
                application=application, site=site, defaults={"scopes": scopes}
            )
        else:
            mine.delete()


def new_secret(
    application: Application, *, overlap_hours: int, reason: str, by: Account, at: datetime
) -> Registered:
    """Another secret. The one before is taken for so many hours yet; with none, its tokens end now as well.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    if not 0 <= overlap_hours <= LONGEST_OVERLAP:
        raise NotDone(
            "hours", _("The old secret is taken for %(n)d hours at most.") % {"n": LONGEST_OVERLAP}
        )
    with transaction.atomic(), because(why):
        demand_administrator(by)
        kept = held_client(application)
        if kept.proof == ApiClient.KEYS:
            raise NotDone("keys", _("The client shows who it is by its keys and has no secret."))
        held = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
        secret = secrets.token_urlsafe(40)
        kept.old_secret = held.client_secret if overlap_hours else ""
        kept.old_until = at + timedelta(hours=overlap_hours) if overlap_hours else None
        kept.secret_since = at
        kept.save()
        held.client_secret = secret
        held.save(update_fields=["client_secret", "updated"])
        if not overlap_hours:
            AccessToken.objects.filter(application=held).delete()
    return Registered(held, secret)


def deactivate_client(application: Application, *, reason: str, by: Account, at: datetime) -> None:
    """Close a client for good: its tokens end now, it gets no other, and its grants are gone.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        kept = held_client(application)
        kept.ended_at, kept.old_secret, kept.old_until = at, "", None
        kept.save()
        # A token that is given at this very moment has no right any more.
        ApiGrant.objects.filter(application=application).delete()
        AccessToken.objects.filter(application=application).delete()


def clients() -> list[Any]:
    """Every client by name."""
    return list(registered().order_by("name", "pk"))


def registered() -> Any:
    """Every client with its grants, its kept facts and when it last asked for a token (`last_token`), in no order."""
    asked = Application.objects.select_related("kept").prefetch_related("grants__site", "keys")
    return asked.annotate(last_token=Max("accesstoken__created"))


def client(key: int) -> Any:
    """One of them; None for none."""
    return next((one for one in clients() if one.pk == key), None)


def held_client(application: Application) -> ApiClient:
    """What is kept of a client that is active; made where it was registered by other means.

    Raises:
        NotDone: it is deactivated.
    """
    kept, _made = ApiClient.objects.get_or_create(
        application=application, defaults={"secret_since": application.created}
    )
    kept = ApiClient.objects.select_for_update(no_key=True, of=("self",)).get(pk=kept.pk)
    if kept.ended_at is not None:
        raise NotDone("ended", _("The client is deactivated: register another."))
    return kept
