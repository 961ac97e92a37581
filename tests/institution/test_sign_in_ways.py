"""Every way in is known and written down, and there is no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
DECISION = ROOT / "docs" / "decisions" / "sign-in.md"
OPEN = ("/sign-in/", "/o/", "/invitation/")


def addresses(of: URLResolver, before: str = "/") -> Iterator[tuple[str, object]]:
    for one in of.url_patterns:
        route = before + str(one.pattern).lstrip("^").rstrip("$")
        if isinstance(one, URLResolver):
            yield from addresses(one, route)
        elif isinstance(one, URLPattern):
            yield re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]*>", "…", route), one.callback


def documented() -> set[str]:
    section = DECISION.read_text().split("**Ways in.**")[1].split("**Counting**")[0]
    return set(re.findall(r"`(/[^`]*)`", "\n".join(re.findall(r"^\| (`/.*?) \|", section, re.M))))


@pytest.mark.requirement(6)
def test_the_ways_in_are_those_written_down() -> None:
    found = {route for route, _ in addresses(get_resolver()) if route.startswith(OPEN)}
    assert found == documented()


@pytest.mark.requirement(6)
def test_nothing_else_makes_somebody_known() -> None:
    """No other view is of a package that signs in, and nothing of ours calls Django's own function for it."""
    packages = ("allauth.", "django.contrib.auth.", "django.contrib.admin.", "oauth2_provider.")
    known = {
        route
        for route, view in addresses(get_resolver())
        if getattr(getattr(view, "view_class", view), "__module__", "").startswith(packages)
    }
    assert {one for one in known if not one.startswith((*OPEN, "/account/"))} == {"/sign-out/"}
    calls = re.compile(r"\b(auth\.login|django_login|perform_login|force_login)\(|import login\b")
    sources = (
        path
        for package in ("trialscreen", "eligibility", "patients")
        for path in (ROOT / package).rglob("*.py")
    )
    assert [path.name for path in sources if calls.search(path.read_text())] == []
