"""A hospital system sends a record; the coordinator finds it on the list and opens it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from eligibility import demonstration
from eligibility.tasks import assess_overtaken
from tests.pages.stored import (
    PASSWORD,
    assessed,
    bare,
    coordinator,
    invented,
    make_site,
    received,
    today_at,
)
from trialscreen.institution.models import Site

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[[Page], None]


@pytest.fixture
def site() -> Site:
    site = make_site()
    coordinator(site)
    return site


def sign_in(page: Page) -> None:
    page.goto("/sign-in/?next=/patients/")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/patients/")


def sent(key: str, site: Site) -> None:
    received(demonstration.to_json(demonstration.bundle(key, on=today_at(site))), site)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_received_is_assessed_and_found_on_the_list(
    browser_page: Page, assert_accessible: Check, site: Site, scheme: str
) -> None:
    page = browser_page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    sign_in(page)
    expect(page.get_by_role("heading", name="No patient yet")).to_be_visible()
    assert_accessible(page)

    sent("neutropenia", site)
    page.reload()
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Not assessed yet")
    assert_accessible(page)

    assess_overtaken()
    page.reload()
    expect(row).to_contain_text("Ineligible")
    expect(row).to_contain_text("Granulocytes")
    assert_accessible(page)

    page.keyboard.press("j")
    expect(row.locator("[data-row]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#result-heading")).to_contain_text("Ineligible")
    expect(page.locator(".criterion")).to_have_count(40)
    assert_accessible(page)
    page.get_by_text("Facts behind the verdicts").click()
    page.get_by_role("link", name="what arrived").click()
    expect(page.locator("#arrived")).to_contain_text("feed")
    assert_accessible(page)


def test_searching_and_filtering_happen_in_place(
    browser_page: Page, assert_accessible: Check, site: Site
) -> None:
    assessed(bare("1", given="Amélie", family="Gagnon"), site)
    assessed(bare("2", given="Bohdan", family="Kowalchuk"), site)
    invented("meets-everything", site)
    page = browser_page
    sign_in(page)
    expect(page.locator("tbody tr")).to_have_count(3)
    page.keyboard.press("/")
    page.keyboard.type("kowal")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("#find")).to_be_focused()
    expect(page.locator("#found")).to_have_text("1 patient")
    page.wait_for_url("**/patients/?find=*")
    assert "kowal" not in page.url
    page.locator("#tab-eligible").click()
    expect(page.get_by_role("heading", name="Nobody matches")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Clear search and filter").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("#find")).to_have_value("")
    page.evaluate("window.stayed = true")
    page.locator("#tab-eligible").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert page.evaluate("window.stayed")
    expect(page.locator("#tab-eligible")).to_be_focused()
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.get_by_role("heading", level=1)).to_have_text("Patients")


@pytest.mark.parametrize("width", [768, 1280])
def test_neither_page_scrolls_sideways(browser_page: Page, site: Site, width: int) -> None:
    page = browser_page
    page.set_viewport_size({"width": width, "height": 900})
    patients = [invented(key, site) for key in ("meets-everything", "almost-empty")]
    sign_in(page)
    for address in ("/patients/", *(f"/patients/{patient.pk}/" for patient in patients)):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_list_works_without_script(
    browser_context: BrowserContext, live_server: object, site: Site
) -> None:
    assessed(bare("1", given="Amélie", family="Gagnon"), site)
    assessed(bare("2", given="Bohdan", family="Kowalchuk"), site)
    browser = browser_context.browser
    assert browser is not None
    context = browser.new_context(base_url=str(live_server), java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.locator("#find").fill("gagnon")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("#tab-undetermined").click()
    page.get_by_role("link", name="A.G.").click()
    expect(page.locator("#result-heading")).to_contain_text("Undetermined")
    context.close()
