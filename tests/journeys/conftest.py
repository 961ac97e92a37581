"""A real browser before the real pages: headless Chromium, driven by Playwright, checked by axe."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.journeys.chromium import FLAGS, executable
from tests.journeys.looks import listen, violations

# Playwright runs an event loop in this thread; Django would refuse its database beside one.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
# Where there is no /tmp, Python finds another folder for passing files; the browser's driver would not.
os.environ.setdefault("TMPDIR", tempfile.gettempdir())

PATIENCE_MS = 10_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys on one worker, so that one browser serves them."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = executable()
    if path is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def browser_context(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    """A new, empty profile; addresses are relative to the running application."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1440, "height": 900}, locale="en-CA"
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def browser_page(browser_context: BrowserContext, live_server: Any) -> Iterator[Page]:
    """A page that fails its test when the console shows an error or it asks another host."""
    page = browser_context.new_page()
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # A refusal that the journey provokes is reported by the browser as an error as well.
        if message.type == "error" and "Failed to load resource" not in message.text:
            faults.append(f"console: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("request", lambda asked: _note_other_host(asked.url, live_server.url, faults))
    yield page
    assert not faults, "\n".join(faults)


def _note_other_host(address: str, own: str, faults: list[str]) -> None:
    if address.startswith(("http:", "https:", "ws:", "wss:")) and not address.startswith(own):
        faults.append(f"another host was asked: {address}")


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """Check the page as it is now against WCAG 2.2 AA with axe; the message lists each fault."""

    def check(page: Page) -> None:
        found = violations(page)
        assert not found, "\n".join(found)

    return check


@pytest.fixture
def somebody(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """An empty window in a browser profile of its own; the journey ends when its console shows an error."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def opened(*, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": 1280, "height": 900},
            locale="en-CA",
            java_script_enabled=script,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        listen(page, faults)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)
