"""What an administrator looks after: people in every state, a client, an approval, a range; and the keys of links."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode
from uuid import uuid4

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone
from oauth2_provider.models import Application

from eligibility.actions import record_systems, site_policies
from eligibility.actions.approving import record_approval
from eligibility.models import CardFeedback, SiteApproval, Trial
from eligibility.presenters.cds_cards import OVERRIDE_SYSTEM
from eligibility.protocols import get as protocol_of
from patients.actions import stating_ranges
from patients.actions.ranges import Limit
from tests.institution.passkeys import Passkey
from tests.screenshots.receivers import told
from tests.screenshots.scene import NOBODY, PASSWORD, Scene
from tests.smart.keys import ec_pair, jwk, jwks, rsa_pair
from trialscreen.institution.administration import client_keys, clients, staff
from trialscreen.institution.conduct import use_conduct
from trialscreen.institution.models import Account, ApiClient, Role, Site, StaffRole
from trialscreen.institution.rights import May
from trialscreen.institution.smart_scopes import SystemScope

TRIAL = "NCT00514085"
OTHER = "hamilton"
"""Whose ranges and policy are set: where nobody is screened, so that no verdict moves by it."""
SAFE = "rosa.ibarra"
"""Who has every kind of second factor."""


def made(site: Site) -> dict[str, Scene]:
    now, by = timezone.now(), Account.objects.get(username="administrator")
    other = Site.objects.get(code=OTHER)
    both = [site.pk, other.pk]
    with use_conduct(both, both):
        scenes = [
            *_safe(site),
            _forgetful(),
            _invited(site, by, now),
            _gone(site, by, now),
            _client(site, by, now),
            _signing(site, by, now),
            _asking(site, by, now),
            _approved(site, by, now),
            _ranged(other, by),
            *told(site, by, now),
        ]
        _tightened(other, by, now)
    return {scene.name: scene for scene in scenes}


def _of(name: str, note: int, *, part: int = 0, key: str = "") -> Scene:
    return Scene(name, NOBODY, NOBODY, note, part, key)


def _safe(site: Site) -> tuple[Scene, Scene]:
    account = Account.objects.create_user(SAFE, PASSWORD, name="Rosa Ibarra (invented)")
    since = timezone.localdate() - timedelta(days=120)
    role = StaffRole.objects.create(
        account=account, site=site, role=Role.COORDINATOR, first_day=since
    )
    TOTP.activate(account, generate_totp_secret())
    RecoveryCodes.activate(account)
    held = Passkey("localhost").belongs_to(account, "Laptop of the ward")
    Passkey("localhost").belongs_to(account, "Key on the badge")
    return _of("safe", account.pk, part=role.pk), _of("passkey", account.pk, part=held.pk)


def _forgetful() -> Scene:
    """Somebody who has asked for another password, with the end of the link that was sent."""
    account = Account.objects.create_user(
        "wren.okafor", PASSWORD, name="Wren Okafor (invented)", email="wren@hospital.invalid"
    )
    token = default_token_generator.make_token(account)
    return _of("forgetful", account.pk, key=f"{user_pk_to_url_str(account)}-{token}")


def _invited(site: Site, by: Account, now: datetime) -> Scene:
    invited = staff.invite(
        name="Tomasz Leduc (invented)",
        username="tomasz.leduc",
        email="tomasz.leduc@hospital.invalid",
        role=Role.INVESTIGATOR,
        site=site,
        first_day=timezone.localdate(),
        by=by,
        at=now,
    )
    return _of("invited", invited.account.pk, key=urlencode({"key": invited.key}))


def _gone(site: Site, by: Account, now: datetime) -> Scene:
    account = Account.objects.create_user("piet.aster", PASSWORD, name="Piet Aster (invented)")
    staff.deactivate(account, reason="Has left the hospital.", by=by, at=now)
    return _of("gone", account.pk)


def _client(site: Site, by: Account, now: datetime) -> Scene:
    held: Application = clients.add_client(
        name="Laboratory interface", contact="Integration team, extension 4417", by=by, at=now
    ).application
    rights = (May.READ_PATIENTS, May.WRITE_PATIENTS)
    clients.set_grant(held, site=site, rights=rights, by=by)
    return _of("client", held.pk)


def _signing(site: Site, by: Account, now: datetime) -> Scene:
    """A client that signs, in the middle of changing its key."""
    held: Application = clients.add_client(
        name="Population health warehouse",
        contact="Data office",
        by=by,
        at=now,
        proof=ApiClient.KEYS,
    ).application
    given = jwks(jwk(ec_pair(20), "warehouse-2025-12"), jwk(rsa_pair(20), "warehouse-2026-12"))
    old, new = client_keys.add_keys(held, jwks=given, reason="Yearly change", by=by, at=now)
    client_keys.end_key(old, overlap_hours=48, reason="Yearly change", by=by, at=now)
    only = (SystemScope("Patient", "rs"), SystemScope("Observation", "rs"))
    clients.set_grant(held, site=site, rights=(), smart=only, by=by)
    return _of("signing", held.pk, part=new.pk)


def _asking(site: Site, by: Account, now: datetime) -> Scene:
    """A record system that asks, with what came of two of its cards."""
    held = record_systems.add_system(
        site=site,
        issuer="https://ehr.hospital.invalid/oauth2",
        name="Records of the hospital",
        contact="Integration team, extension 4417",
        by=by,
        at=now,
    )
    given = jwks(jwk(ec_pair(21), "records-2026"))
    (key,) = record_systems.add_keys(held, jwks=given, reason="First", by=by, at=now)
    outcome = {"reason_system": "", "reason_code": "", "comment": ""}
    told = [
        outcome | {"card": uuid4(), "outcome": CardFeedback.ACCEPTED, "outcome_at": now},
        {
            "card": uuid4(),
            "outcome": CardFeedback.OVERRIDDEN,
            "outcome_at": now - timedelta(hours=3),
            "reason_system": OVERRIDE_SYSTEM,
            "reason_code": "declined",
            "comment": "Said so today.",
        },
    ]
    record_systems.take_feedback(held, told, at=now)
    return _of("record-system", held.pk, part=key.pk)


def _approved(site: Site, by: Account, now: datetime) -> Scene:
    held = SiteApproval.objects.filter(site=site, withdrawn_on=None).first() or record_approval(
        site=site,
        trial=Trial.objects.get(number=TRIAL),
        kind=SiteApproval.KINDS[0][0],
        reference="REB 2026-114",
        approved_on=timezone.localdate() - timedelta(days=300),
        expires_on=timezone.localdate() + timedelta(days=65),
        by=by,
        at=now,
    )
    return _of("approval", held.pk)


def _ranged(site: Site, by: Account) -> Scene:
    limit = Limit(
        analyte="creatinine",
        high=Decimal(106),
        unit="umol/L",
        sex="female",
        laboratory="central lab",
    )
    held = stating_ranges.state_range(limit, site=site, reason="New analyser.", by=by)
    return _of("range", held.pk)


def _tightened(site: Site, by: Account, now: datetime) -> None:
    protocol = protocol_of(TRIAL)
    window = protocol.policy.windows[0]
    site_policies.set_site_policy(
        {window.name: window.days - 1},
        site=site,
        protocol=protocol,
        effective_from=timezone.localdate(timezone=site.zone),
        reason="The laboratory repeats it weekly.",
        by=by,
        at=now,
    )
