"""Where the focus goes on a patient's page, so that who works by keyboard or by ear never begins again at the top."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from patients.models import Patient
from tests.journeys.test_snapshot_to_page import sign_in
from tests.pages.stored import coordinator, invented, make_site, today_at
from trialscreen.institution.models import Site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site() -> Site:
    site = make_site()
    coordinator(site)
    return site


@pytest.fixture
def patient(site: Site) -> Patient:
    return invented("platelets-too-old", site)


@pytest.fixture
def page(browser_page: Page, patient: Patient) -> Page:
    sign_in(browser_page)
    browser_page.set_viewport_size({"width": 1280, "height": 700})
    browser_page.goto(f"/patients/{patient.pk}/")
    return browser_page


def row(page: Page, criterion: str) -> Locator:
    return page.locator(f"#{criterion}")


def opened(page: Page, criterion: str) -> Locator:
    found = row(page, criterion)
    heading = found.locator("summary").first
    heading.focus()
    page.keyboard.press("Enter")
    expect(found.locator(".way").first).to_be_visible()
    return found


def in_sight(page: Page, one: Locator) -> None:
    """It lies within the window, and not beneath the status that stays on top."""
    shown = """(one) => {
      const box = one.getBoundingClientRect();
      const top = document.querySelector(".status-card").getBoundingClientRect();
      return box.top >= Math.max(0, top.bottom) - 1 && box.top < innerHeight;
    }"""
    page.wait_for_function(shown, arg=one.element_handle())


def test_after_a_fault_the_focus_is_at_the_summary_then_at_the_field(
    page: Page, site: Site
) -> None:
    platelets = opened(page, "platelets")
    platelets.get_by_label("Platelets: result").fill("many")
    platelets.get_by_role("button", name="Save", exact=True).focus()
    page.keyboard.press("Enter")
    summary = platelets.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Platelets").focus()
    page.keyboard.press("Enter")
    expect(platelets.get_by_label("Platelets: result")).to_be_focused()
    expect(platelets.get_by_label("Platelets: result")).to_have_value("many")


def test_after_saving_the_focus_is_at_the_row_that_was_saved(page: Page, site: Site) -> None:
    platelets = opened(page, "platelets")
    platelets.get_by_label("Platelets: result").fill("150")
    platelets.get_by_label("Collected on").fill(today_at(site).isoformat())
    page.keyboard.press("Enter")
    expect(platelets.locator(".saved")).to_contain_text("Now: Met")
    heading = platelets.locator("summary").first
    expect(heading).to_be_focused()
    in_sight(page, heading)


def test_escape_closes_the_form_and_then_the_row(page: Page) -> None:
    platelets = opened(page, "platelets")
    form = platelets.locator(".way").first
    platelets.get_by_label("Platelets: result").focus()
    page.keyboard.press("Escape")
    expect(form.locator(":scope > summary")).to_be_focused()
    expect(form).not_to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(platelets.locator("summary").first).to_be_focused()
    expect(platelets.locator(":scope > details")).not_to_have_attribute("open", "")


def test_what_was_typed_is_kept_when_a_form_is_closed_and_opened(page: Page) -> None:
    platelets = opened(page, "platelets")
    platelets.get_by_label("Platelets: result").fill("15")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(platelets.get_by_label("Platelets: result")).to_have_value("15")


def test_a_link_to_a_criterion_leads_to_its_row_in_sight(page: Page) -> None:
    page.locator(".missing").get_by_role("link", name="Platelets").focus()
    page.keyboard.press("Enter")
    heading = row(page, "platelets").locator("summary").first
    expect(heading).to_be_focused()
    in_sight(page, heading)
    page.locator('.strip a[href="#no-systemic-corticosteroids"]').focus()
    page.keyboard.press("Enter")
    last = row(page, "no-systemic-corticosteroids").locator("summary").first
    expect(last).to_be_focused()
    in_sight(page, last)


def test_stepping_through_the_rows_never_hides_one_beneath_the_status(page: Page) -> None:
    page.locator("#main").focus()
    for key, times in (("j", 39), ("k", 30)):
        for _ in range(times):
            page.keyboard.press(key)
        focused = page.locator(":focus")
        in_sight(page, focused)
