"""A question handed to a colleague, a delegation signed, a part closed: with axe, in both widths, light and dark."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from eligibility.actions import publish
from eligibility.actions.opening import set_part, set_site_part
from tests.pages.stored import coordinator, invented, make_site
from tests.pages.test_opening import PAGE, TRIAL, staff
from tests.workflow.staffed import PROTOCOL
from trialscreen.institution.actions import name_principal
from trialscreen.institution.models import Account, Role, Site
from trialscreen.institution.scope import use_sites

PASSWORD = "a long way round the lake"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SINCE = timezone.localdate() - timedelta(days=90)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture
def anna(site: Site) -> Account:
    return coordinator(site)


@pytest.fixture
def ines(site: Site) -> Account:
    account = staff("ines", Role.INVESTIGATOR, site)
    name_principal(site=site, trial=TRIAL, account=account, first_day=SINCE)
    return account


@pytest.fixture
def looked_at(assert_accessible: Callable[[Page], None]) -> Callable[[Page, str], None]:
    """Axe on the page at both widths, light and dark; a picture of each, where a folder is named."""

    def look(page: Page, name: str) -> None:
        for width in (1280, 768):
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                assert_accessible(page)
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                folder = os.environ.get("PICTURES")
                if folder:
                    picture = Path(folder) / f"{name}-{width}-{scheme}.png"
                    page.screenshot(path=picture, full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")

    return look


def signed_in(page: Page, username: str, there: str) -> None:
    page.context.clear_cookies()
    page.goto(f"/sign-in/?next={there}")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{there}")


def test_a_question_is_handed_to_a_colleague(
    browser_page: Page,
    site: Site,
    anna: Account,
    ines: Account,
    looked_at: Callable[[Page, str], None],
) -> None:
    publish(PROTOCOL)
    patient = invented("meets-everything", site)
    page = browser_page
    signed_in(page, "anna", f"/patients/{patient.pk}/")
    row = page.locator("#platelets")
    row.locator("summary").first.click()
    row.get_by_role("link", name="Write a note").click()
    row.get_by_role("textbox", name="New note").fill(
        "Two laboratories report under one number.\nWhich one counts?"
    )
    row.get_by_role("combobox", name="For").select_option("Ines")
    row.get_by_role("button", name="Write the note").click()
    expect(row.get_by_role("status")).to_have_text("The note is written.")
    expect(row.locator("summary").first).to_contain_text("1 open note")
    looked_at(page, "row")
    page.goto("/notes/")
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    looked_at(page, "no-notes")
    signed_in(page, "ines", "/notes/")
    looked_at(page, "my-notes")
    page.get_by_role("link", name="Platelets").click()
    page.locator("summary", has_text="Answer or hand over").click()
    looked_at(page, "note")
    page.get_by_label("Answer").fill("The one of 20 November.")
    page.get_by_role("button", name="Write the answer").click()
    expect(page.get_by_text("The one of 20 November.")).to_be_visible()
    page.get_by_role("button", name="Close the note").click()
    expect(page.get_by_role("status")).to_have_text("The note is closed.")


def test_a_delegation_is_entered_and_signed(
    browser_page: Page,
    site: Site,
    anna: Account,
    ines: Account,
    looked_at: Callable[[Page, str], None],
) -> None:
    page, log = browser_page, "/sites/edmonton/delegation/"
    signed_in(page, "anna", log)
    looked_at(page, "empty-log")
    for first_day in ("soon", "22 Nov 2026"):
        page.get_by_label("Person").select_option("Anna Larose")
        page.get_by_label("From").fill(first_day)
        page.get_by_role("button", name="Enter in the log").click()
    expect(page.get_by_role("row", name="Anna Larose")).to_contain_text("Not signed yet")
    page.get_by_label("Person").select_option("Ines")
    page.get_by_label("From").fill("soon")
    page.get_by_role("button", name="Enter in the log").click()
    looked_at(page, "refused-entry")
    signed_in(page, "ines", log)
    page.get_by_role("checkbox").check()
    page.get_by_label("Your password").fill("a guess")
    page.get_by_role("button", name="Sign the chosen entries").click()
    expect(page.get_by_role("alert")).to_contain_text("not your password")
    looked_at(page, "signing")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign the chosen entries").click()
    row = page.get_by_role("row", name="Anna Larose")
    expect(row).to_contain_text("Counts today")
    row.locator("summary").click()
    looked_at(page, "log")


def test_a_part_is_closed_at_a_site(
    browser_page: Page,
    site: Site,
    ines: Account,
    looked_at: Callable[[Page, str], None],
) -> None:
    trial = publish(PROTOCOL).trial
    far = make_site("montreal", "America/Toronto")
    for name, title in (("", "The whole trial"), ("A", "Part A"), ("B", "Part B")):
        part = set_part(trial=trial, name=name, title=title, ceiling=40, opened_on=SINCE)
        for one in (site, far) if name else ():
            with use_sites([one.pk]):
                set_site_part(site=one, part=part, ceiling=None, opened_on=SINCE)
    staff("sasha", Role.ADMINISTRATOR)
    page = browser_page
    signed_in(page, "sasha", PAGE)
    page.get_by_role("link", name="Change Part A at Edmonton").click()
    page.get_by_label("Closes on").fill("yesterday")
    page.get_by_label("Reason").fill("The pharmacy moves house.")
    page.get_by_role("button", name="Change").click()
    looked_at(page, "refused-change")
    page.get_by_label("Closes on").fill(timezone.localdate().isoformat())
    page.get_by_label("Ceiling").fill("6")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_text("The pharmacy moves house.")).to_be_visible()
    looked_at(page, "opening")
    page.get_by_role("link", name="Principal investigator of Edmonton").click()
    looked_at(page, "principal")
