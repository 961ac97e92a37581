"""Nobody sees or changes anything of another site: every route, verb and role, with foreign ids in every place.

Twice: with everything as it is, with the application's filters off, so that PostgreSQL stands alone, and with
PostgreSQL's off, so that the application does. ``SWEEP=full`` tries all of it, `make test` a share by the seed.
"""

from __future__ import annotations

import os
import random
import re
import sys
from contextlib import nullcontext
from typing import Any

import pytest

from tests.isolation.hospitals import World
from tests.isolation.probes import absent, chosen, fact_kind, own, probes
from tests.isolation.routes import routes
from tests.isolation.sweeping import Sweep, interference
from tests.isolation.switched_off import application_alone, database_alone

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("isolation")]

FULL = os.environ.get("SWEEP") == "full"
SEED = int(os.environ.get("SWEEP_SEED", random.SystemRandom().randrange(10**6)))
SHARE = int(os.environ.get("SWEEP_SHARE", "8" if FULL else "400"))
"""Of how many probes one is tried; SWEEP_SHARE=1 tries a quarter of a million, for hours."""


@pytest.mark.requirement(15, 16, 17, 20)
@pytest.mark.parametrize(
    ("isolation", "share"),
    [(nullcontext, SHARE), (database_alone, SHARE * 2), (application_alone, SHARE * 2)],
)
def test_no_site_leaks(
    world: World, isolation: Any, share: int, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep = Sweep(world, filtered=isolation is not database_alone)
    with isolation():
        outcome = sweep.run(chosen(probes(world, routes()), share, SEED))
    with capsys.disabled():
        sys.stdout.write(
            f"\nSWEEP_SEED={SEED} SWEEP_SHARE={share} {isolation.__name__}: {outcome}\n"
        )
    assert outcome.clean, str(outcome)
    assert not FULL or outcome.probes >= 30_000


def test_what_nobody_has_has_the_form_of_what_another_site_has(world: World) -> None:
    """As long, a letter for a letter and a digit for a digit: answers may then differ by what is there alone."""
    there = {
        value for one in world.hospitals.values() for many in one.ids.values() for value in many
    }
    for value in there:
        nobodys = absent(value)
        assert nobodys not in there
        assert _form(nobodys) == _form(value), (value, nobodys)


def _form(value: str) -> str:
    return re.sub("[A-Z]", "A", re.sub("[a-z]", "a", re.sub("[0-9]", "0", value)))


def test_the_probes_reach_something(world: World) -> None:
    """A sweep in which everything is refused shows nothing: with one's own ids, every route of ids answers somebody."""
    sweep, silent = Sweep(world), []
    reached = {200, 201, 204, 302, 400, 409, 412, 415, 422, 428}
    here = world.hospitals["avonlea"].ids
    for route in routes():
        if not route.parameters or ("fact" in route.parameters and fact_kind(route) not in here):
            continue  # of kinds of facts that nobody has here there is nothing to reach
        if "provider_id" in route.parameters:
            continue  # no hospital's identity provider is set up here; without one there is no such page
        answers = (
            sweep.ask(world.askers[name], verb, own(world, route, world.askers[name]))[0].status
            for verb in ("GET", "POST")
            for name in ("coordinator", "client", "administrator")
        )
        if not any(status in reached for status in answers):
            silent.append(route.pattern)
    assert silent == []


@pytest.mark.requirement(15)
@pytest.mark.parametrize("isolation", [nullcontext, application_alone])
def test_no_answer_depends_on_what_another_site_has(world: World, isolation: Any) -> None:
    """Numbers, counts, pages and orders of one site are the same whatever comes to another."""
    with isolation():
        assert interference(world) == []
