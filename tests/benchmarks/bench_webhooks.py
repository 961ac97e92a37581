"""Finding the next message of an endpoint where many wait: in as many lanes as there are, in few, behind a refused one.

Claimed and filed, not sent. ``WAITING`` is how many wait. No goal is set; what matters is that a claim does not grow
with what it may not take.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from itertools import chain
from statistics import median, quantiles

import pytest
from django.db import connection

from eligibility.actions.dispatching import claim, file_attempt
from eligibility.models import Dispatch, Endpoint
from eligibility.telling.posting import Outcome, Told
from tests.eligibility.stored import make_site
from tests.telling.conftest import Register, register, sasha
from tests.telling.outbox import START, lane, queued
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.owner import as_owner

__all__ = ["register", "sasha"]
pytestmark = pytest.mark.django_db(transaction=True)
WAITING = int(os.environ.get("WAITING", "20000"))
CLAIMS = 100
TAKEN = Told(Outcome.TAKEN, 200, 5)
REFUSED = Told(Outcome.REFUSED, 500, 5)


@pytest.fixture(autouse=True)
def _loopback(settings: object) -> None:
    settings.WEBHOOK_LOOPBACK = True  # type: ignore[attr-defined]


@pytest.mark.parametrize("counted", [False, True], ids=["not counted", "counted"])
@pytest.mark.parametrize("told", [TAKEN, REFUSED], ids=["all taken", "all refused"])
@pytest.mark.parametrize("lanes", [WAITING, WAITING // 4, 20, 2], ids="{} lanes".format)
def test_the_next_of_many(lanes: int, told: Told, counted: bool, register: Register) -> None:
    """A refused message keeps its lane waiting: all behind it are due and may not go."""
    site, endpoint = _waiting(lanes, register)
    if counted:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ANALYZE eligibility_dispatch")
    found = _claims(site, endpoint, told)
    what = f"{lanes} lanes of {WAITING // lanes}, all {told.outcome.value}"
    _show(f"{what}{', after ANALYZE' if counted else ''}", found)


def _waiting(lanes: int, register: Register) -> tuple[Site, Endpoint]:
    site = make_site()
    with use_sites([site.pk]):
        endpoint = register(site, "http://127.0.0.1:9/hooks").endpoint
        each = WAITING // lanes
        queued(endpoint, chain.from_iterable(lane(messages=each) for _ in range(lanes)))
        assert Dispatch.objects.count() == lanes * each
    return site, endpoint


def _claims(site: Site, endpoint: Endpoint, told: Told) -> list[float]:
    """Milliseconds of each claim, the one that finds nothing among them."""
    found = []
    at = START + timedelta(seconds=1)
    for _ in range(CLAIMS):
        with use_sites([site.pk]):
            begun = time.perf_counter()
            letter = claim(endpoint.pk, at=at)
            found.append((time.perf_counter() - begun) * 1e3)
        if letter is None:
            break
        with use_sites([site.pk]):
            file_attempt(letter, told, at=at)
    return found


def _show(what: str, found: list[float]) -> None:
    high = quantiles(found, n=20)[-1] if len(found) > 1 else found[0]
    print(
        f"\n  {what}: {len(found)} claims, {median(found):.1f} ms, 95 of 100 within {high:.1f} ms",
        end="",
    )
