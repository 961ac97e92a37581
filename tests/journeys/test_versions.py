"""An amendment from draft to published by two people. With axe, in both widths, light and dark, without script too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from eligibility import protocols, tasks
from eligibility.actions import publish
from tests.journeys.looks import looks_right
from tests.journeys.test_administration import Administrator
from tests.pages.stored import invented, make_site
from tests.pages.test_opening import staff
from tests.rules.amended import PROTOCOL, with_platelets
from trialscreen.institution.models import Role

pytestmark = pytest.mark.django_db(transaction=True)
LATER = with_platelets("2027-02-01.1", 900)
PAGE = f"/trials/{PROTOCOL.trial}/versions/"


@pytest.mark.requirement(78)
@pytest.mark.parametrize("script", [True, False])
def test_an_amendment_is_brought_in_force(
    somebody: Callable[..., Page], script: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(protocols._AMENDED, PROTOCOL.trial, (LATER,))
    publish(PROTOCOL)
    site = make_site()
    for key in ("meets-everything", "local-codes"):
        invented(key, site)
    for name in ("sasha", "olive"):
        staff(name, Role.ADMINISTRATOR)
    sasha, olive = (Administrator(somebody(script=script), name) for name in ("sasha", "olive"))
    for one in (sasha, olive):
        one.signs_in()
    sasha.page.goto("/administration/people/")
    sasha.page.get_by_role("link", name="Versions of the criteria").click()
    looks(sasha.page, script)
    sasha.page.get_by_role("link", name="Submit 2027-02-01.1").click()
    sasha.page.get_by_label("Reason").fill("Amendment 7 of the sponsor, 3 Dec 2026")
    sasha.presses_button("Submit for review")
    sasha.follows("Changes since 2016-11-28.1")
    sasha.sees("at least 900,000/mm³")
    looks(sasha.page, script)

    olive.page.goto(f"{PAGE}{LATER.version}/review/")
    looks(olive.page, script)
    olive.page.get_by_label("What was reviewed").fill("All differences, against amendment 7")
    olive.presses_button("Approve after review")

    sasha.page.goto(f"{PAGE}{LATER.version}/")
    sasha.presses_button("Count its impact")
    sasha.sees("counted in the background")
    assert tasks.foresee() == 1
    sasha.page.reload()
    sasha.sees("Of 2 open candidates")
    looks(sasha.page, script)
    sasha.follows("Publish")
    sasha.presses_button("Publish now")
    looks(sasha.page, script)
    sasha.page.get_by_label("They are void").check()
    sasha.page.get_by_label("Reason").fill("Approved by the board on 5 Dec 2026")
    sasha.presses_button("Publish now")
    sasha.sees("In force")
    looks(sasha.page, script)
    sasha.page.goto(PAGE)
    expect(sasha.page.get_by_role("main")).to_contain_text("Retired")
    looks(sasha.page, script)


def looks(page: Page, script: bool) -> None:
    if script:
        looks_right(page)
