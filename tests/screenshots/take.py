"""Takes the pictures, at two widths and in light and dark, of pages that a browser has really loaded.

Run by ``make screenshots``; not a test of `make test`, which has journeys of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.conftest import browser  # noqa: F401 - the fixture
from tests.screenshots.scenes import PASSWORD, Scene, made

WHERE = Path(os.environ.get("SCREENSHOTS", ".run/screenshots"))
WIDTHS = (1280, 768)
SCHEMES = ("light", "dark")
COORDINATOR, INVESTIGATOR = "coordinator.edmonton", "investigator.edmonton"
MONITOR, ADMINISTRATOR = "monitor", "administrator"

pytestmark = pytest.mark.django_db(transaction=True)


class Shot(NamedTuple):
    """One page in one state: who looks, at which address, and what is done there first."""

    name: str
    who: str
    path: Callable[[dict[str, Scene]], str]
    first: Callable[[Page], Any] = lambda page: None


def candidate(scene: str) -> Callable[[dict[str, Scene]], str]:
    return lambda scenes: f"/patients/{scenes[scene].patient}/"


def at(path: str, scene: str = "") -> Callable[[dict[str, Scene]], str]:
    """An address; ``{screening}`` and ``{patient}`` in it are those of the scene."""
    return lambda scenes: path.format(**scenes[scene]._asdict()) if scene else path


def opened(text: str) -> Callable[[Page], Any]:
    return lambda page: page.get_by_text(text, exact=True).first.click()


SHOTS = (
    Shot("sign-in", "", at("/sign-in/")),
    Shot("evaluate", "", at("/trials/NCT00514085/evaluate/")),
    Shot("trial", "", at("/trials/NCT00514085/")),
    Shot("worklist", COORDINATOR, at("/worklist/")),
    Shot("patients", COORDINATOR, at("/patients/")),
    *(
        Shot(f"candidate-{scene}", COORDINATOR, candidate(scene))
        for scene in (
            "candidate",
            "in-screening",
            "confirmed",
            "voided",
            "registered",
            "closed",
            "not-yet",
            "missing",
            "fails",
        )
    ),
    *(
        Shot(f"act-{act}", who, at(f"/screenings/{{screening}}/{act}/", scene))
        for act, scene, who in (
            ("start", "candidate", COORDINATOR),
            ("confirm", "in-screening", COORDINATOR),
            ("sign", "confirmed", INVESTIGATOR),
            ("decline", "confirmed", INVESTIGATOR),
            ("register", "signed", COORDINATOR),
            ("close", "missing", COORDINATOR),
            ("rescreen", "closed", COORDINATOR),
        )
    ),
    Shot("entry-missing", COORDINATOR, at("/patients/{patient}/criteria/platelets/", "missing")),
    Shot(
        "entry-answer",
        COORDINATOR,
        at("/patients/{patient}/criteria/no-active-infection/", "missing"),
    ),
    Shot("my-notes", COORDINATOR, at("/notes/")),
    Shot("delegation", INVESTIGATOR, at("/sites/edmonton/delegation/")),
    Shot("opening", ADMINISTRATOR, at("/trials/NCT00514085/opening/")),
    Shot("reports", COORDINATOR, at("/reports/")),
    Shot("screening-log", MONITOR, at("/reports/screening-log/")),
    Shot("consort", COORDINATOR, at("/reports/consort/")),
    Shot("reasons", COORDINATOR, at("/reports/reasons/")),
    Shot("accrual", COORDINATOR, at("/reports/accrual/")),
    Shot("key-list", COORDINATOR, at("/reports/key-list/")),
    Shot("calendar", COORDINATOR, at("/screenings/{screening}/calendar/", "registered")),
    Shot("candidate-to-sign", INVESTIGATOR, candidate("confirmed")),
    Shot("candidate-signed", INVESTIGATOR, candidate("signed")),
)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_take(browser: Browser, live_server: Any, width: int, scheme: str) -> None:  # noqa: F811
    scenes = made()
    WHERE.mkdir(parents=True, exist_ok=True)
    contexts: dict[str, BrowserContext] = {}
    amiss: list[str] = []
    for shot in SHOTS:
        if shot.who not in contexts:
            contexts[shot.who] = _context(browser, live_server.url, width, scheme, shot.who)
        page = contexts[shot.who].new_page()
        answer = page.goto(shot.path(scenes))
        assert answer is not None
        if answer.status >= 400:
            amiss.append(f"{shot.name}: {answer.status}")
        shot.first(page)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=WHERE / f"{shot.name}-{width}-{scheme}.png", full_page=True)
        page.close()
    for context in contexts.values():
        context.close()
    assert amiss == []


def _context(browser: Browser, url: str, width: int, scheme: str, who: str) -> BrowserContext:  # noqa: F811
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="en-CA",
    )
    context.set_default_timeout(20_000)
    if who:
        page = context.new_page()
        page.goto("/sign-in/")
        page.get_by_label("Username").fill(who)
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda there: "/sign-in/" not in there)
        page.close()
    return context
