"""What was not as the protocol asks is recorded by page and interface alike, and overrides nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from eligibility.models import Deviation, Screening
from tests.eligibility.stored import make_site
from tests.workflow.paged import Person, words
from tests.workflow.staffed import Staffed, candidate, person
from trialscreen.institution.models import Role

pytestmark = pytest.mark.django_db
TEXT = "The scan was read a day late"


@pytest.fixture
def today(team: Staffed) -> date:
    return timezone.localdate(timezone=team.site.zone)


@pytest.fixture
def held(team: Staffed, today: date) -> Screening:
    return candidate("meets-everything", team.site, on=today)


@pytest.fixture
def anna(team: Staffed) -> Person:
    return Person(team.coordinator)


def said(today: date, **other: str) -> dict[str, str]:
    return {"text": TEXT, "criterion": "platelets", "occurred_on": today.isoformat()} | other


def test_it_is_recorded_and_shown_and_changes_nothing(
    held: Screening, anna: Person, team: Staffed, today: date
) -> None:
    before = words(anna.http.get(f"/patients/{held.patient_id}/"))
    assert "Record a deviation" in before
    done = anna.does(held, "deviation", **said(today))
    assert done.status_code == 302
    shown = words(anna.http.get(done["Location"].partition("#")[0]))
    assert f"recorded by {team.coordinator.name}: {TEXT}" in shown
    moved = Screening.objects.get(pk=held.pk)
    assert (moved.state, moved.version, moved.status) == (held.state, held.version, held.status)
    assert moved.assessment_id == held.assessment_id


def test_said_twice_is_one(held: Screening, anna: Person, today: date) -> None:
    carried = anna.form(held, "deviation")
    for _again in range(2):
        assert anna.does(held, "deviation", carried, **said(today)).status_code == 302
    assert Deviation.objects.filter(screening=held).count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": " . "}, "Say in words what was not as the protocol asks."),
        ({"occurred_on": "TOMORROW"}, "A deviation is recorded once it has happened."),
        ({"occurred_on": "2001-01-01"}, "This screening had not begun on that day."),
        ({"occurred_on": "31 Feb 2026"}, "Write the day as"),
        ({"criterion": "waiver"}, "Choose a criterion of the protocol, or none."),
    ],
)
def test_what_is_refused_is_kept_as_typed(
    held: Screening, anna: Person, today: date, typed: dict[str, str], sentence: str
) -> None:
    tomorrow = (today + timedelta(days=1)).isoformat()
    typed = {name: text.replace("TOMORROW", tomorrow) for name, text in typed.items()}
    answer = anna.does(held, "deviation", **said(today, **typed))
    assert answer.status_code == 422
    assert sentence in words(answer)
    kept = answer.content.decode()
    assert typed.get("text", TEXT) in kept
    assert typed.get("occurred_on", today.isoformat()) in kept
    assert not Deviation.objects.exists()


def test_the_interface_records_it_and_refuses_in_the_same_words(
    held: Screening, anna: Person, today: date
) -> None:
    at = f"/api/v1/screenings/{held.pk}/"

    def sends(version: int = held.version, **body: Any) -> Any:
        return anna.http.post(
            f"{at}deviations/",
            said(today) | body,
            content_type="application/json",
            headers={"If-Match": f'"{version}"'},
        )

    late = sends(occurred_on=(today + timedelta(days=1)).isoformat())
    assert late.status_code == 409
    assert late.json()["detail"] == "A deviation is recorded once it has happened."
    assert sends(version=held.version + 1).status_code == 412
    assert not Deviation.objects.exists()
    done = sends()
    assert done.status_code == 200, done.content
    [one] = done.json()["deviations"]
    assert (one["criterion"], one["text"], one["occurred_on"]) == (
        "platelets",
        TEXT,
        today.isoformat(),
    )


def test_another_sites_screening_is_as_absent_as_none(held: Screening, today: date) -> None:
    other = Person(person("omar", Role.COORDINATOR, make_site("halifax")))
    assert other.reads(held, "deviation").status_code == 404
    assert other.http.post(f"/screenings/{held.pk}/deviation/", said(today)).status_code == 404
    assert not Deviation.objects.exists()
