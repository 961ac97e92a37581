"""Somebody follows an old link."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_that_is_not_there_says_so_and_leads_back(
    browser_page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    browser_page.goto("/no-such-page/")
    assert browser_page.get_by_role("heading", level=1).inner_text() == "Not Found"
    assert browser_page.get_by_role("link", name="To the first page").get_attribute("href") == "/"
    assert_accessible(browser_page)
