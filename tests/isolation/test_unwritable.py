"""Over the interface a field that nobody may set is refused, or what is kept is the same without it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache

from tests.isolation.hospitals import Asker, World
from tests.isolation.probes import own, own_body, unchanged
from tests.isolation.routes import Route, body_of, document, operation, routes
from tests.isolation.unwritable import fields, marks, rows, something_written, undone, written

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.requirement(19),
    pytest.mark.xdist_group("isolation"),
]
WHO = ("coordinator", "client", "administrator")


def writes() -> list[tuple[Route, str]]:
    """Every write of the OpenAPI document."""
    return [
        (route, verb)
        for route in routes()
        for verb in ("POST", "PATCH", "PUT")
        if body_of(route, verb) is not None
    ]


def said_by(route: Route, verb: str) -> set[str]:
    """Names that the document has for the body: to send these is no more than what is asked for."""
    schema = operation(route, verb)["requestBody"]["content"]["application/json"]["schema"]
    whole = _resolved(schema)
    parts = [whole, *(_resolved(one) for many in _MANY for one in whole.get(many, ()))]
    return {name for one in parts for name in one.get("properties", ())}


_MANY = ("oneOf", "anyOf", "allOf")


def _resolved(schema: Any) -> Any:
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def test_no_write_of_the_interface_takes_a_field_that_nobody_may_set(world: World) -> None:
    sites = [one.site.pk for one in world.hospitals.values()]
    elsewhere = world.hospitals["brandon"]
    asked = fields(site=elsewhere.site, account=elsewhere.team.investigator)
    before, wrong = rows(sites), []
    tried = taken = reached = 0

    def send(route: Route, verb: str, asker: Asker, body: dict[str, Any]) -> tuple[int, Any]:
        headers = asker.headers | dict(unchanged(route, world.at_home(asker)))
        cache.clear()
        with undone():
            answer = getattr(asker.http, verb.lower())(
                own(world, route, asker).path,
                json.dumps(body),
                content_type="application/json",
                headers=headers,
            )
            after = rows(sites) if something_written() else before
        return answer.status_code, written(before, after, marks(asked))

    for route, verb in writes():
        for asker in (world.askers[name] for name in WHO):
            plain = own_body(route, verb, world.at_home(asker))
            status, kept = send(route, verb, asker, plain)
            if status not in (403, 404, 405):
                break
        else:
            continue  # nobody of them may, or there is none of these here
        reached += 1
        for field in sorted(asked.keys() - said_by(route, verb)):
            tried += 1
            there, then = send(route, verb, asker, plain | {field: asked[field]})
            taken += there < 400
            if there >= 500 or (then if there >= 400 else (there, then) != (status, kept)):
                wrong.append(f"{asker.name}: {verb} {route.pattern} with {field}: {there}, {then}")
    assert wrong == [], "\n".join(wrong[:20])
    assert (reached > 30, tried > 600) == (True, True), (reached, tried, taken)
