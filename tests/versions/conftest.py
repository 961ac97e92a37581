"""A trial with a version in force, one more in the release, and the people who bring it on."""

from __future__ import annotations

import pytest

from eligibility import protocols
from eligibility.actions import publish
from eligibility.models import ProtocolVersion
from eligibility.rules.protocol import Protocol
from tests.pages.stored import make_site
from tests.pages.test_opening import staff
from tests.rules.amended import PROTOCOL, TIGHTER
from trialscreen.institution.models import Account, Role, Site


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
def imogen(site: Site) -> Account:
    """An investigator."""
    return staff("imogen", Role.INVESTIGATOR, site)


@pytest.fixture
def carol(site: Site) -> Account:
    """A coordinator."""
    return staff("carol", Role.COORDINATOR, site)


@pytest.fixture
def tighter(monkeypatch: pytest.MonkeyPatch) -> Protocol:
    """The release carries a version with a tighter limit of platelets beside the one in force."""
    monkeypatch.setitem(protocols._AMENDED, PROTOCOL.trial, (TIGHTER,))
    return TIGHTER


@pytest.fixture
def first(db: None) -> ProtocolVersion:
    """The version that the trial was set up with."""
    held: ProtocolVersion = publish(PROTOCOL)
    return held
