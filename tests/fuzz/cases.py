"""Requests that the OpenAPI document allows, and such as it does not, with ids that there are put in their places."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.isolation.hospitals import Hospital
from tests.isolation.routes import SAID
from tests.workflow.staffed import PROTOCOL

FIXED: Mapping[str, str] = {
    "nct_id": PROTOCOL.trial,
    "part": "A",
    "version": PROTOCOL.version,
    "earlier": PROTOCOL.version,
}
"""Parameters of paths that are no ids."""
SETTLED = 0.8
"""The share of requests whose ids are those of something that there is; the others keep what was made up."""


_AS_IT_IS = (
    "application/hl7-v2",
    "text/plain",
    "x-application/hl7-v2+er7",
    "text/csv",
    "application/fhir+ndjson",
    "application/gzip",
)
"""Media types of messages and files: what is made up for them goes as it is."""


@schemathesis.serializer(*_AS_IT_IS)
def _as_it_is(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


def operations(document: Mapping[str, Any]) -> list[Any]:
    """Every operation of the document, in its order; raises where it cannot be understood."""
    schema = schemathesis.openapi.from_dict(copy.deepcopy(dict(document)))
    found = []
    for one in schema.get_all_operations():
        assert isinstance(one, Ok), one.err()
        found.append(one.ok())
    return found


def cases(operation: Any, home: Hospital, *, number: int, of: int) -> Iterator[Any]:
    """`number` requests of one operation; `of` is the seed. Half are made up at random, valid and not.

    First come the corners of the description, each bound and each type in turn, in an order by the seed.
    """
    chance = random.Random(f"{of} {operation.label}")
    corners = list(
        operation.schema.iter_coverage_cases(
            operation,
            generation_modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE],
            generation_config=operation.schema.config.generation_for(operation=operation),
        )
    )
    chance.shuffle(corners)
    made = [*_drawn(operation, GenerationMode.POSITIVE, number // 3, of)]
    made += _drawn(operation, GenerationMode.NEGATIVE, number // 6, of)
    yield from (_settled(case, home, chance, always=True) for case in _shown(operation))
    for case in [*corners[: max(0, number - len(made))], *made]:
        yield _settled(case, home, chance)


def _shown(operation: Any) -> Iterator[Any]:
    """The bodies that the document shows; or one request with none, where it takes none."""
    told = operation.definition.raw
    names = [one["name"] for one in told.get("parameters", ()) if one["in"] == "path"]
    needs = {"If-Match": "*"} if "If-Match" in json.dumps(told.get("parameters", ())) else {}
    sent = [
        {"body": example["value"], "media_type": kind}
        for kind, content in told.get("requestBody", {}).get("content", {}).items()
        for example in content.get("examples", {}).values()
    ]
    for one in sent or [{}]:
        yield operation.Case(
            path_parameters=dict.fromkeys(names, "0"),
            headers=dict(needs),
            **copy.deepcopy(one),
        )


def _drawn(operation: Any, mode: Any, number: int, of: int) -> list[Any]:
    """So many cases by hypothesis; fewer where the operation takes nothing that can be made up."""
    if not number:
        return []
    found: list[Any] = []

    @seed(of)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def draw(case: Any) -> None:
        found.append(case)

    with suppress(Unsatisfiable):  # it takes nothing that could be wrong
        draw()
    return found[:number]


def _settled(case: Any, home: Hospital, chance: random.Random, *, always: bool = False) -> Any:
    """Mostly with what there is at the asker's site, so that it comes as far as the act itself."""
    case.body = copy.deepcopy(case.body)  # it may be an example of the document itself
    if not always and chance.random() > SETTLED:
        return case
    values = dict(case.path_parameters or {})
    for name in values:
        held = ids_of(name, case.operation.path, home)
        if held:
            values[name] = chance.choice(held)
    if values:
        case.path_parameters = values
    headers = case.headers
    if headers is not None and "If-Match" in headers and chance.random() < SETTLED:
        known = [home.versions[one] for one in values.values() if one in home.versions]
        headers["If-Match"] = f'"{known[0]}"' if known else "*"
    _settle_body(case.body, home, chance)
    return case


def ids_of(name: str, path: str, home: Hospital) -> list[str]:
    if name in FIXED:
        return [FIXED[name]]
    if name == "fact":
        found = re.search(r"\{patient\}/([a-z-]+)/", path)
        return home.ids.get(f"fact {found[1] if found else ''}", [])
    return home.ids.get(name, [])


def _settle_body(body: Any, home: Hospital, chance: random.Random) -> None:
    """Some fields of a body say what they may say: at random nobody writes a unit or the name of a trial."""
    if not isinstance(body, dict):
        return
    known = {
        **SAID,
        "site": home.one("code"),
        "code": "777-3" if "system" in body else home.one("code"),
        "username": home.one("username"),
        "patient": home.one("patient"),
        "merged": home.one("patient", 1),
    }
    for name in body.keys() & known.keys():
        if chance.random() < 0.6:
            body[name] = known[name]
