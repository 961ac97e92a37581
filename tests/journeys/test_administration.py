"""A new site with a new coordinator; and somebody who leaves. With axe, in both widths, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from eligibility.actions import publish
from eligibility.actions.opening import set_part
from tests.journeys.looks import looks_right
from tests.journeys.people import Person
from tests.pages.stored import coordinator, make_site
from tests.pages.test_opening import staff
from tests.workflow.staffed import PASSWORD, PROTOCOL
from trialscreen.institution.models import Account, Role

pytestmark = pytest.mark.django_db(transaction=True)

HERS = "three herons over the marsh"
TODAY = timezone.localdate()


class Administrator(Person):
    """Somebody who keeps sites and people, and sees no patient."""

    def signs_in(self) -> None:
        self.page.goto("/sign-in/?next=/administration/people/")
        self.page.get_by_label("Username").fill(self.username)
        self.page.get_by_label("Password").fill("a long way round the lake")
        self.page.get_by_role("main").get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/administration/people/")

    def goes_to(self, section: str) -> None:
        self.page.get_by_role("navigation", name="Administration").get_by_role(
            "link", name=section
        ).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(section)

    def follows(self, link: str) -> None:
        self.page.get_by_role("main").get_by_role("link", name=link, exact=True).first.click()

    def presses_button(self, verb: str) -> None:
        self.page.get_by_role("main").get_by_role("button", name=verb).click()

    def adds_the_site(self, name: str, city: str, code: str) -> None:
        self.follows("Add a site")
        for label, text in (("Code", code), ("Name", name), ("City", city)):
            self.page.get_by_label(label, exact=True).fill(text)
        self.page.get_by_label("Time zone").select_option("America/Toronto")
        self.page.get_by_label("Screens from").fill("2026-11-01")
        self.presses_button("Add the site")

    def records_the_approval(self, reference: str, day: date) -> None:
        self.follows("Record an approval")
        self.page.get_by_label("Reference").fill(reference)
        self.page.get_by_label("Approved on").fill(day.isoformat())
        self.presses_button("Record the approval")

    def invites(self, name: str, username: str, site: str) -> str:
        """The link that is shown once."""
        self.follows("Invite somebody")
        self.page.get_by_label("Name", exact=True).fill(name)
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("E-mail address").fill(f"{username}@hospital.invalid")
        self.page.get_by_label("Role").select_option("Site coordinator")
        self.page.get_by_label("Site optional", exact=True).select_option(site)
        self.presses_button("Invite")
        return self.page.get_by_role("textbox", name="Link").input_value()

    def deactivates(self, name: str, reason: str) -> None:
        self.page.goto("/administration/people/")
        self.follows(name)
        self.follows("Deactivate")
        looks_right(self.page)
        self.page.get_by_label("Reason").fill(reason)
        self.presses_button("Deactivate now")
        self.sees("Deactivated")


@pytest.mark.parametrize("script", [True, False])
def test_a_new_site_with_a_new_coordinator(somebody: Callable[..., Page], script: bool) -> None:
    trial = publish(PROTOCOL).trial
    for name in ("", "A"):
        set_part(trial=trial, name=name, title="", ceiling=40, opened_on=TODAY)
    staff("sasha", Role.ADMINISTRATOR)
    sasha = Administrator(somebody(script=script), "sasha")
    sasha.signs_in()
    sasha.goes_to("Sites")
    sasha.adds_the_site("Juravinski centre", "Hamilton", "hamilton")
    sasha.sees("Nobody works here yet")
    sasha.records_the_approval("REB 2026-114", TODAY - timedelta(days=2))
    sasha.sees("Holds today")
    link = sasha.invites("Nora Field", "nora", "hamilton")

    nora = Person(somebody(script=script), "nora")
    nora.page.goto(link)
    assert "key=" not in nora.page.url
    nora.sees("Nora Field, your user name is nora")
    nora.page.get_by_label("Password", exact=True).fill(HERS)
    nora.page.get_by_label("Password again").fill(HERS)
    nora.page.get_by_role("button", name="Set the password").click()
    nora.page.get_by_role("link", name="Go to sign-in").click()
    nora.page.get_by_label("Username").fill("nora")
    nora.page.get_by_label("Password").fill(HERS)
    nora.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    nora.page.wait_for_url("**/worklist/**")
    expect(nora.page.locator("header")).to_contain_text("Site coordinator, Hamilton")


def test_who_leaves_is_out_at_once(somebody: Callable[..., Page]) -> None:
    publish(PROTOCOL)
    hers = coordinator(make_site())
    hers.set_own_password(PASSWORD)
    hers.save()
    staff("sasha", Role.ADMINISTRATOR)
    anna = Person(somebody(), "anna")
    anna.signs_in()
    sasha = Administrator(somebody(), "sasha")
    sasha.signs_in()
    sasha.deactivates("Anna Larose", "She moved to another hospital.")
    anna.page.goto("/patients/")
    expect(anna.page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert not Account.objects.get(username="anna").is_active


def test_every_page_in_every_look(somebody: Callable[..., Page]) -> None:
    publish(PROTOCOL)
    site = make_site()
    anna = coordinator(site)
    staff("sasha", Role.ADMINISTRATOR)
    sasha = Administrator(somebody(), "sasha")
    sasha.signs_in()
    here = f"/administration/people/{anna.pk}/"
    at_site = "/administration/sites/edmonton/"
    for there in (
        "/administration/people/", "/administration/people/invite/", here, f"{here}roles/give/",
        "/administration/sites/", "/administration/sites/new/", at_site, f"{at_site}approvals/",
        f"{at_site}rules/", f"{at_site}rules/ranges/", f"{at_site}rules/policy/",
        "/administration/clients/", "/administration/clients/new/", "/administration/review/",
    ):  # fmt: skip
        sasha.page.goto(there)
        looks_right(sasha.page)
    sasha.page.goto("/administration/people/invite/")
    sasha.presses_button("Invite")
    looks_right(sasha.page)
