"""A patient's page as the browser prints it: the answer in black on white, without what only a screen can do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from eligibility.actions import publish
from eligibility.models import Screening
from tests.journeys.people import at
from tests.journeys.test_snapshot_to_page import sign_in
from tests.pages.stored import PROTOCOL, coordinator, invented, make_site

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_on_paper(browser_page: Page) -> None:
    publish(PROTOCOL)
    site = make_site()
    coordinator(site)
    patient = invented("platelets-too-old", site)
    with at(site):
        number = Screening.objects.select_related("site").get(patient=patient).label
    page = browser_page
    page.emulate_media(color_scheme="dark")
    sign_in(page)
    page.goto(f"/patients/{patient.pk}/")
    page.locator("#platelets summary").first.click()
    expect(page.locator("#platelets .way").first).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")

    for gone in (".topbar", ".ask-day", ".filters", "#platelets .entry", "#facts", "#arrived"):
        expect(page.locator(gone).first).to_be_hidden()
    for here in ("#result-heading", ".missing", "#platelets .cell-evidence"):
        expect(page.locator(here).first).to_be_visible()
    how = page.evaluate(
        """() => {
          const of = (one, name) => getComputedStyle(document.querySelector(one))[name];
          return {
            ink: of("#platelets .cell-title", "color"),
            paper: of("body", "backgroundColor"),
            verdict: of("#platelets .verdict", "color"),
            row: of("#platelets", "breakInside"),
            status: of(".status-card", "position"),
            margin: document.adoptedStyleSheets[0].cssRules[0].cssText,
          };
        }"""
    )
    assert how["ink"] == how["verdict"] == "rgb(0, 0, 0)"
    assert how["paper"] == "rgb(255, 255, 255)"
    assert (how["row"], how["status"]) == ("avoid", "static")
    assert number in how["margin"]
    assert "NCT00514085" in how["margin"]
    assert len(page.pdf(prefer_css_page_size=True)) > 10_000
