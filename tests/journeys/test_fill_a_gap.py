"""The coordinator fills a gap in its row, and everything on the page follows without being loaded again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from patients.models import Patient
from tests.journeys.test_snapshot_to_page import sign_in
from tests.pages.stored import coordinator, invented, make_site, today_at
from trialscreen.institution.models import Site

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[[Page], None]


@pytest.fixture
def site() -> Site:
    site = make_site()
    coordinator(site)
    return site


@pytest.fixture
def patient(site: Site) -> Patient:
    """Who meets everything, but for a platelet count that is too old."""
    return invented("platelets-too-old", site)


def row(page: Page, criterion: str) -> Locator:
    return page.locator(f"#{criterion}")


def opened(page: Page, criterion: str) -> Locator:
    """The row, with the forms that it offers."""
    found = row(page, criterion)
    found.locator("summary").first.click()
    expect(found.locator(".way").first).to_be_visible()
    return found


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 768)])
def test_a_missing_count_is_entered_in_its_row(
    browser_page: Page,
    assert_accessible: Check,
    site: Site,
    patient: Patient,
    scheme: str,
    width: int,
) -> None:
    page = browser_page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page)
    page.goto(f"/patients/{patient.pk}/")
    page.evaluate("window.stayed = true")
    expect(page.locator("#result-heading")).to_contain_text("Undetermined")
    page.locator(".missing").get_by_role("link", name="Platelets").click()
    platelets = row(page, "platelets")
    expect(platelets.locator("summary").first).to_be_focused()
    expect(platelets.get_by_text("Enter laboratory results")).to_be_visible()
    assert_accessible(page)

    platelets.get_by_label("Platelets: result").fill("1,50")
    platelets.get_by_role("button", name="Save", exact=True).click()
    summary = platelets.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Nothing was saved yet")
    expect(platelets.get_by_label("Platelets: result")).to_have_value("1,50")
    assert_accessible(page)
    summary.get_by_role("link", name="Platelets").click()
    expect(platelets.get_by_label("Platelets: result")).to_be_focused()

    platelets.get_by_label("Platelets: result").fill("150")
    platelets.get_by_label("Collected on").fill(today_at(site).isoformat())
    platelets.get_by_role("button", name="Save", exact=True).click()
    expect(platelets.locator(".saved")).to_contain_text("Now: Met")
    expect(platelets.locator("summary").first).to_be_focused()
    expect(platelets).to_contain_text("150")
    expect(page.locator("#result-heading")).to_contain_text("Eligible")
    expect(page.locator('.strip a[href="#platelets"]')).to_have_attribute(
        "title", "Platelets ≥ 100,000/mm³: Met"
    )
    expect(page.locator(".missing")).to_contain_text("Nothing")
    expect(page.locator("label[for=show-unknown] span")).to_have_text("0")
    assert page.evaluate("window.stayed")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(page)


def test_an_absence_is_confirmed_after_looking(
    browser_page: Page, assert_accessible: Check, site: Site
) -> None:
    patient = invented("local-codes", site)
    page = browser_page
    sign_in(page)
    page.goto(f"/patients/{patient.pk}/")
    brain = opened(page, "no-brain-metastases")
    brain.get_by_text("this holds: No brain metastasis is known").click()
    brain.get_by_label("Source document").fill("MRI report 77")
    brain.get_by_label("Date of the source").fill(today_at(site).isoformat())
    brain.get_by_role("button", name="Save the answer").click()
    expect(brain.locator(".error-summary")).to_contain_text("Look at the listed records first")
    brain.get_by_label("I have looked at the records").check()
    brain.get_by_role("button", name="Save the answer").click()
    expect(brain.locator(".saved")).to_contain_text("Absent, as stated")
    assert_accessible(page)


def test_what_is_typed_in_another_row_is_kept(
    browser_page: Page, site: Site, patient: Patient
) -> None:
    page = browser_page
    sign_in(page)
    page.goto(f"/patients/{patient.pk}/")
    other = opened(page, "measurable-disease")
    other.get_by_text("Enter the size of a lesion").click()
    other.get_by_label("Name of a new lesion").fill("liver 1")
    nonbulky = opened(page, "nonbulky-disease")
    nonbulky.get_by_text("Enter the size of a lesion").click()
    nonbulky.get_by_label("Name of a new lesion").fill("liver 2")
    measured = nonbulky.locator(".way", has_text="Enter the size of a lesion")
    measured.get_by_label("Longest diameter").fill("61")
    measured.get_by_label("Measured by").select_option("ct-spiral")
    measured.get_by_label("Measured on").fill(today_at(site).isoformat())
    measured.get_by_role("button", name="Save", exact=True).click()
    expect(nonbulky.locator(".saved")).to_contain_text("Not met")
    expect(other.get_by_label("Name of a new lesion")).to_have_value("liver 1")
    expect(page.locator("#result-heading")).to_contain_text("Ineligible")


def test_a_gap_is_filled_without_script(
    browser_context: BrowserContext, live_server: object, site: Site, patient: Patient
) -> None:
    browser = browser_context.browser
    assert browser is not None
    context = browser.new_context(base_url=str(live_server), java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.goto(f"/patients/{patient.pk}/#platelets")
    platelets = row(page, "platelets")
    platelets.locator("summary").first.click()
    platelets.get_by_role("link", name="Enter, answer or correct").click()
    page.get_by_label("Platelets: result").fill("150")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("Collected on")
    expect(page.get_by_label("Platelets: result")).to_have_value("150")
    page.get_by_label("Collected on").fill(today_at(site).isoformat())
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**/patients/{patient.pk}/?saved=platelets#platelets")
    expect(platelets.locator(".saved")).to_contain_text("Now: Met")
    context.close()
