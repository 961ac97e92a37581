"""What every answer of every route carries, whoever asks; and pages of errors that tell nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.http import FileResponse
from django.test import Client

from tests.isolation.hospitals import Asker, World
from tests.isolation.probes import own
from tests.isolation.routes import Route, body_of, routes
from trialscreen.wiring.classified import TABLE

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("isolation")]

INLINE_STYLE = {"api-docs"}
"""Its own script styles inline; it shows no data."""
ASKERS = ("anonymous", "coordinator", "administrator", "client")


def answers(world: World) -> Iterator[tuple[Asker, Route, Any]]:
    for route in routes():
        if route.name == "health-ready":
            continue
        for name in ASKERS:
            asker = world.askers[name]
            with transaction.atomic():
                path = own(world, route, asker).path
                yield asker, route, asker.http.get(path, headers=asker.headers)
                transaction.set_rollback(True)


@pytest.mark.requirement(13, 64)
def test_every_answer_is_guarded(world: World, settings: Any) -> None:
    # As behind https; that the served settings say so is shown in tests/wiring/test_settings.py.
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    wrong = [
        f"{asker.name}: {route.pattern}: {fault}"
        for asker, route, answer in answers(world)
        for fault in faults(route, answer)
    ]
    assert wrong == [], "\n".join(wrong[:40])


def faults(route: Route, answer: Any) -> Iterator[str]:
    policy = answer.get("Content-Security-Policy", "")
    if "frame-ancestors 'none'" not in policy or "default-src 'self'" not in policy:
        yield f"its policy is {policy!r}"
    if ("unsafe" in policy) != (route.name in INLINE_STYLE and answer.status_code == 200):
        yield f"unsafe: {policy}"
    if re.search(r"script-src[^;]*unsafe", policy):
        yield "scripts may stand inline"
    if answer.get("X-Content-Type-Options") != "nosniff":
        yield "the browser may guess its type"
    if answer.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        yield f"Referrer-Policy {answer.get('Referrer-Policy')}"
    rule = TABLE.get(route.name or route.pattern)
    if (rule is None or rule.patients) and "no-store" not in answer.get("Cache-Control", ""):
        yield f"may be kept: {answer.get('Cache-Control')}"
    for name, cookie in answer.cookies.items():
        if not cookie["httponly"] or cookie["samesite"] not in ("Lax", "Strict"):
            yield f"cookie {name}"
        if not cookie["secure"] or cookie["domain"] or cookie["path"] != "/":
            yield f"cookie {name} is not bound to the host"
    # A file is written before it is sent; a generator would read when its transaction is over.
    if answer.streaming and not isinstance(answer, FileResponse):
        yield "is streamed: what it reads it reads after its transaction"


@pytest.mark.requirement(65)
def test_what_changes_something_needs_the_token_of_its_page(world: World) -> None:
    """Every unsafe request that a cookie alone would let in is refused without the token: 403."""
    strict, let_in, asked = Client(enforce_csrf_checks=True, raise_request_exception=False), [], 0
    strict.cookies = SimpleCookie(world.askers["coordinator"].http.cookies)
    for route in routes():
        rule = TABLE.get(route.name or route.pattern)
        if rule is None or rule.writes is None or route.pattern.startswith(("o/", "cds-services")):
            continue  # a cookie lets nobody in there
        path = own(world, route, world.askers["coordinator"]).path
        over_api = route.pattern.startswith(("api/", "^fhir", "fhir/"))
        for verb in ("post", "patch") if over_api else ("post",):
            if over_api and body_of(route, verb) is None:
                continue
            with transaction.atomic():
                answer = (
                    getattr(strict, verb)(path, "{}", content_type="application/json")
                    if over_api
                    else strict.post(path, {})
                )
                transaction.set_rollback(True)
            asked += 1
            if answer.status_code != 403 and route.name != "api-evaluate":
                let_in.append((verb, route.pattern, answer.status_code))
    assert asked > 60
    assert let_in == []


@pytest.mark.requirement(74)
@pytest.mark.parametrize("path", ["/", "/patients/", "/api/v1/patients/", "/fhir", "/sign-in/"])
def test_no_request_is_echoed(world: World, path: str) -> None:
    asker = world.askers["coordinator"]
    answer = asker.http.generic("TRACE", path, headers={"X-Secret": "told back"})
    assert answer.status_code in (302, 403, 405)
    assert b"told back" not in answer.content


INSIDE = (
    b"Traceback",
    b".py",
    b"django",
    b"psycopg",
    b"SELECT",
    b"site-packages",
    b"zirkonerz secret",
)


@pytest.mark.requirement(70)
@pytest.mark.parametrize(
    "path",
    ["/patients/", "/worklist/", "/reports/key-list/", "/api/v1/patients/", "/api/v1/screenings/", "/notes/"],
)  # fmt: skip
@pytest.mark.parametrize("fault", [ValueError, KeyError, RuntimeError, ZeroDivisionError])
def test_a_failure_tells_nothing_of_what_is_inside(
    world: World, monkeypatch: pytest.MonkeyPatch, path: str, fault: type[Exception]
) -> None:
    from trialscreen.institution import access

    def fail(_: object) -> None:
        raise fault("zirkonerz secret of psycopg in a.py")

    monkeypatch.setattr(access, "identify", fail)
    asker = world.askers["coordinator"]
    answer = asker.http.get(path)
    assert answer.status_code == 500
    assert not [one for one in INSIDE if one in answer.content]


@pytest.mark.requirement(68)
@pytest.mark.parametrize("name", ["sort", "order", "order_by", "ordering", "page", "tab", "status"])
@pytest.mark.parametrize(
    "value", ["password", "patient__site__code", "-pk;drop", "site_id", "?", "1_0", "１２"]
)
def test_lists_are_sorted_and_filtered_by_known_names_alone(
    world: World, name: str, value: str
) -> None:
    """Over the API an unknown name or value is refused; a page shows its list as if it had not been said."""
    asker = world.askers["coordinator"]
    for path in ("/api/v1/patients/", "/api/v1/screenings/", "/api/v1/reports/screening-log/"):
        assert asker.http.get(path, {name: value}).status_code == 400
    plain = asker.http.get("/patients/")
    shown = asker.http.get("/patients/", {name: value})
    assert shown.status_code == plain.status_code == 200
    assert shown.content.count(b"<tr") == plain.content.count(b"<tr")


@pytest.mark.requirement(69)
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", True), ("value", "1_000"), ("value", "１８０"), ("value", "NaN"), ("value", " 180"),
        ("value", [180]), ("collected", "2026-W01-1"), ("collected", "２０２６-01-01"),
        ("collected", 20260101), ("collected", "2026-1-1"),
        ("collected", True), ("code", 7773), ("code", None), ("unit", {"a": 1}), ("unit", True), ("answer", True),
    ],
)  # fmt: skip
def test_types_are_strict(world: World, field: str, value: Any) -> None:
    import json

    client, home = world.askers["client"], world.hospitals["avonlea"]
    sent = {"code": "777-3", "collected": "2026-11-20", "value": "180", "unit": "10*3/uL"}
    answer = client.http.post(
        f"/api/v1/patients/{home.one('patient')}/lab-results/",
        json.dumps(sent | {field: value}), content_type="application/json", headers=client.headers,
    )  # fmt: skip
    assert answer.status_code == 422, answer.content
    assert f'"/{field}"'.encode() in answer.content
