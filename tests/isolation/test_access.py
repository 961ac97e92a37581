"""Every route is classified, and every cell of the table is tried: role × route × reading or writing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.isolation.hospitals import EVERY_SCOPE, World
from tests.isolation.probes import Ask, own, sent
from tests.isolation.routes import Route, routes
from tests.isolation.sweeping import Sweep
from trialscreen.institution.rights import OF_ROLE
from trialscreen.wiring.classified import TABLE, client_may, may
from trialscreen.wiring.classified.rules import Right, Rule, Who

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("isolation")]

HOW = """These routes are in no line of TABLE in trialscreen/wiring/classified: {missing}.
Say there who may read each and who may send something to it, by its name (or by its pattern where it has none), and run
`manage.py generate_docs`. Until then nobody has said to whom it is open."""
TOLD_NO = {"page": {302, 403}, "api": {401, 403}}


def rule_of(route: Route) -> Rule | None:
    act = route.defaults.get("act")
    return TABLE.get(
        f"{route.name}:{act}" if act else route.name, TABLE.get(route.name or route.pattern)
    )


@pytest.mark.requirement(18)
def test_every_route_is_classified() -> None:
    missing = sorted({one.name or one.pattern for one in routes() if rule_of(one) is None})
    assert not missing, HOW.format(missing=", ".join(missing))


def test_every_line_is_of_a_route() -> None:
    known = {one.name or one.pattern for one in routes()}
    known |= {f"{one.name}:{one.defaults['act']}" for one in routes() if "act" in one.defaults}
    assert sorted(TABLE.keys() - known - {"gallery"}) == []


class Cell(NamedTuple):
    route: Route
    asker: str
    verb: str
    allowed: bool
    right: Right


def cells() -> Iterator[Cell]:
    for route in routes():
        rule = rule_of(route)
        steps = route.pattern.startswith(("sign-in/", "^sign-in/"))
        if route.pattern in ("^fhir/.*$", "^api(?:/.*)?$"):
            continue  # "nothing here", for everybody
        if rule is None or steps or route.name in ("health-ready", "sign-out"):
            continue
        for right, verbs in ((rule.reads, ("GET",)), (rule.writes, ("POST", "PATCH"))):
            of_an_account = right is Who.SIGNED_IN or route.name in ("invitation", "session-state")
            if right is None or (of_an_account and verbs != ("GET",)):
                continue  # a password or a code is asked for, which tests of sign-in have
            for verb in verbs:
                if verb == "PATCH" and not _patches(route):
                    continue
                if verb == "POST" and _patches(route):
                    continue
                for role in (*OF_ROLE, "anonymous"):
                    yield Cell(route, role, verb, may(role, right), right)
                if route.pattern.startswith(("api/v1/", "^fhir")):
                    for scope in EVERY_SCOPE.split():
                        yield Cell(route, f"client {scope}", verb, client_may(scope, right), right)


def _patches(route: Route) -> bool:
    return route.name == "api-patient" or route.name.endswith("-one")


@pytest.mark.requirement(22, 23)
def test_every_cell(world: World) -> None:
    """Allowed is anything but a refusal of the person: 404, 409 or 422 say that somebody was let in."""
    sweep, wrong, tried = Sweep(world), [], 0
    for cell in cells():
        asker = world.askers[cell.asker]
        ask = own(world, cell.route, asker)
        body, content, headers = sent(cell.route, cell.verb)
        answer, _ = sweep.ask(asker, cell.verb, Ask(ask.path, (), body, content, headers))
        led_away = answer.status == 302 and b"'/sign-in/" in answer.headers
        if answer.status == 302 and b"'/account/" in answer.headers:
            continue  # to give the password or a factor again first: nothing is said yet
        no_client = cell.right is Who.CLIENTS and answer.status == 400
        refused = answer.status in (401, 403) or led_away or no_client
        tried += 1
        if refused and cell.allowed and _by_policy(cell, answer.body):
            continue
        if answer.status == 405:
            continue  # pages of which one only reads, or only sends
        if refused == cell.allowed or answer.status >= 500:
            said = "allowed" if cell.allowed else "refused"
            wrong.append(
                f"{cell.asker}: {cell.verb} {cell.route.pattern} is {answer.status}, not {said}"
            )
    assert tried > 900
    assert wrong == [], "\n".join(wrong)


def _by_policy(cell: Cell, body: bytes) -> bool:
    """Let in, and told no by the workflow in its own sentence."""
    return cell.right in (Who.INVESTIGATORS, Who.DELEGATED, Who.SITE_STAFF, Who.PEOPLE_WRITE) and (
        b"this is not allowed." not in body
    )


@pytest.mark.requirement(22)
@pytest.mark.parametrize("act", ["sign", "confirm", "register", "close", "start", "decline"])
@pytest.mark.parametrize("role", ["administrator", "monitor"])
def test_who_runs_or_watches_the_trial_decides_nothing(world: World, role: str, act: str) -> None:
    sweep, asker = Sweep(world), world.askers[role]
    for screening in world.hospitals["avonlea"].ids["screening"]:
        page = Ask(f"/screenings/{screening}/{act}/", (), {"version": "1", "record": "1"})
        over_api = Ask(
            f"/api/v1/screenings/{screening}/{act}/", (), "{}", "application/json", (("If-Match", "*"),)
        )  # fmt: skip
        for ask in (page, over_api):
            answer, changed = sweep.ask(asker, "POST", ask, watch=True)
            assert (answer.status, changed) == (403, [])


@pytest.mark.parametrize("act", ["sign", "confirm", "register", "decline"])
def test_no_client_decides(world: World, act: str) -> None:
    sweep, client = Sweep(world), world.askers["client"]
    route = next(one for one in routes() if one.name == f"api-screening-{act}")
    for screening in world.hospitals["avonlea"].ids["screening"]:
        body, content, headers = sent(route, "POST")
        for beside in ((), (("X-Acting-For", "investigator.avonlea"),)):
            ask = Ask(route.at(screening=screening), (), body, content, (*headers, *beside))
            answer, _ = sweep.ask(client, "POST", ask)
            assert answer.status == 403, (act, answer)
