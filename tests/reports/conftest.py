from __future__ import annotations

import pytest

from tests.reports.counted import counted
from trialscreen.institution.models import Site


@pytest.fixture
def sites(db: None) -> tuple[Site, Site]:
    return counted()
