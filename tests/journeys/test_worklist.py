"""A morning at the worklist: by keyboard, with a colleague at work elsewhere, and without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from eligibility.models import Screening, State
from tests.pages.stored import PASSWORD, assessed, bare, coordinator, invented, make_site
from tests.pages.test_worklist import opened
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[[Page], None]
PATIENCE = 15_000
"""The list asks every few seconds whether anything has changed."""


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture
def anna(site: Site) -> Account:
    return coordinator(site)


def candidates(site: Site, by: Account, count: int) -> list[Screening]:
    """Candidates of whom hardly anything is known."""
    held = []
    for number in range(count):
        patient = assessed(bare(str(number), given="Ada", family=f"Same {number:02}"), site)
        with use_sites([site.pk]):
            held.append(opened(patient, site, by))
    return held


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/worklist/")


def test_who_signs_in_is_at_the_worklist_and_goes_on_by_keyboard_alone(
    browser_page: Page, assert_accessible: Check, site: Site, anna: Account
) -> None:
    invented("meets-everything", site)
    candidates(site, anna, 3)
    page = browser_page
    sign_in(page)
    expect(page.locator("tbody tr")).to_have_count(4)
    assert_accessible(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tbody tr").nth(1).locator("[data-row]")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("tbody tr").nth(0).locator("[data-row]")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("EDM-0003")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.wait_for_url("**/worklist/?tab=open&find=*")
    assert "EDM-0003" not in page.url
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/patients/")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url("**/worklist/")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Keys")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/patients/[0-9a-f-]{36}/"))


def test_single_keys_can_be_turned_off(browser_page: Page, site: Site, anna: Account) -> None:
    candidates(site, anna, 1)
    page = browser_page
    sign_in(page)
    page.keyboard.press("?")
    page.get_by_label(re.compile("Turn single keys off")).check()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page.locator("[data-row]")).not_to_be_focused()
    assert page.url.endswith("/worklist/")


def test_several_are_given_to_somebody_and_taken_back(
    browser_page: Page, assert_accessible: Check, site: Site, anna: Account
) -> None:
    bob = coordinator(site, "bob")
    Account.objects.filter(pk=bob.pk).update(name="Bob Rivest")
    candidates(site, anna, 3)
    page = browser_page
    sign_in(page)
    page.get_by_label("Choose EDM-0001").check()
    page.get_by_label("Choose EDM-0002").check()
    expect(page.get_by_text("2 chosen:")).to_be_visible()
    page.get_by_label("give to").select_option(label="Bob Rivest")
    page.get_by_role("button", name="Give").click()
    expect(page.get_by_text("2 screenings given to Bob Rivest.")).to_be_visible()
    expect(page.locator("tbody tr", has_text="Bob Rivest")).to_have_count(2)
    assert_accessible(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 2 screenings")).to_be_visible()
    expect(page.locator("tbody tr", has_text="Bob Rivest")).to_have_count(0)
    page.get_by_label("Choose all on this page").check()
    expect(page.get_by_text("3 chosen:")).to_be_visible()


def test_what_changes_elsewhere_changes_here_and_nobody_loses_their_place(
    browser_page: Page, site: Site, anna: Account
) -> None:
    held = candidates(site, anna, 3)
    page = browser_page
    sign_in(page)
    page.get_by_label("Choose EDM-0003").check()
    row = page.locator(f"#row-{held[1].pk}")
    row.focus()
    with use_sites([site.pk]):
        Screening.objects.filter(pk=held[2].pk).update(state=State.IN_SCREENING, version=2)
    expect(page.locator("tbody tr", has_text="EDM-0003")).to_contain_text(
        "In screening", timeout=PATIENCE
    )
    expect(row).to_be_focused()
    expect(page.get_by_label("Choose EDM-0003")).to_be_checked()
    expect(page.get_by_text("1 chosen:")).to_be_visible()
    assert page.url.endswith("/worklist/")

    with use_sites([site.pk]):
        Screening.objects.filter(pk=held[1].pk).update(state=State.LOST, version=2)
    expect(page.locator("tbody tr")).to_have_count(2, timeout=PATIENCE)
    expect(page.locator(f"#row-{held[2].pk}")).to_be_focused()
    expect(page.locator("#tab-closed")).to_contain_text("1")


def test_starting_from_the_row(
    browser_page: Page, assert_accessible: Check, site: Site, anna: Account
) -> None:
    invented("meets-everything", site)
    page = browser_page
    sign_in(page)
    page.get_by_role("button", name="Start EDM-0001").click()
    page.wait_for_url(re.compile(r"/patients/[0-9a-f-]{36}/"))
    expect(page.locator("#screening")).to_contain_text("In screening")
    page.goto("/worklist/?tab=to-sign")
    expect(page.get_by_role("heading", name="Nothing waits for a signature")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("main").get_by_role("link", name="Ready to confirm", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_it_works_without_script(
    browser_context: BrowserContext, live_server: object, site: Site, anna: Account
) -> None:
    candidates(site, anna, 2)
    browser = browser_context.browser
    assert browser is not None
    context = browser.new_context(base_url=str(live_server), java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.locator("#find").fill("EDM-0002")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_label("Choose EDM-0002").check()
    page.get_by_role("button", name="Give").click()
    expect(page.get_by_text("1 screening given to Anna Larose.")).to_be_visible()
    page.wait_for_url("**/worklist/?tab=open&find=*")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone:")).to_be_visible()
    page.get_by_label("Whose").select_option(label="Mine")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="Nobody matches")).to_be_visible()
    page.get_by_role("link", name="Clear search and filter").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [768, 1280])
def test_it_fits_and_is_legible(
    browser_page: Page,
    assert_accessible: Check,
    site: Site,
    anna: Account,
    width: int,
    scheme: str,
    tmp_path: Path,
) -> None:
    for key in ("meets-everything", "almost-empty", "nobody-confirmed"):
        invented(key, site)
    candidates(site, anna, 2)
    page = browser_page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page)
    page.get_by_label("Choose EDM-0001").check()
    for address in ("/worklist/", "/worklist/?tab=registered", "/patients/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_accessible(page)
        page.screenshot(path=tmp_path / "page.png", full_page=True)
