"""A coordinator asks about a patient: an invented one, then a bundle of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[[Page], None]
EVALUATE = "/trials/NCT00514085/evaluate/"
BUNDLE = json.dumps(
    {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": {"resourceType": "Patient", "id": "p", "birthDate": "1984-05-17"}}],
    }
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_invented_patient_is_picked_and_a_row_opened_by_keyboard(
    browser_page: Page, assert_accessible: Check, scheme: str
) -> None:
    page = browser_page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Evaluate a patient")
    assert_accessible(page)

    page.get_by_role("button", name="Wash-out ends after the blood results lapse").click()
    heading = page.locator("#result-heading")
    expect(heading).to_contain_text("Not yet")
    expect(heading).to_be_focused()
    expect(page.locator(".criterion")).to_have_count(40)

    page.keyboard.press("j")
    page.keyboard.press("j")
    row = page.locator("#histology-cutaneous-melanoma")
    expect(row.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row.get_by_text("Histologically confirmed cutaneous malignant melanoma")).to_be_visible()
    assert_accessible(page)


def test_the_strip_leads_to_the_row_and_opens_it(browser_page: Page) -> None:
    page = browser_page
    page.goto(f"{EVALUATE}?invented=neutropenia&on=2026-11-25")
    page.get_by_role("navigation", name="All criteria at a glance").get_by_role(
        "link", name="Granulocytes"
    ).click()
    row = page.locator("#granulocytes details")
    expect(row).to_have_attribute("open", "")
    expect(row.get_by_text("In plain words")).to_be_visible()


def test_filters_need_no_script(browser_page: Page) -> None:
    page = browser_page
    page.goto(f"{EVALUATE}?invented=neutropenia&on=2026-11-25")
    page.get_by_text("Fails 1", exact=True).click()
    expect(page.locator(".criterion:visible")).to_have_count(1)
    page.get_by_text("Unknown 0", exact=True).click()
    expect(page.get_by_text("No criterion is in this group.")).to_be_visible()
    page.get_by_text("All 40", exact=True).click()
    expect(page.locator(".criterion:visible")).to_have_count(40)


def test_a_refused_bundle_stays_in_the_form_and_can_be_put_right(
    browser_page: Page, assert_accessible: Check
) -> None:
    page = browser_page
    page.goto(EVALUATE)
    page.keyboard.press("/")
    field = page.get_by_label("FHIR R4 Bundle")
    expect(field).to_be_focused()
    field.fill(BUNDLE.replace('"collection"', "NaN"))
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_role("alert")).to_contain_text("This bundle cannot be evaluated")
    expect(field).to_have_value(BUNDLE.replace('"collection"', "NaN"))
    assert_accessible(page)

    field.fill(BUNDLE)
    page.get_by_label("Day of registration").fill("25 Nov 2026")
    page.get_by_role("button", name="Evaluate").click()
    expect(page.locator("#result-heading")).to_contain_text("Undetermined")
    expect(page.locator("#age-18")).to_contain_text("42 years on 25 Nov 2026")


def test_a_file_is_chosen(browser_page: Page, tmp_path: Path) -> None:
    file = tmp_path / "bundle.json"
    file.write_text(BUNDLE, encoding="utf-8")
    page = browser_page
    page.goto(EVALUATE)
    page.get_by_label("or a file").set_input_files(file)
    page.get_by_role("button", name="Evaluate").click()
    expect(page.locator("#result-heading")).to_contain_text("Undetermined")


@pytest.mark.parametrize("width", [768, 1280])
def test_no_page_scrolls_sideways(browser_page: Page, width: int) -> None:
    page = browser_page
    page.set_viewport_size({"width": width, "height": 900})
    for address in (
        f"{EVALUATE}?invented=almost-empty",
        f"{EVALUATE}?invented=meets-everything",
        "/trials/NCT00514085/",
    ):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_trial_page_reads_well(browser_page: Page, assert_accessible: Check) -> None:
    page = browser_page
    page.goto("/trials/NCT00514085/")
    page.get_by_text("Platelets ≥ 100,000/mm³").click()
    expect(page.locator("#platelets")).to_contain_text("Patient characteristics, bullet 4")
    assert_accessible(page)


def test_everything_works_without_script(browser_context: BrowserContext) -> None:
    browser = browser_context.browser
    assert browser is not None
    context = browser.new_context(base_url=_own(browser_context), java_script_enabled=False)
    page = context.new_page()
    page.goto(EVALUATE)
    page.get_by_label("FHIR R4 Bundle").fill(BUNDLE)
    page.get_by_role("button", name="Evaluate").click()
    page.wait_for_selector("#result-heading")
    page.locator("#age-18 summary").click()
    expect(page.locator("#age-18").get_by_text("Registry text")).to_be_visible()
    context.close()


def _own(context: BrowserContext) -> str:
    """The address that the context was given."""
    page = context.new_page()
    page.goto("/healthz/live")
    return page.url.removesuffix("/healthz/live")
