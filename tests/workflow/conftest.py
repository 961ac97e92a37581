from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.eligibility.stored import make_site
from tests.workflow.staffed import Staffed, staffed
from trialscreen.institution.scope import use_sites


@pytest.fixture
def team(db: None) -> Iterator[Staffed]:
    site = make_site()
    with use_sites([site.pk]):
        yield staffed(site.code)
