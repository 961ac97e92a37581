"""Nobody sees or changes anything of another site: every route, verb and role, with foreign ids in every place.

Twice: with everything as it is, with the application's filters off, so that PostgreSQL stands alone, and with
PostgreSQL's off, so that the application does. ``SWEEP=full`` tries all of it, `make test` a share by the seed.
"""

from __future__ import annotations

import logging
import os
import random
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest

from eligibility.api.administration.doors import OfficeDoor
from tests.isolation.hospitals import World
from tests.isolation.probes import (
    ADMINISTRATION,
    Ask,
    absent,
    chosen,
    fact_kind,
    of_other_types,
    own,
    probes,
)
from tests.isolation.routes import Route, routes
from tests.isolation.sweeping import Sweep, interference
from tests.isolation.switched_off import application_alone, database_alone
from trialscreen.institution.models import TrailEntry

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("isolation")]

FULL = os.environ.get("SWEEP") == "full"
SEED = int(os.environ.get("SWEEP_SEED", random.SystemRandom().randrange(10**6) if FULL else 1))
"""`make test` tries the same share each time, so that what it tells is about the change at hand; `SWEEP=full` another
one each time."""
SHARE = int(os.environ.get("SWEEP_SHARE", "8" if FULL else "400"))
"""Of how many probes one is tried; SWEEP_SHARE=1 tries a quarter of a million, for hours."""


@contextmanager
def without_logs() -> Iterator[None]:
    """Thousands of refusals, each with its trace, would hide what a failure says."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@pytest.mark.requirement(15, 16, 17, 20)
@pytest.mark.parametrize(
    ("isolation", "share"),
    [(nullcontext, SHARE), (database_alone, SHARE * 2), (application_alone, SHARE * 2)],
)
def test_no_site_leaks(
    world: World, isolation: Any, share: int, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep = Sweep(world, filtered=isolation is not database_alone)
    with isolation(), without_logs():
        outcome = sweep.run(chosen(probes(world, routes()), share, SEED))
    with capsys.disabled():
        sys.stdout.write(
            f"\nSWEEP_SEED={SEED} SWEEP_SHARE={share} {isolation.__name__}: {outcome}\n"
        )
    assert outcome.clean, str(outcome)
    assert not FULL or outcome.probes >= 30_000


@pytest.mark.requirement(15)
@pytest.mark.parametrize("name", ["client", "client system/AuditEvent.rs", "coordinator"])
def test_what_is_made_for_fhir_is_of_its_site_alone(world: World, name: str) -> None:
    """Each of these, whatever share the sweep takes: they have no table of their own that holds them apart."""
    asker, sweep = world.askers[name], Sweep(world)
    every = (
        probe
        for route in routes()
        for foreign in world.others(asker)[:1]
        if route.pattern.startswith("fhir/") and "kind" in route.parameters
        for probe in of_other_types(route, asker, foreign)
        if probe.verb in ("GET", "PUT")
    )
    outcome = sweep.run(every)
    assert outcome.probes >= 30
    assert outcome.clean, str(outcome)


@pytest.mark.requirement(15, 41)
def test_asking_what_an_address_takes_is_no_act_and_reaches_nobody(world: World) -> None:
    """Not even where PostgreSQL holds nobody: an entry of the trail is looked up within one's sites as well."""
    asker = world.askers["coordinator"]
    foreign, own_site = world.others(asker)[0], world.hospitals["avonlea"]
    there = "/api/v1/patients/{}/eligibility/"
    with application_alone():
        sweep = Sweep(world)
        ask = Ask(there.format(foreign.one("patient")))
        _answer, changed = sweep.ask(asker, "OPTIONS", ask, watch=True)
        acts = TrailEntry.objects.exclude(kind="refused")
        before = acts.count()
        asker.http.options(there.format(own_site.one("patient")), headers=asker.headers)
        assert acts.count() == before
    assert changed == []


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


def test_the_sweep_knows_what_is_administration() -> None:
    """Else what an administrator does at every site would be told for a leak, by one seed of many."""
    office = [one for one in routes() if issubclass(_door(one), OfficeDoor)]
    outside = {one.pattern for one in office if not f"/{one.pattern}".startswith(ADMINISTRATION)}
    # What is open of a trial is the same for all sites: there is no id of a site in it.
    assert {one for one in outside if not one.startswith("api/v1/trials/")} == set()
    assert len(office) > 40


def _door(route: Route) -> type:
    return getattr(route.view, "view_class", None) or getattr(route.view, "cls", None) or object


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
