"""Giving the reason of a repeat on the page: from the panel of the patient, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from eligibility.models import RetestReason, Screening
from tests.eligibility.stored import make_site
from tests.workflow.paged import PASSWORD, Person, words
from tests.workflow.rescreened import PLATELETS, again, count
from tests.workflow.staffed import Staffed, confirm_absences, person
from trialscreen.institution.models import Role

pytestmark = pytest.mark.django_db
SAID = {"criterion": PLATELETS, "reason": "specimen", "text": "Clumped, see the smear"}


@pytest.fixture
def today(team: Staffed) -> date:
    return timezone.localdate(timezone=team.site.zone)


@pytest.fixture
def held(team: Staffed, today: date) -> Screening:
    """A patient whose platelets failed and were counted again."""
    held = again(team, on=today)
    count(180, on=today)
    confirm_absences(held.patient_id, on=today)
    return held


@pytest.fixture
def anna(team: Staffed) -> Person:
    return Person(team.coordinator)


@pytest.fixture
def ines(team: Staffed) -> Person:
    return Person(team.investigator)


def patient_page(who: Person, held: Screening) -> str:
    return words(who.http.get(f"/patients/{held.patient_id}/"))


def gives(who: Person, held: Screening, **said: str) -> Any:
    carried = {"version": str(held.version)}
    return who.http.post(f"/screenings/{held.pk}/retests/", carried | SAID | said)


def test_the_panel_asks_for_the_reason_and_then_shows_it(held: Screening, anna: Person) -> None:
    page = patient_page(anna, held)
    assert "Failed in the episode before, and now: Met Platelets" in page
    assert "somebody has to say why it was repeated" in page
    assert "nobody has said why: Platelets ≥ 100,000/mm³." in page
    assert "Not possible now. Repeated after a failure" in words(anna.reads(held, "confirm"))
    done = gives(anna, held)
    assert (done.status_code, done["Location"]) == (302, f"/patients/{held.patient_id}/#screening")
    page = patient_page(anna, held)
    assert "Repeated: Specimen unsuitable or mishandled – Clumped, see the smear (coord" in page
    assert "Give another reason for Platelets" in page
    assert anna.does(held, "confirm").status_code == 302


def test_who_signs_reads_it_before(held: Screening, anna: Person, ines: Person) -> None:
    gives(anna, held)
    anna.does(held, "confirm")
    page = words(ines.reads(held, "sign"))
    assert "Failed in the episode before 1 Platelets" in page
    assert "Repeated: Specimen unsuitable or mishandled – Clumped, see the smear" in page
    assert ines.does(held, "sign", password=PASSWORD).status_code == 302
    assert "Give another reason" not in patient_page(anna, held)


def test_what_was_not_repeated_asks_nothing(team: Staffed, today: date, anna: Person) -> None:
    held = again(team, on=today)
    page = patient_page(anna, held)
    assert "Failed in the episode before, and now: Not met Platelets" in page
    assert "Nothing was repeated: the same records decide." in page
    assert "Why it was repeated" not in page
    late = gives(anna, held)
    assert late.status_code == 409
    assert "it needs no reason" in words(late)


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"reason": ""}, 422, "Choose one of the listed reasons."),
        ({"reason": "because"}, 422, "Choose one of the listed reasons."),
        ({"reason": "other", "text": ""}, 422, "Say in words why it was repeated."),
        ({"reason": "other", "text": " . "}, 422, "Say in words why it was repeated."),
        ({"text": "x" * 2001}, 422, "at most 2000 characters"),
        ({"text": "a\x00b"}, 422, "Null characters are not allowed"),
        ({"criterion": ""}, 422, "Open this page again."),
        ({"criterion": "x" * 61}, 422, "Open this page again."),
        ({"criterion": "nothing"}, 409, "it needs no reason"),
        ({"criterion": "<script>"}, 409, "it needs no reason"),
        ({"version": ""}, 422, "Open this page again."),
        ({"version": "-1"}, 422, "Open this page again."),
        ({"version": "x"}, 422, "Open this page again."),
        ({"version": "1"}, 409, "Somebody else has changed this screening"),
    ],
)
def test_what_is_refused_is_kept_as_typed(
    held: Screening, anna: Person, typed: dict[str, str], status: int, said: str
) -> None:
    answer = gives(anna, held, **typed)
    assert answer.status_code == status
    page = words(answer)
    assert said in page
    assert "Nothing was changed, and what you typed was kept." in page
    assert "<script>" not in answer.content.decode().partition("<main")[2]
    if not typed.keys() & {"criterion", "text"}:
        assert "Clumped, see the smear" in page
    if "version" in typed:
        assert f'name="version" value="{held.version}"' in answer.content.decode()
    assert not RetestReason.objects.exists()


def test_once_confirmed_no_reason_takes_the_place_of_another(held: Screening, anna: Person) -> None:
    gives(anna, held)
    anna.does(held, "confirm")
    held.refresh_from_db()
    late = gives(anna, held, reason="method")
    assert late.status_code == 409
    assert "a repeat is given its reason before it is confirmed" in words(late)


def test_another_sites_is_as_absent_as_none(held: Screening) -> None:
    other = make_site("montreal")
    stranger = Person(person("stranger", Role.COORDINATOR, other))
    nobody = Screening(pk="00000000-0000-4000-8000-000000000000", version=1)
    asks: list[Callable[[Screening], Any]] = [
        lambda one: stranger.reads(one, "retests"),
        lambda one: gives(stranger, one),
    ]
    for ask in asks:
        assert ask(held).status_code == ask(nobody).status_code == 404


def test_the_page_of_its_own_says_when_there_is_nothing(team: Staffed, anna: Person) -> None:
    held = again(team, started=False, on=timezone.localdate(timezone=team.site.zone))
    assert held.previous is not None
    assert "No criterion failed in an episode before this one." in words(
        anna.reads(held.previous, "retests")
    )
