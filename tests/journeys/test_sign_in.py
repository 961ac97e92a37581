"""In by the page, out by the button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from trialscreen.institution.models import Account, Role, Site, StaffRole

PASSWORD = "a long way round the lake"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna() -> Account:
    site = Site.objects.create(
        code="edmonton",
        name="Edmonton centre",
        city="Edmonton",
        time_zone="America/Edmonton",
        opened_on=date(2026, 1, 1),
    )
    account = Account.objects.create_user("anna", PASSWORD, name="Anna Larose")
    StaffRole.objects.create(
        account=account, site=site, role=Role.COORDINATOR, first_day=date(2026, 1, 1)
    )
    return account


def test_a_coordinator_signs_in_and_out(
    browser_page: Page,
    anna: Account,
    assert_accessible: Callable[[Page], None],
    settings: LazySettings,
) -> None:
    settings.DEMONSTRATION = True
    browser_page.goto("/sign-in/?next=/trials/NCT00514085/")
    expect(browser_page.get_by_text("every patient here is invented")).to_be_visible()
    assert_accessible(browser_page)
    browser_page.get_by_label("Username").fill("Anna")
    browser_page.get_by_label("Password").fill("a guess")
    browser_page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(browser_page.get_by_role("alert")).to_contain_text("do not belong together")
    assert_accessible(browser_page)
    browser_page.get_by_label("Password").fill(PASSWORD)
    browser_page.get_by_role("main").get_by_role("button", name="Sign in").click()
    browser_page.wait_for_url("**/trials/NCT00514085/")
    expect(browser_page.get_by_text("Site coordinator, Edmonton")).to_be_visible()
    browser_page.get_by_role("button", name="Sign out").click()
    browser_page.wait_for_url("**/sign-in/")
