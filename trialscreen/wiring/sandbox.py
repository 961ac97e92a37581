"""The sandbox of a demonstration: a site for trying programs against, apart from the seven of the trial.

The trial is open nowhere in it, and it is in no count over all sites: what is sent to it changes nothing shown of them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application

from trialscreen.institution.models import SANDBOX, ApiClient, ApiGrant, Site
from trialscreen.institution.rights import May
from trialscreen.wiring import sandbox_systems

CLIENT: Final = "sandbox"
"""The id of its API client."""


def prepare(secret: str, jwks: str = "") -> None:
    """The site, and its client with this secret and, if given, these public keys.

    What is there already stays, with the secret that is given now.
    """
    with transaction.atomic():
        site, _ = Site.objects.get_or_create(
            code=SANDBOX,
            defaults={
                "name": "SANDBOX (no patients of any site)",
                "city": "Sandbox",
                "time_zone": "America/Toronto",
                "opened_on": timezone.localdate() - timedelta(days=365),
            },
        )
        held = Application.objects.filter(client_id=CLIENT).first()
        if held is None:
            held = Application.objects.create(
                client_id=CLIENT,
                name="Sandbox",
                client_secret=secret,
                client_type=Application.CLIENT_CONFIDENTIAL,
                authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
            )
            ApiClient.objects.create(
                application=held, contact="demonstration", secret_since=timezone.now()
            )
        elif not check_password(secret, held.client_secret):
            held.client_secret = secret
            held.save(update_fields=["client_secret", "updated"])
        scopes = " ".join(sorted(str(one) for one in May))
        ApiGrant.objects.update_or_create(application=held, site=site, defaults={"scopes": scopes})
        if jwks:
            sandbox_systems.prepare(held, site, jwks)


def withdraw() -> int:
    """Take every right from its client, whose secret and key lie in files; how many there were."""
    for site in Site.objects.filter(code=SANDBOX):
        sandbox_systems.withdraw(site)
    AccessToken.objects.filter(application__client_id=CLIENT).delete()
    gone, _ = ApiGrant.objects.filter(application__client_id=CLIENT, site__code=SANDBOX).delete()
    return gone
