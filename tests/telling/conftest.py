from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import LazySettings

from eligibility.actions.webhooks import Registered, register_endpoint
from eligibility.sending import rules
from eligibility.telling.kinds import Kind
from tests.pages.test_opening import staff
from tests.telling.receiver import Receiver, receiving
from tests.workflow.conftest import team
from tests.workflow.staffed import AT
from trialscreen.institution.models import Account, Role, Site

__all__ = ["team"]
Register = Callable[..., Registered]


@pytest.fixture(autouse=True)
def _loopback(settings: LazySettings) -> None:
    settings.WEBHOOK_LOOPBACK = True


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as held:
        yield held


@pytest.fixture
def sasha(db: None) -> Account:
    """An administrator."""
    return staff("sasha", Role.ADMINISTRATOR)


@pytest.fixture
def register(sasha: Account) -> Register:
    """An endpoint that is told of everything, unless something else is said."""

    def made(site: Site, url: str, **said: object) -> Registered:
        given = {
            "name": "Trial office",
            "events": list(Kind),
            "format": "event",
            "origin": "https://trialscreen.example",
            "at": AT,
        }
        return register_endpoint(site=site, url=url, rules=rules(), by=sasha, **given | said)  # type: ignore[arg-type]

    return made
