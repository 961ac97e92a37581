"""A whole screening, from a record nobody has seen to a subject number: with a mouse, with keys alone, without script.

What is looked at on the way is looked at wide and narrow, light and dark.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from eligibility.models import Registration, Screening
from tests.journeys.looks import looks_right
from tests.journeys.people import (
    KeyboardPerson,
    Person,
    a_staffed_site,
    at,
    screening_of,
    the_hospital_sends,
    the_worker_has_run,
    today_at,
    what_rests_on_silence_is_confirmed,
)
from tests.workflow.staffed import PASSWORD, Staffed

pytestmark = pytest.mark.django_db(transaction=True)

Somebody = Callable[..., Page]
PATIENCE = 20_000
"""The worklist asks every few seconds whether anything has changed."""


@pytest.fixture
def team() -> Staffed:
    return a_staffed_site()


def a_candidate(team: Staffed, key: str) -> Screening:
    """Somebody found by the product itself, of whom one result is missing."""
    patient = the_hospital_sends(key, team.site)
    what_rests_on_silence_is_confirmed(patient, team.site)
    the_worker_has_run()
    return screening_of(patient.pk, team.site)


def registered_as(number: int, team: Staffed) -> bool:
    with at(team.site):
        return Registration.objects.get().subject_number == number


def test_from_an_unknown_candidate_to_registered(team: Staffed, somebody: Somebody) -> None:
    coordinator = Person(somebody(), "coordinator.toronto")
    coordinator.signs_in()
    expect(coordinator.page.get_by_role("link", name="TOR-0001")).to_have_count(0)
    looks_right(coordinator.page)

    held = a_candidate(team, "meets-everything")
    expect(coordinator.page.get_by_role("link", name=held.label)).to_be_visible(timeout=PATIENCE)
    coordinator.opens(held)
    coordinator.sees_state("Candidate")
    coordinator.does("Start screening")
    coordinator.sees_state("In screening")
    looks_right(coordinator.page)
    coordinator.chooses("Confirm eligibility")
    looks_right(coordinator.page)
    coordinator.presses("Confirm eligibility")
    coordinator.sees_state("Confirmed")

    investigator = Person(somebody(), "investigator.toronto")
    investigator.signs_in()
    investigator.opens(held)
    investigator.chooses("Sign eligibility")
    investigator.types("Your password", "something else")
    investigator.presses("Sign eligibility")
    investigator.sees("nothing was signed")
    looks_right(investigator.page)
    investigator.types("Your password", PASSWORD)
    investigator.presses("Sign eligibility")
    investigator.sees_state("Signed")

    coordinator.opens(held)
    coordinator.chooses("Register")
    coordinator.presses("Register")
    coordinator.sees("Nothing was changed")
    looks_right(coordinator.page)
    coordinator.fills_in_the_registration(consent_on=today_at(team.site))
    coordinator.presses("Register")
    coordinator.sees_state("Registered")
    looks_right(coordinator.page)
    assert registered_as(1, team)


def test_by_keyboard_alone(team: Staffed, somebody: Somebody) -> None:
    held = a_candidate(team, "platelets-too-old")
    today = today_at(team.site).isoformat()
    page = somebody()
    coordinator = KeyboardPerson(page, "coordinator.toronto")
    coordinator.signs_in()
    coordinator.opens_the_first_of_the_worklist()
    coordinator.says_so_again("Start screening")
    coordinator.sees_state("In screening")

    coordinator.presses("k")
    for _ in range(40):
        if page.evaluate("document.activeElement.closest('#platelets') !== null"):
            break
        coordinator.presses("j")
        coordinator.sees_where_they_are()
    coordinator.presses("Enter")
    expect(page.get_by_label("Platelets: result")).to_be_visible()
    coordinator.writes("Platelets: result", "150")
    coordinator.reaches("Collected on")
    coordinator.presses("Control+a")
    page.keyboard.type(today)
    coordinator.chooses("Save")
    coordinator.sees("Now: Met")
    coordinator.sees_where_they_are()

    page.reload()
    coordinator.says_so_again("Confirm eligibility")
    coordinator.sees_state("Confirmed")
    coordinator.signs_out()

    investigator = KeyboardPerson(page, "investigator.toronto")
    investigator.signs_in()
    investigator.opens_the_first_of_the_worklist()
    investigator.goes_to("Sign eligibility")
    investigator.writes("Your password", PASSWORD)
    investigator.presses("Enter")
    investigator.sees_state("Signed")

    investigator.goes_to("Register")
    investigator.reaches("A")
    investigator.presses("Space")
    investigator.writes("Version of the consent form", "3.0")
    investigator.writes("Day of consent", today)
    investigator.chooses("Register")
    investigator.sees_state("Registered")
    with at(team.site):
        held.refresh_from_db()
    assert held.state == "registered"
    assert registered_as(1, team)


def test_without_script(team: Staffed, somebody: Somebody) -> None:
    held = a_candidate(team, "platelets-too-old")
    coordinator = Person(somebody(script=False), "coordinator.toronto")
    coordinator.signs_in()
    coordinator.finds(held.label)
    expect(coordinator.page.locator("tbody tr")).to_have_count(1)
    coordinator.takes_it(held)
    coordinator.opens(held)
    coordinator.sees("works on it")
    coordinator.does("Start screening")
    coordinator.sees_state("In screening")

    row = coordinator.page.locator("#platelets")
    row.locator("summary").first.click()
    row.get_by_role("link", name="Write a note").click()
    coordinator.types("New note", "The tube of this morning is on its way.")
    coordinator.page.get_by_role("button", name="Write the note").click()
    expect(row.get_by_text("The tube of this morning")).to_be_visible()

    row.get_by_role("link", name="Enter, answer or correct").click()
    coordinator.types("Platelets: result", "1,50")
    coordinator.page.get_by_role("button", name="Save", exact=True).click()
    coordinator.sees("Nothing was saved yet")
    coordinator.types("Platelets: result", "150")
    coordinator.types("Collected on", today_at(team.site).isoformat())
    coordinator.page.get_by_role("button", name="Save", exact=True).click()
    coordinator.sees("Now: Met")

    coordinator.does("Confirm eligibility")
    coordinator.sees_state("Confirmed")
    coordinator.signs_out()

    investigator = Person(coordinator.page, "investigator.toronto")
    investigator.signs_in()
    investigator.opens(held)
    investigator.chooses("Sign eligibility")
    investigator.types("Your password", PASSWORD)
    investigator.presses("Sign eligibility")
    investigator.sees_state("Signed")
    investigator.chooses("Register")
    investigator.fills_in_the_registration(consent_on=today_at(team.site))
    investigator.presses("Register")
    investigator.sees_state("Registered")
    assert registered_as(1, team)
