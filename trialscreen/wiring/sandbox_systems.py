"""What a hospital's systems need to try the sandbox by copy and paste: keys of its client, a sender, a record system.

The key pair is made anew by each `make run`; what an earlier one registered is ended, since neither a key nor a record
system that has ended comes again.
"""

from __future__ import annotations

from typing import Final

from django.utils import timezone
from oauth2_provider.models import Application

from eligibility.actions import record_systems
from eligibility.models import RecordSystem, RecordSystemKey
from patients.models import MessageSender
from trialscreen.institution.administration import client_keys
from trialscreen.institution.conduct import use_conduct
from trialscreen.institution.models import Account, ApiClient, ClientKey, Site
from trialscreen.institution.scope import use_sites
from trialscreen.institution.signed_tokens.jwks import read_jwks

ISSUER: Final = "https://ehr.sandbox.invalid"
"""Of the tokens that its record system shows."""
_WHY: Final = "Demonstration"
_SENDER: Final = "Sandbox laboratory"


def prepare(application: Application, site: Site, jwks: str) -> None:
    """With these public keys; what an earlier run had is ended."""
    by, at = Account.objects.get(username="administrator"), timezone.now()
    given = {one.thumbprint for one in read_jwks(jwks)}
    if ClientKey.objects.filter(thumbprint__in=given, until=None).exists():
        return
    withdraw(site)
    ApiClient.objects.filter(application=application).update(proof=ApiClient.EITHER)
    client_keys.add_keys(application, jwks=jwks, reason=_WHY, by=by, at=at)
    with use_conduct([site.pk], [site.pk, 0]):
        told = {"name": "Sandbox records", "contact": "demonstration"}
        system = record_systems.add_system(site=site, issuer=ISSUER, by=by, at=at, **told)
        record_systems.add_keys(system, jwks=jwks, reason=_WHY, by=by, at=at)
    with use_sites([site.pk]):
        MessageSender.objects.create(
            site=site,
            name=_SENDER,
            application="SANDBOX",
            facility="DEMO",
            laboratory="Sandbox laboratory",
            source="hl7v2",
            client=application.client_id,
            networks=["127.0.0.0/8"],
        )


def withdraw(site: Site) -> None:
    """End them all: from here on what the key in the file signs, and what that sender sends, is nobody's."""
    at = timezone.now()
    ClientKey.objects.filter(kid__startswith="sandbox-", until=None).update(until=at)
    with use_conduct([site.pk], [site.pk, 0]):
        system = {"system__issuer": ISSUER, "until": None}
        RecordSystemKey.objects.filter(**system).update(until=at)
        RecordSystem.objects.filter(issuer=ISSUER, ended_at=None).update(ended_at=at)
    with use_sites([site.pk]):
        MessageSender.objects.filter(name=_SENDER, ended_at=None).update(ended_at=at)
