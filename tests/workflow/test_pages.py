"""The pages of a screening: what each refuses, in which words, and what it keeps."""

from __future__ import annotations

import pytest
from django.utils import timezone

from eligibility.models import Screening, State
from tests.workflow.paged import PASSWORD, Person, words
from tests.workflow.staffed import Staffed, candidate

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(team: Staffed) -> Screening:
    today = timezone.localdate(timezone=team.site.zone)
    return candidate("meets-everything", team.site, on=today)


def test_from_candidate_to_registered(team: Staffed, held: Screening) -> None:
    anna, ines = Person(team.coordinator), Person(team.investigator)
    for who, act, typed in (
        (anna, "start", {}),
        (anna, "confirm", {}),
        (ines, "sign", {"password": PASSWORD}),
        (
            anna,
            "register",
            {"part": "A", "consent_version": "3.0", "consent_on": str(held.opened_on)},
        ),
    ):
        answer = who.does(held, act, **typed)
        assert answer.status_code == 302, words(answer)
    held.refresh_from_db()
    assert held.state == State.REGISTERED
    page = words(anna.http.get(answer.headers["Location"]))
    assert "Subject TOR-001, part A" in page
    assert "I have reviewed the findings" in page
