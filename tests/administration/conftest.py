from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from tests.pages.stored import coordinator, make_site
from tests.pages.test_opening import staff
from trialscreen.institution.models import Account, Role, Site


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def site(db: None) -> Site:
    return make_site()


@pytest.fixture
def sasha(db: None) -> Account:
    """An administrator."""
    return staff("sasha", Role.ADMINISTRATOR)


@pytest.fixture
def olive(db: None) -> Account:
    """Another administrator."""
    return staff("olive", Role.ADMINISTRATOR)


@pytest.fixture
def anna(site: Site) -> Account:
    return coordinator(site)


@pytest.fixture
def browser() -> Callable[[Account], Client]:
    def signed_in(account: Account) -> Client:
        client = Client()
        client.force_login(account)
        return client

    return signed_in
