"""No requirement without a test or a reason, no test of a requirement that does not exist."""

from __future__ import annotations

import pytest

from tests.traceability import __main__, matrix


@pytest.mark.requirement(77)
def test_nothing_is_an_orphan() -> None:
    assert matrix.orphans() == []


@pytest.mark.requirement(77)
def test_an_orphan_on_either_side_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    claimed = matrix.claims()
    first = next(iter(claimed))
    monkeypatch.setattr(matrix, "claims", lambda: {first: frozenset({87})})
    monkeypatch.setattr(matrix, "still_open", lambda: {5: "second factors"})
    told = matrix.orphans()
    assert "requirement 87 does not exist" in told
    assert "requirement 27: no test shows it" in told
    assert not any(each.startswith("requirement 5:") for each in told)


@pytest.mark.requirement(77)
def test_every_requirement_stands_in_the_page() -> None:
    page = __main__.page()
    assert all(f"\n| {number} | " in page for number in range(1, 87))
