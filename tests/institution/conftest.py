"""Sites, people and clients for these tests."""

from __future__ import annotations

from datetime import date

import pytest
from oauth2_provider.models import Application

from trialscreen.institution.models import Account, ApiGrant, Role, Site, StaffRole

OPENED = date(2026, 1, 1)
PASSWORD = "a long way round the lake"
SECRET = "not printed anywhere else"


def make_site(code: str, zone: str) -> Site:
    return Site.objects.create(
        code=code,
        name=f"{code.title()} centre",
        city=code.title(),
        time_zone=zone,
        opened_on=OPENED,
    )


@pytest.fixture
def edmonton(db: None) -> Site:
    return make_site("edmonton", "America/Edmonton")


@pytest.fixture
def montreal(db: None) -> Site:
    return make_site("montreal", "America/Toronto")


@pytest.fixture
def anna(edmonton: Site) -> Account:
    """Coordinator at Edmonton."""
    account = Account.objects.create_user("anna", PASSWORD, name="Anna Larose")
    StaffRole.objects.create(
        account=account, site=edmonton, role=Role.COORDINATOR, first_day=OPENED
    )
    return account


@pytest.fixture
def monitor(db: None) -> Account:
    account = Account.objects.create_user("max", PASSWORD, name="Max Ito")
    StaffRole.objects.create(account=account, role=Role.MONITOR, first_day=OPENED)
    return account


@pytest.fixture
def laboratory(edmonton: Site) -> Application:
    """A client that may read at Edmonton."""
    client = Application.objects.create(
        name="Laboratory",
        client_id="laboratory",
        client_secret=SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    ApiGrant.objects.create(application=client, site=edmonton, scopes="patients.read")
    return client
