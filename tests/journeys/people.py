"""People at their browsers, who do what people at a site do: the words in which the journeys are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from eligibility.models import Screening
from eligibility.tasks import assess_overtaken
from tests.workflow.staffed import PASSWORD, Staffed, staffed
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


def today_at(site: Site):  # type: ignore[no-untyped-def] # a date
    return timezone.localdate(timezone=site.zone)


@contextmanager
def at(site: Site) -> Iterator[None]:
    with use_sites([site.pk]):
        yield


def the_worker_has_run() -> None:
    assess_overtaken()


def screening_of(patient: UUID, site: Site) -> Screening:
    with use_sites([site.pk]):
        return Screening.objects.select_related("site").get(patient=patient)


def window(context: BrowserContext, username: str) -> Person:
    return Person(context.new_page(), username)
