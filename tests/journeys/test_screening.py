"""What can come between: a record that moves, a signature that becomes void, an end and a new beginning.

What is refused or lost is looked at wide and narrow, light and dark. The way without any of this is told in
`test_a_whole_screening.py`, the last place in `test_the_fortieth_place.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from eligibility.models import Screening
from patients.models import Patient
from tests.journeys.looks import looks_right
from tests.journeys.people import Person, a_staffed_site, at, the_worker_has_run, today_at
from tests.workflow.rescreened import again, count
from tests.workflow.staffed import PASSWORD, Staffed, answer, candidate, confirm_absences

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[[Page], None]
Enter = Callable[..., Person]


@pytest.fixture
def enter(browser: Browser, live_server: Any) -> Iterator[Enter]:
    """Somebody signs in, in a browser profile of their own."""
    contexts = []

    def somebody(username: str, *, width: int = 1280, scheme: str = "light") -> Person:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="en-CA",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        person = Person(context.new_page(), username)
        person.signs_in()
        return person

    yield somebody
    for context in contexts:
        context.close()


@pytest.fixture
def team() -> Staffed:
    return a_staffed_site()


def ready(team: Staffed, key: str = "meets-everything") -> Screening:
    with at(team.site):
        held = candidate(key, team.site, on=today_at(team.site))
        return Screening.objects.select_related("site").get(pk=held.pk)


def confirmed_by(person: Person, held: Screening) -> None:
    person.opens(held)
    person.does("Start screening")
    person.sees_state("In screening")
    person.does("Confirm eligibility")
    person.sees_state("Confirmed")


def signed_by(person: Person, held: Screening) -> None:
    person.opens(held)
    person.chooses("Sign eligibility")
    person.types("Your password", PASSWORD)
    person.presses("Sign eligibility")
    person.sees_state("Signed")


def test_a_confirmation_is_refused_when_the_record_has_moved(team: Staffed, enter: Enter) -> None:
    held = ready(team)
    coordinator = enter("coordinator.toronto")
    coordinator.opens(held)
    coordinator.does("Start screening")
    coordinator.chooses("Confirm eligibility")
    with at(team.site):
        patient = Patient.objects.get(pk=held.patient_id)
        answer(patient, "no-active-infection", "met", on=str(today_at(team.site)))
    coordinator.presses("Confirm eligibility")
    coordinator.sees("The record has changed since this page was opened")
    looks_right(coordinator.page)
    with at(team.site):
        held.refresh_from_db()
    assert held.state == "in_screening"


def test_a_signature_is_void_when_a_verdict_changes_and_the_page_says_so(
    team: Staffed, enter: Enter
) -> None:
    held = ready(team)
    coordinator = enter("coordinator.toronto")
    confirmed_by(coordinator, held)
    signed_by(enter("investigator.toronto"), held)
    with at(team.site):
        patient = Patient.objects.get(pk=held.patient_id)
        answer(patient, "no-active-infection", "not_met", on=str(today_at(team.site)))
    the_worker_has_run()
    coordinator.page.goto(f"/patients/{held.patient_id}/")
    coordinator.sees_state("In screening")
    coordinator.sees("was met, is not met")
    looks_right(coordinator.page)


def test_a_closed_patient_is_screened_again(team: Staffed, enter: Enter) -> None:
    held = ready(team)
    coordinator = enter("coordinator.toronto")
    coordinator.opens(held)
    coordinator.chooses("Close")
    coordinator.page.get_by_label("How it ended").select_option(label="Too far to travel")
    coordinator.presses("Close")
    coordinator.sees_state("Declined")
    coordinator.does("Screen again")
    coordinator.sees("Say why the patient is screened again.")
    looks_right(coordinator.page)
    coordinator.types("Why the patient is screened again", "Has moved closer to the centre.")
    coordinator.presses("Screen again")
    coordinator.sees("Episode 2")
    with at(team.site):
        assert Screening.objects.filter(patient=held.patient_id).count() == 2


def test_a_result_that_was_repeated_after_a_failure_needs_a_reason(
    team: Staffed, enter: Enter, assert_accessible: Check
) -> None:
    with at(team.site):
        held = again(team, on=today_at(team.site))
        count(180, on=today_at(team.site))
        confirm_absences(held.patient_id, on=today_at(team.site))
    coordinator = enter("coordinator.toronto")
    coordinator.opens(held)
    coordinator.sees("nobody has said why: Platelets")
    looks_right(coordinator.page)
    save = coordinator.page.get_by_role("button", name="Save the reason")
    save.click()
    coordinator.sees("Choose one of the listed reasons.")
    assert_accessible(coordinator.page)
    why = coordinator.page.get_by_label("Why it was repeated")
    why.select_option(label="Specimen unsuitable or mishandled")
    coordinator.types("In words", "Clumped, see the smear")
    save.click()
    coordinator.sees("Clumped, see the smear")
    coordinator.page.goto("/reports/screening-log/")
    coordinator.sees("Platelets ≥ 100,000/mm³: Specimen unsuitable or mishandled")
    assert_accessible(coordinator.page)
    coordinator.opens(held)
    coordinator.does("Confirm eligibility")
    coordinator.sees_state("Confirmed")

    investigator = enter("investigator.toronto", width=768, scheme="dark")
    investigator.opens(held)
    investigator.chooses("Sign eligibility")
    investigator.sees("Clumped, see the smear")
    assert_accessible(investigator.page)
    signed_by(investigator, held)
