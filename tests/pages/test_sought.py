"""What a screening is found by, and how what is typed is read."""

from __future__ import annotations

from datetime import date

import pytest

from eligibility.sought import LONGEST, parts_of, sought_by

DAY = date(1984, 5, 17)


def text(**said: object) -> str:
    usual = {"given": "Amélie", "family": "Lévesque", "birth": (DAY, DAY), "identifiers": ["MRN-1"]}
    return sought_by(**usual | said)  # type: ignore[arg-type]


def found(typed: str, **said: object) -> bool:
    written = text(**said)
    return any(all(part in written for part in parts) for parts in parts_of(typed))


def test_what_is_kept() -> None:
    assert text() == "|al|amelie levesque|1984-05-17|mrn-1|"
    assert text(given="", family="", birth=(None, None), identifiers=[]) == "|||"


@pytest.mark.parametrize(
    "typed",
    ["levesque", "LÉVESQUE amé", "al", "A.L.", "MRN-1", "mrn", "1984-05-17", "17 May 1984"],
)
def test_found(typed: str) -> None:
    assert found(typed)


@pytest.mark.parametrize("typed", ["gagnon", "xl", "1984-05-18", "mrn-2", "%", "_"])
def test_not_found(typed: str) -> None:
    assert not found(typed)


@pytest.mark.parametrize(
    ("last", "typed", "is_found"),
    [
        (date(1984, 5, 31), "1984-05-20", True),
        (date(1984, 5, 31), "1984-06-20", False),
        (date(1984, 12, 31), "1984-06-20", True),
        (date(1985, 12, 31), "1984-06-20", False),
    ],
)
def test_an_inexact_birth_is_found_by_any_of_its_days(
    last: date, typed: str, is_found: bool
) -> None:
    first = date(1984, 1, 1) if last.month == 12 else date(1984, 5, 1)
    assert found(typed, birth=(first, last)) is is_found


def test_nothing_typed_asks_for_nothing() -> None:
    assert parts_of("") == parts_of(" \x00 | ") == ()


def test_it_stays_short() -> None:
    assert len(text(identifiers=["9" * 300] * 10)) == LONGEST
