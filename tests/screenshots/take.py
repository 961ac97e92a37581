"""Takes the pictures of `shots.SHOTS`: every page is loaded once and taken wide and narrow, light and dark.

Run by ``make screenshots``; not a test of `make test`, which looks at the same pages in
`tests/journeys/test_every_page.py`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FloatRect, Page

from tests.journeys.conftest import browser  # noqa: F401 - the fixture
from tests.journeys.looks import LOOKS, Look, profile, put_on
from tests.screenshots.png import smaller
from tests.screenshots.published import IMAGES, PUBLISHED, Published
from tests.screenshots.scenes import made
from tests.screenshots.shot import Shot
from tests.screenshots.shots import SHOTS

WHERE = Path(os.environ.get("SCREENSHOTS", ".run/screenshots"))
PUBLISH = bool(os.environ.get("PUBLISH"))
ONLY = frozenset(os.environ.get("ONLY", "").split(",")) - {""}
"""Names of rows of the table, with commas between; none: all."""
LARGEST = 150_000
"""Bytes of a picture in the docs."""
_PLACE = """(one) => {
  const {left, top, width} = one.getBoundingClientRect();
  return [Math.floor(left + scrollX), Math.floor(top + scrollY), Math.ceil(width)];
}"""

pytestmark = pytest.mark.django_db(transaction=True)


def test_take(browser: Browser, live_server: Any) -> None:  # noqa: F811
    scenes = made()
    WHERE.mkdir(parents=True, exist_ok=True)
    contexts: dict[str, BrowserContext] = {}
    for shot in SHOTS:
        if ONLY and shot.name not in ONLY:
            continue
        if shot.who not in contexts:
            contexts[shot.who] = profile(browser, live_server.url, shot.who)
        page = contexts[shot.who].new_page()
        page.goto(shot.address(scenes))
        shot.before(scenes)(page)
        _take(page, shot)
        page.close()
    for context in contexts.values():
        context.close()


def _take(page: Page, shot: Shot) -> None:
    for look in LOOKS:
        put_on(page, look)
        name = f"{shot.name}-{look.width}-{look.scheme}.png"
        page.screenshot(path=WHERE / name, full_page=True)
        for wanted in PUBLISHED if PUBLISH else ():
            if (wanted.shot, wanted.width, wanted.scheme) == (shot.name, *look):
                _publish(page, wanted, look)


def _publish(page: Page, wanted: Published, look: Look) -> None:
    """As much of the page as the docs show."""
    long = page.evaluate("document.documentElement.scrollHeight")
    left, top, width = 0, 0, look.width
    if wanted.top:
        left, top, width = page.locator(wanted.top).first.evaluate(_PLACE)
    height = min(wanted.height, long - top)
    clip: FloatRect = {"x": left, "y": top, "width": width, "height": height}
    picture = smaller(page.screenshot(full_page=True, clip=clip))
    assert len(picture) <= LARGEST, f"{wanted.file} has {len(picture)} bytes"
    Path(IMAGES, wanted.file).write_bytes(picture)
