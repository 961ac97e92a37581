"""A staffed site, people with tokens, a hospital system, and candidates of today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from eligibility.models import Screening
from tests.api.stored.conftest import Asker, make_client, make_site
from tests.workflow.staffed import Staffed, candidate, staffed
from trialscreen.institution.models import Account
from trialscreen.institution.scope import use_sites
from trialscreen.institution.tokens import issue_token

ALL = "/api/v1/screenings/"


@dataclass
class Desk:
    """Everybody of one site."""

    team: Staffed
    anna: Asker
    """The coordinator."""
    ines: Asker
    """The investigator."""
    ehr: Asker
    today: date

    def opens(self, key: str = "meets-everything", **more: Any) -> Screening:
        with use_sites([self.team.site.pk]):
            return candidate(key, self.team.site, on=self.today, **more)


def token_of(account: Account) -> Asker:
    return Asker(issue_token(account, expires=timezone.now() + timedelta(hours=1)))


@pytest.fixture
def make_desk(db: None) -> Callable[[str], Desk]:
    def make(code: str) -> Desk:
        site = make_site(code)
        with use_sites([site.pk]):
            team = staffed(code)
        return Desk(
            team,
            token_of(team.coordinator),
            token_of(team.investigator),
            make_client(f"ehr-{code}", site),
            timezone.localdate(timezone=site.zone),
        )

    return make


@pytest.fixture
def desk(make_desk: Callable[[str], Desk]) -> Desk:
    return make_desk("toronto")
