"""People at their browsers, who do what people at a site do: the words in which the journeys are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from eligibility import demonstration
from eligibility.models import Screening
from eligibility.tasks import assess_overtaken
from patients.models import Patient
from tests.pages.stored import received
from tests.workflow.staffed import PASSWORD, Staffed, answer, confirm_absences, staffed
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

Check = Callable[[Page], None]


class Person:
    """One person with a browser window of their own."""

    def __init__(self, page: Page, username: str) -> None:
        self.page = page
        self.username = username

    def signs_in(self) -> None:
        self.page.goto("/sign-in/")
        self.page.get_by_label("Username").fill(self.username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.locator("main").get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/worklist/**")

    def opens(self, screening: Screening) -> None:
        self.page.goto("/worklist/?tab=open")
        self.page.get_by_role("link", name=screening.label).first.click()
        expect(self.page.locator("#screening")).to_be_visible()

    def does(self, verb: str) -> None:
        """Choose an act on the page of the patient, and say so again on its own page."""
        self.chooses(verb)
        self.page.locator(".act-form").get_by_role("button", name=verb).click()

    def chooses(self, verb: str) -> None:
        self.page.locator("#screening").get_by_role("link", name=verb, exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(verb)

    def presses(self, verb: str) -> None:
        self.page.locator(".act-form").get_by_role("button", name=verb).click()

    def types(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)

    def sees(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def sees_state(self, state: str) -> None:
        expect(self.page.locator("#screening .card-header")).to_contain_text(state)

    def signs_out(self) -> None:
        self.page.get_by_role("button", name="Sign out").click()
        self.page.wait_for_url("**/sign-in/")

    def finds(self, text: str) -> None:
        """Search the worklist."""
        self.page.goto("/worklist/")
        self.page.locator("#find").fill(text)
        self.page.locator("main").get_by_role("button", name="Find").click()

    def takes_it(self, screening: Screening) -> None:
        """Choose it on the worklist, and give it to oneself."""
        self.page.get_by_label(f"Choose {screening.label}").check()
        self.page.get_by_role("button", name="Give").click()
        self.sees("1 screening given to")

    def fills_in_the_registration(self, *, consent_on: date, part: str = "A") -> None:
        self.page.locator(f"input[name=part][value={part}]").check()
        self.types("Version of the consent form", "3.0")
        self.types("Day of consent", consent_on.isoformat())


class KeyboardPerson:
    """Somebody who has no mouse: goes by Tab and Enter, and always sees where they are."""

    MOST = 160
    """Presses of Tab on one way."""

    def __init__(self, page: Page, username: str) -> None:
        self.page = page
        self.username = username

    def signs_in(self) -> None:
        self.page.goto("/sign-in/")
        self.writes("Username", self.username)
        self.writes("Password", PASSWORD)
        self.presses("Enter")
        self.page.wait_for_url("**/worklist/**")

    def signs_out(self) -> None:
        self.chooses("Sign out")
        self.page.wait_for_url("**/sign-in/")

    def opens_the_first_of_the_worklist(self) -> None:
        self.presses("j")
        self.sees_where_they_are()
        self.presses("Enter")
        expect(self.page.locator("#screening")).to_be_visible()

    def presses(self, key: str) -> None:
        self.page.keyboard.press(key)

    def reaches(self, name: str) -> None:
        """Press Tab until what is focused is called so; on the way the focus is never out of sight."""
        for _ in range(self.MOST):
            self.presses("Tab")
            self.sees_where_they_are()
            if self.page.evaluate(_NAME_OF_FOCUS).startswith(name):
                return
        raise AssertionError(f"no way to {name} by Tab")

    def chooses(self, name: str) -> None:
        self.reaches(name)
        self.presses("Enter")

    def follows(self, name: str) -> None:
        """Choose what leads to another page, and wait for that."""
        self.reaches(name)
        with self.page.expect_navigation():
            self.presses("Enter")

    def writes(self, label: str, text: str) -> None:
        self.reaches(label)
        self.page.keyboard.type(text)

    def goes_to(self, verb: str) -> None:
        """Choose an act, and wait for its own page."""
        self.chooses(verb)
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(verb)

    def says_so_again(self, verb: str) -> None:
        """Choose an act, and press its button on its own page."""
        self.goes_to(verb)
        self.chooses(verb)

    def sees_where_they_are(self) -> None:
        unseen = self.page.evaluate(_UNSEEN_FOCUS)
        assert not unseen, f"nothing shows that the focus is on {unseen}"

    def sees_state(self, state: str) -> None:
        expect(self.page.locator("#screening .card-header")).to_contain_text(state)

    def sees(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)


_NAME_OF_FOCUS = """() => {
  const one = document.activeElement;
  const label = one.labels && one.labels.length ? one.labels[0].textContent : "";
  return (label || one.getAttribute("aria-label") || one.textContent).trim();
}"""
_UNSEEN_FOCUS = """() => {
  const one = document.activeElement;
  if (one === document.body) return "";
  const shows = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  };
  const label = one.id && document.querySelector(`label[for="${one.id}"]`);
  const places = [one, one.closest("tr"), label].filter(Boolean);
  return places.some(shows) ? "" : one.outerHTML.slice(0, 200);
}"""
"""What is focused without a visible outline on it, on its row or its label; "" if all is well."""


def a_staffed_site(*, ceiling: int = 40) -> Staffed:
    """A site with its people, its delegation log and open parts."""
    site = Site.objects.create(
        code="toronto",
        name="Toronto centre",
        city="Toronto",
        time_zone="America/Toronto",
        opened_on="2026-01-01",
    )
    with use_sites([site.pk]):
        return staffed(site.code, ceiling=ceiling)


def today_at(site: Site) -> date:
    return timezone.localdate(timezone=site.zone)


@contextmanager
def at(site: Site) -> Iterator[None]:
    with use_sites([site.pk]):
        yield


def the_worker_has_run() -> None:
    assess_overtaken()


def the_hospital_sends(key: str, site: Site) -> Patient:
    """An invented record arrives, with the answers that people gave elsewhere; nobody has looked at it."""
    told: dict[str, Any] = demonstration.document(key, on=today_at(site))
    with use_sites([site.pk]):
        patient = received(demonstration.to_json(told["bundle"]), site).patient
        for one in told["attestations"]:
            answer(patient, one["criterion"], one["answer"], on=one["stated_on"])
    return patient


def what_rests_on_silence_is_confirmed(patient: Patient, site: Site) -> None:
    with use_sites([site.pk]):
        confirm_absences(patient.pk, on=today_at(site))


def screening_of(patient: UUID, site: Site) -> Screening:
    with use_sites([site.pk]):
        return Screening.objects.select_related("site").get(patient=patient)


def window(context: BrowserContext, username: str) -> Person:
    return Person(context.new_page(), username)
