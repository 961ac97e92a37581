"""Thirty-nine are in the trial; two coordinators have a patient each who is signed, and both press the button."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from eligibility.models import Registration, Screening, TrialPart
from tests.journeys.looks import looks_right
from tests.journeys.people import Person, a_staffed_site, at, today_at
from tests.workflow.staffed import PASSWORD, Staffed, candidate, person
from trialscreen.institution.models import Role

pytestmark = pytest.mark.django_db(transaction=True)

TAKEN = 39


def test_one_gets_the_fortieth_place_and_the_other_is_told(somebody: Callable[..., Page]) -> None:
    team = a_staffed_site(ceiling=40)
    TrialPart.objects.filter(name="").update(registered=TAKEN)
    with at(team.site):
        person("second.toronto", Role.COORDINATOR, team.site)
    one, other = (signed(key, team, somebody) for key in ("meets-everything", "fertile-woman"))
    first, second = Person(somebody(), "coordinator.toronto"), Person(somebody(), "second.toronto")
    for who, held in ((first, one), (second, other)):
        who.signs_in()
        who.opens(held)
        who.chooses("Register")
        who.fills_in_the_registration(consent_on=today_at(team.site))
    first.presses("Register")
    first.sees_state("Registered")
    second.presses("Register")
    second.sees("The trial is full: all its places are taken.")
    second.sees("Nothing was changed")
    expect(second.page.get_by_label("Version of the consent form")).to_have_value("3.0")
    looks_right(second.page)
    with at(team.site):
        assert Registration.objects.count() == 1
        assert Screening.objects.get(pk=other.pk).state == "signed"
    assert TrialPart.objects.get(name="").registered == TAKEN + 1


def signed(key: str, team: Staffed, somebody: Callable[..., Page]) -> Screening:
    """A patient who meets everything, confirmed by the one and signed by the other."""
    with at(team.site):
        held = candidate(key, team.site, on=today_at(team.site))
        held = Screening.objects.select_related("site").get(pk=held.pk)
    coordinator = Person(somebody(), "coordinator.toronto")
    coordinator.signs_in()
    coordinator.opens(held)
    coordinator.does("Start screening")
    coordinator.does("Confirm eligibility")
    investigator = Person(somebody(), "investigator.toronto")
    investigator.signs_in()
    investigator.opens(held)
    investigator.chooses("Sign eligibility")
    investigator.types("Your password", PASSWORD)
    investigator.presses("Sign eligibility")
    investigator.sees_state("Signed")
    return held
