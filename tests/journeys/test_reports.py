"""Reports, the key list and the treatment calendar in a browser: every one at two widths, light and dark."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from eligibility.models import Registration
from tests.reports.counted import account, counted
from trialscreen.institution.models import Account, Role, Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[[Page], None]
PICTURES = os.environ.get("PICTURES")
"""A folder in which every page is kept as a picture, to look at."""


def sign_in(page: Page, person: Account) -> None:
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    page.context.add_cookies(
        [{"name": name, "value": value, "url": page.url.partition("/sign-in")[0]}]
    )


def look(page: Page, address: str, check: Check) -> None:
    """The page at both widths in both schemes: accessible, and no wider than its window."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 768):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            check(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{address} is {wide} wide at {width}"
            if PICTURES:
                name = address.strip("/").replace("/", "-").partition("?")[0]
                kept = Path(PICTURES) / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=kept, full_page=True)


@pytest.fixture
def sites() -> tuple[Site, Site]:
    return counted()


@pytest.mark.parametrize(
    "name", ["screening-log", "report-consort", "report-reasons", "report-accrual"]
)
def test_a_monitor_reads(
    browser_page: Page, sites: tuple[Site, Site], assert_accessible: Check, name: str
) -> None:
    browser_page.goto("/sign-in/")
    sign_in(browser_page, account("monitor", Role.MONITOR))
    look(browser_page, reverse(name), assert_accessible)


def test_the_log_is_filtered_and_left_in_the_address(
    browser_page: Page, sites: tuple[Site, Site]
) -> None:
    browser_page.goto("/sign-in/")
    sign_in(browser_page, account("monitor", Role.MONITOR))
    browser_page.goto("/")
    browser_page.goto(reverse("screening-log"))
    browser_page.get_by_label("State").select_option("Ineligible")
    browser_page.get_by_role("button", name="Filter").click()
    expect(browser_page.get_by_role("row")).to_have_count(4)
    assert "state=ineligible" in browser_page.url
    browser_page.get_by_role("link", name="Clear").click()
    expect(browser_page.get_by_role("row")).to_have_count(12)


def test_the_site_keeps_its_keys_and_plans_treatment(
    browser_page: Page, sites: tuple[Site, Site], assert_accessible: Check
) -> None:
    browser_page.goto("/sign-in/")
    sign_in(browser_page, Account.objects.get(username="anna.larose"))
    look(browser_page, reverse("key-list"), assert_accessible)
    with use_sites([sites[0].pk]):
        placed = Registration.objects.get(subject_number=1).screening_id
    address = reverse("treatment-calendar", args=[placed])
    look(browser_page, f"{address}?first=2026-10-05&cycles=2", assert_accessible)
    browser_page.get_by_label("Day 1").fill("soon")
    browser_page.get_by_role("button", name="Show").click()
    expect(browser_page.get_by_text("Write the day as 2026-11-25")).to_be_visible()
    expect(browser_page.get_by_label("Day 1")).to_have_value("soon")
    assert_accessible(browser_page)
