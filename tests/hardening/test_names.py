"""Only orders and filters that are on a list are used: whatever else is asked for is no name of a column.

``NAMES=2000`` tries as many; the usual run sixty at each address.
"""

from __future__ import annotations

import os
import random
import re
from itertools import islice

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.pages.stored import coordinator, invented, make_site
from trialscreen.institution.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.requirement(68)]
NAMES = int(os.environ.get("NAMES", "60"))
COLUMNS = (
    "password", "site__code", "-site_id", "patient__demographics__family_name", "assignee__password",
    "?", "pk", "-pk", "id", "RANDOM()", "1", "1; SELECT pg_sleep(5)", "due DESC", "due--", "due,number",
    "(SELECT version())", "pg_sleep(5)", "'", '"', "\\", "%00", "\x00", "due\x00", "%", "%s", "%(x)s",
    "assessment__answer", "created_by__is_superuser", "-" * 300, "due" * 200, "__class__", "due__date",
    "who__fact__x", "' OR 1=1 --", "due ASC NULLS FIRST", "sought_by__regex", "ｄｕｅ", "due\u200b", "[]", "due[]",
)  # fmt: skip
ADDRESSES = (
    ("/worklist/", "sort"),
    ("/worklist/", "tab"),
    ("/worklist/", "cursor"),
    ("/worklist/", "who"),
    ("/patients/", "sort"),
    ("/patients/", "tab"),
    ("/patients/", "cursor"),
    ("/reports/screening-log/", "sort"),
    ("/reports/screening-log/", "criterion"),
    ("/api/v1/screenings/", "sort"),
    ("/api/v1/screenings/", "ordering"),
    ("/api/v1/screenings/", "state"),
    ("/api/v1/screenings/", "cursor"),
    ("/api/v1/screenings/", "page_size"),
)


@pytest.fixture
def site() -> Site:
    held = make_site()
    invented("meets-everything", held)
    return held


def tried(seed: str) -> list[str]:
    """The listed ones, and mixtures of them."""
    chance = random.Random(seed)

    def mixed() -> str:
        return "".join(chance.choices(COLUMNS, k=2)) + chance.choice(("", " --", "__in", "[]"))

    return [*islice(COLUMNS, NAMES), *(mixed() for _ in range(NAMES - len(COLUMNS)))]


@pytest.mark.parametrize(("address", "parameter"), ADDRESSES)
def test_no_name_becomes_a_column(site: Site, address: str, parameter: str, client: Client) -> None:
    client.force_login(coordinator(site))
    cache.clear()
    for name in tried(f"{address} {parameter}"):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address, {parameter: name})
        assert answer.status_code in (200, 302, 400, 404, 422), (name, answer.status_code)
        orders = [
            order
            for each in asked.captured_queries
            for order in re.findall(r"ORDER BY (.*?)(?: LIMIT|\) AS|$)", each["sql"])
        ]
        assert not [sql for sql in orders if "RANDOM" in sql or "password" in sql or "sleep" in sql]


@pytest.mark.requirement(67)
@pytest.mark.parametrize("size", ["1000000000", "-1", "0", "1e9", "201", "１０"])
def test_no_page_is_longer_than_the_longest(site: Site, size: str, client: Client) -> None:
    client.force_login(coordinator(site))
    answer = client.get("/api/v1/screenings/", {"page_size": size})
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert len(answer.json()["results"]) <= 200
