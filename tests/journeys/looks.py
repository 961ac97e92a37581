"""The four looks of a page: wide and narrow, light and dark; and what must be right in each of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, Literal, NamedTuple

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from trialscreen.institution.models import Account

RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Look(NamedTuple):
    width: int
    scheme: Literal["light", "dark"]


LOOKS: Final = (Look(1280, "light"), Look(1280, "dark"), Look(768, "dark"), Look(768, "light"))
CROSSWISE: Final = ((LOOKS[0], LOOKS[2]), (LOOKS[1], LOOKS[3]))
"""Both widths and both schemes in two looks, and the same the other way round."""
HEIGHT: Final = 900
HIGHEST: Final = 12_000
_ALARM: Final = """addEventListener('securitypolicyviolation', (event) =>
  console.error(`the policy forbids ${event.blockedURI} as ${event.violatedDirective}`))"""

_LEAVE_ONLY: Final = """(within) => {
  const part = document.querySelector(within);
  for (const one of document.querySelectorAll("main *"))
    if (!one.contains(part) && !part.contains(one)) one.remove();
}"""


def put_on(page: Page, look: Look) -> None:
    """Show the page, as it is now, in another look; nothing is loaded again."""
    page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": look.width, "height": HEIGHT})


def faults_in_each(page: Page, *, within: str = "", looks: Collection[Look] = LOOKS) -> list[str]:
    """In which looks the page is wider than its window, and what axe (WCAG 2.2 AA) finds in `looks` of them.

    `within` names the part of the page that axe looks at, for which the rest is taken off the page; none: all of it.
    """
    faults = [fault for look in LOOKS for fault in _too_wide(page, look)]
    if within:
        page.evaluate(_LEAVE_ONLY, within)
    for look in looks:
        put_on(page, look)
        _show_all_of(page, look)
        faults += [f"{look.width} {look.scheme}: {fault}" for fault in violations(page)]
    put_on(page, LOOKS[0])
    return faults


def _show_all_of(page: Page, look: Look) -> None:
    """Make the window as high as the page: a bar that stays at its edge covers half of a row, until one scrolls."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": look.width, "height": max(HEIGHT, min(height, HIGHEST))})


def _too_wide(page: Page, look: Look) -> list[str]:
    put_on(page, look)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{look.width} {look.scheme}: {wide} pixels wide"] if wide > look.width else []


def looks_right(page: Page) -> None:
    """Fails with every fault in every look."""
    faults = faults_in_each(page)
    assert not faults, "\n".join(faults)


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it is now. Only what is wrong crosses from the browser: that is quick."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "resultTypes": ["violations"],
    }
    found = page.evaluate("(options) => axe.run(options).then((told) => told.violations)", options)
    return [
        f"{fault['id']} ({fault['impact']}): {fault['help']} at "
        + ", ".join(str(node["target"]) for node in fault["nodes"][:5])
        for fault in found
    ]


def profile(browser: Browser, url: str, who: str) -> BrowserContext:
    """A browser profile in which somebody is signed in; "" is nobody."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": LOOKS[0].width, "height": HEIGHT},
        locale="en-CA",
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    context.add_init_script(_ALARM)
    if who:
        client = Client()
        client.force_login(Account.objects.get(username=who))
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    return context


def listen(page: Page, heard: list[str]) -> None:
    """Write down what goes wrong on the page from now on: errors of scripts and of the console, broken policy."""

    def note(message: Any) -> None:
        # That an answer is a refusal is reported by the browser as an error as well.
        if message.type == "error" and "Failed to load resource" not in message.text:
            heard.append(f"console: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: heard.append(f"script: {error}"))
