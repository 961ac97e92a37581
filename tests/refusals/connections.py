"""The forms by which hospital systems are connected: senders of messages, webhooks, record systems, keys of clients."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from oauth2_provider.models import Application

from eligibility.actions import record_systems, webhooks
from eligibility.models import Endpoint, RecordSystem
from eligibility.sending import rules
from eligibility.telling.kinds import Kind as Event
from patients.actions.registering_senders import NewSender, register_sender
from patients.models import MessageSender
from tests.refusals.administration import (
    CHOSEN,
    CLIENTS,
    HERE,
    REASON,
    administration_form,
    at_address,
)
from tests.refusals.clinic import Clinic
from tests.refusals.kinds import CHOICE, CHOICE_FIELD, TAKEN, WHOLE_FIELD, Field, Kind, text, worded
from tests.smart.keys import jwk, jwks, rsa_pair
from trialscreen.institution.administration import client_keys, clients
from trialscreen.institution.models import Account, ApiClient, ClientKey
from trialscreen.institution.scope import use_sites

WEBHOOKS, SYSTEMS = "/administration/webhooks/", "/administration/record-systems/"
WITHIN = ("10.9.0.0/24",)
"""Where webhooks of the tries may go."""
WEEK = "Ensure this value is less than or equal to 168."
NEEDS_CONNECTION = "Say which API client hands its messages over, or from where it connects."
NO_URL = "The URL begins with https://."
NO_ASCII = "A URL has printable ASCII characters alone"
NO_HOST = "The URL names a host"
NO_SCOPE = "A SMART scope is written like system/Observation.rs"
NO_KEYS = "This is not a JSON Web Key Set"


HOURS = Field(
    Kind(
        "hours",
        {
            **WHOLE_FIELD.tries,
            "more than there can be": ("169", WEEK),
        },
    )
)


NO_CHOICE = {"empty": ("", CHOICE), "blanks only": ("  ", CHOICE)}
"""Boxes to tick: one that is ticked has a value."""


def _by(clinic: Clinic) -> Account:
    return clinic.people["administrator"]


def _sender(clinic: Clinic) -> str:
    with use_sites([clinic.site.pk]):
        held = MessageSender.objects.filter(site=clinic.site).first()
        if held is None:
            said = NewSender("Second laboratory", "LAB2", networks=("10.9.0.0/16",))
            held = register_sender(said, site=clinic.site, reason="New", by=_by(clinic))
    return f"{HERE}senders/{held.pk}/end/"


def _webhook(what: str) -> Callable[[Clinic], str]:
    def at(clinic: Clinic) -> str:
        with use_sites([clinic.site.pk]):
            held = Endpoint.objects.filter(site=clinic.site).first()
            if held is None:
                held = webhooks.register_endpoint(
                    site=clinic.site,
                    name="Trial office",
                    url="https://10.9.0.7/told",
                    events=[Event.VERDICT_CHANGED],
                    format="event",
                    origin="https://trialscreen.invalid",
                    rules=rules(),
                    by=_by(clinic),
                    at=timezone.now(),
                ).endpoint
        return f"{WEBHOOKS}{held.pk}/{what}/"

    return at


def _system(clinic: Clinic) -> RecordSystem:
    with use_sites([clinic.site.pk]):
        held = RecordSystem.objects.filter(site=clinic.site).first()
        if held is None:
            held = record_systems.add_system(
                name="Records",
                site=clinic.site,
                issuer="https://records.invalid",
                contact="Extension 1",
                by=_by(clinic),
                at=timezone.now(),
            )
    return held


def _of_system(what: str) -> Callable[[Clinic], str]:
    return lambda clinic: f"{SYSTEMS}{_system(clinic).pk}/{what}/"


def _system_key(clinic: Clinic) -> str:
    held = _system(clinic)
    with use_sites([clinic.site.pk]):
        if not held.keys.exists():
            _register(record_systems.add_keys, held, clinic, "first", 0)
        return f"{SYSTEMS}{held.pk}/keys/{held.keys.get().pk}/end/"


def _register(
    add: Callable[..., object], held: object, clinic: Clinic, kid: str, pair: int
) -> None:
    given = {"jwks": jwks(jwk(rsa_pair(pair), kid)), "reason": "First"}
    add(held, **given, by=_by(clinic), at=timezone.now())


def _client(what: str) -> Callable[[Clinic], str]:
    def at(clinic: Clinic) -> str:
        return f"{CLIENTS}{_held_client(clinic).pk}/{what}/"

    return at


def _held_client(clinic: Clinic) -> Application:
    """One that may show who it is by either way."""
    held = Application.objects.filter(name="Feed of results").first()
    if held is None:
        held = clients.add_client(
            name="Feed of results",
            contact="Extension 2",
            proof=ApiClient.EITHER,
            by=_by(clinic),
            at=timezone.now(),
        ).application
    return held


def _client_key(clinic: Clinic) -> str:
    held = _held_client(clinic)
    if not ClientKey.objects.filter(application=held).exists():
        _register(client_keys.add_keys, held, clinic, "second", 1)
    return f"{CLIENTS}{held.pk}/keys/{ClientKey.objects.get(application=held).pk}/end/"


FRESH = jwks(jwk(rsa_pair(2), "next"))
NAME_OF_SENDER = "A sender has a name, and sends under an MSH-3."
_NO_KEY_SET = {
    "no JSON": ("{", NO_KEYS),
    "a private key": (jwks(jwk(rsa_pair(2), "next", private=True)), "is a private or secret key"),
    "a key without a name": (jwks(jwk(rsa_pair(2), "")), "its name (kid) is needed"),
    "a weak key": (jwks(jwk(rsa_pair(3, 1024), "weak")), "an RSA key has 2048 to 8192 bits"),
    "one key twice": (
        jwks(jwk(rsa_pair(2), "a"), jwk(rsa_pair(2), "b")),
        "The same key stands in the set twice.",
    ),
}
KEYS = {"jwks": Field(worded(65_536, NO_KEYS, "JWK set"), also=_NO_KEY_SET), "reason": REASON}
END = {"reason": REASON}
END_KEY = {"overlap_hours": HOURS, "reason": REASON}
SENDER = {
    "name": Field(text(60)),
    "application": Field(text(200)),
    "facility": Field(text(200), TAKEN),
    "laboratory": Field(text(200), TAKEN),
    "client": Field(worded(200, "No API client has this id.", "id of an API client"), TAKEN),
    "networks": Field(worded(500, "is no address or network.", "networks"), NEEDS_CONNECTION),
    "certificate": Field(
        worded(100, "A certificate is named by its SHA-256", "fingerprint of a certificate"), TAKEN
    ),
    "source": Field(
        text(100),
        TAKEN,
        {"one of ours": ("Upload", "That is the name of a source of ours")},
    ),
    "charset": CHOSEN,
    "authorities": Field(
        worded(4000, "Each line is a name, an equals sign and a URI.", "assigning authorities"),
        TAKEN,
    ),
    "reason": REASON,
}
URL = Field(
    worded(500, NO_ASCII, "URL of a webhook", markup=NO_HOST),
    also={
        "without TLS": ("http://10.9.0.7/told", NO_URL),
        "a password": ("https://a:b@10.9.0.7/", "A user name or password in the URL"),
        "a question mark": ("https://10.9.0.7/?patient=1", "The URL ends with its path"),
        "metadata of a cloud": ("https://169.254.169.254/", "The host stands where nothing may be"),
        "this machine": ("https://127.0.0.1/", "The host stands where nothing may be sent"),
    },
)
WEBHOOK = {
    "name": Field(text(100)),
    "url": URL,
    "events": Field(CHOICE_FIELD, "Choose at least one.", NO_CHOICE),
    "format": CHOSEN,
}
TOLD: dict[str, str | list[str]] = {
    "site": "toronto",
    "name": "Registry",
    "url": "https://10.9.0.8/told",
    "events": ["verdict.changed"],
    "format": "event",
}
CONNECTIONS = (
    administration_form(
        "Register a sender of messages",
        "administration-new-sender",
        at_address(f"{HERE}senders/new/"),
        {
            "name": "General laboratory",
            "application": "LAB",
            "networks": "10.4.0.0/16",
            "reason": "New interface",
        },
        SENDER,
    ),
    administration_form(
        "End a sender of messages",
        "administration-end-sender",
        _sender,
        {"reason": "Replaced"},
        END,
        empty="Say why.",
    ),
    administration_form(
        "Register a webhook",
        "administration-new-webhook",
        at_address(f"{WEBHOOKS}new/"),
        TOLD,
        {"site": CHOSEN, **WEBHOOK},
        done=200,
    ),
    administration_form(
        "Change a webhook",
        "administration-change-webhook",
        _webhook("change"),
        {"name": "Another name"},
        WEBHOOK,
    ),
    administration_form(
        "Give a webhook another secret",
        "administration-webhook-secret",
        _webhook("secret"),
        {"reason": "Once a year"},
        END_KEY,
        done=200,
    ),
    administration_form(
        "Pause a webhook",
        "administration-pause-webhook",
        _webhook("pause"),
        {"reason": "Upgrade there"},
        END,
        empty="Say why.",
    ),
    administration_form(
        "End a webhook",
        "administration-end-webhook",
        _webhook("end"),
        {"reason": "Replaced"},
        END,
        empty="Say why.",
    ),
    administration_form(
        "Register a record system",
        "administration-new-record-system",
        at_address(f"{SYSTEMS}new/"),
        {
            "name": "Records, Toronto",
            "site": "toronto",
            "issuer": "https://ehr.invalid",
            "contact": "Extension 3",
        },
        {
            "name": Field(text(100)),
            "site": CHOSEN,
            "issuer": Field(text(500)),
            "contact": Field(text(200)),
        },
    ),
    administration_form(
        "Say whether a record system is stored",
        "administration-record-system-storing",
        _of_system("storing"),
        {"stores": "yes", "reason": "Agreed"},
        {"stores": CHOSEN, "reason": REASON},
    ),
    administration_form(
        "Register keys of a record system",
        "administration-record-system-keys",
        _of_system("keys"),
        {"jwks": FRESH, "reason": "Next year's"},
        KEYS,
    ),
    administration_form(
        "End a key of a record system",
        "administration-record-system-end-key",
        _system_key,
        {"reason": "Replaced"},
        END_KEY,
    ),
    administration_form(
        "End a record system",
        "administration-end-record-system",
        _of_system("end"),
        {"reason": "Replaced"},
        END,
        empty="Say why.",
    ),
    administration_form(
        "Set the rights of a client",
        "administration-grant",
        _client("sites/toronto"),
        {"rights": ["patients.read"], "smart": "system/Observation.rs"},
        {
            "rights": Field(CHOICE_FIELD, TAKEN, NO_CHOICE),
            "smart": Field(worded(1500, NO_SCOPE, "SMART scopes"), TAKEN),
        },
        empty="Nothing would change.",
    ),
    administration_form(
        "Say how a client shows who it is",
        "administration-proof",
        _client("proof"),
        {"proof": "keys", "reason": "Agreed"},
        {"proof": CHOSEN, "reason": REASON},
    ),
    administration_form(
        "Register keys of a client",
        "administration-keys",
        _client("keys"),
        {"jwks": FRESH, "reason": "Next year's"},
        KEYS,
    ),
    administration_form(
        "End a key of a client",
        "administration-end-key",
        _client_key,
        {"reason": "Replaced"},
        END_KEY,
    ),
    administration_form(
        "Give a client another secret",
        "administration-secret",
        _client("secret"),
        {"reason": "Once a year"},
        END_KEY,
        done=200,
    ),
    administration_form(
        "Deactivate a client",
        "administration-end-client",
        _client("deactivate"),
        {"reason": "Replaced"},
        END,
        empty="Say why.",
    ),
)
