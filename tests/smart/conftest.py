"""A site, its administrator, and a client that signs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from oauth2_provider.models import Application

from tests.institution.conftest import make_site
from tests.smart.keys import ec_pair, jwk, jwks, rsa_pair
from trialscreen.institution.administration import client_keys, clients
from trialscreen.institution.models import Account, ApiClient, Role, Site, StaffRole
from trialscreen.institution.rights import May


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def edmonton(db: Any) -> Site:
    return make_site("edmonton", "America/Edmonton")


@pytest.fixture
def montreal(db: Any) -> Site:
    return make_site("montreal", "America/Toronto")


@pytest.fixture
def sasha(db: Any) -> Account:
    """Administrator."""
    account = Account.objects.create_user("sasha", "a long way round the lake", name="Sasha Roy")
    opened = datetime(2026, 1, 1, tzinfo=UTC).date()
    StaffRole.objects.create(account=account, role=Role.ADMINISTRATOR, first_day=opened)
    return account


@pytest.fixture
def feed(sasha: Account, edmonton: Site, now: datetime) -> Application:
    """Shows who it is by its keys, `one` (RSA) and `two` (EC); may read and send at Edmonton."""
    held = clients.add_client(
        name="Feed", contact="Interfaces", by=sasha, at=now, proof=ApiClient.KEYS
    ).application
    given = jwks(jwk(rsa_pair(), "one"), jwk(ec_pair(), "two"))
    client_keys.add_keys(held, jwks=given, reason="New", by=sasha, at=now)
    both = [May.READ_PATIENTS, May.WRITE_PATIENTS]
    clients.set_grant(held, site=edmonton, rights=both, by=sasha)
    return held
