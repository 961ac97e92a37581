"""Where a page of a list begins, made up: what a cursor of the framework's own would put into a query is refused."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fuzz.asking import Outcome, ask
from tests.fuzz.cases import FIXED, ids_of
from tests.fuzz.conftest import Asked
from tests.fuzz.test_rest import described
from trialscreen.institution.sealed import sealed

pytestmark = [pytest.mark.django_db, pytest.mark.requirement(51, 67, 70)]
PLACES = (
    *("p=abc", "p=", "p=%00", "p=\0", "p=9" + "9" * 30, "p=1e5", "p=2026-13-45", "p=2026-01-01"),
    *("p=-infinity", "p=%ED%A0%80", "r=abc", "r=9", "o=-1", "o=999999999999", "o=5"),
)
"""As a cursor of the framework's says them."""
MADE_UP = (
    *(b64encode(place.encode()).decode() for place in PLACES),
    *("x", "\xe9", "\0", "\ufffd", "null", "[]", "0" * 5000),
)


def lists() -> Iterator[Any]:
    for operation in described():
        asked = operation.definition.raw.get("parameters", ())
        if operation.method.upper() == "GET" and any(one["name"] == "cursor" for one in asked):
            yield operation


def tries(operation: Any, asked: Asked, cursors: tuple[str, ...]) -> Iterator[Any]:
    names = operation.definition.raw.get("parameters", ())
    for cursor in cursors:
        yield operation.Case(
            path_parameters={
                one["name"]: (ids_of(one["name"], operation.path, asked.home) or ["0"])[0]
                for one in names
                if one["in"] == "path" and one["name"] not in FIXED
            },
            query={"cursor": cursor},
        )


@pytest.mark.parametrize("role", ["coordinator", "administrator", "client"])
def test_a_place_that_no_page_gave(asked: Asked, role: str) -> None:
    """Nor of another list, or of a search that somebody made for these words: though it is sealed by us."""
    others = tuple(sealed('[0, false, "1"]', within=within) for within in ("", "/api/v1/nowhere/"))
    seen = 0
    for operation in lists():
        outcome = Outcome()
        ask(tries(operation, asked, MADE_UP + others), asked.tokens[role], outcome)
        assert not outcome.faults, outcome.short()
        assert outcome.statuses.keys() <= {400, 403, 404}, (operation.label, outcome.statuses)
        seen += outcome.statuses[400] == len(MADE_UP + others)
    assert seen >= 5
