"""Finding episodes over HTTP, and opening one by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eligibility.models import Screening
from tests.api.conftest import problem
from tests.api.screenings.conftest import ALL, Desk
from tests.pages.stored import bare
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db


def found(desk: Desk, asked: str = "") -> list[Any]:
    answer = desk.anna.get(f"{ALL}{asked}")
    assert answer.status_code == 200, answer.content[:300]
    rows: list[Any] = answer.json()["results"]
    return rows


def test_filtered_by_where_they_stand(desk: Desk) -> None:
    first = desk.opens("meets-everything")
    second = desk.opens("newer-version")
    assert [row["id"] for row in found(desk)] == [str(first.pk), str(second.pk)]
    assert [row["number"] for row in found(desk)] == ["TOR-0001", "TOR-0002"]
    assert [row["id"] for row in found(desk, "?status=ineligible")] == [str(second.pk)]
    assert len(found(desk, "?state=candidate")) == 2
    assert found(desk, "?state=signed") == []
    assert [r["id"] for r in found(desk, f"?patient={first.patient_id}")] == [str(first.pk)]
    assert len(found(desk, "?site=toronto&trial=NCT00514085")) == 2
    assert found(desk, "?trial=NCT99999999") == []


@pytest.mark.parametrize(
    "asked", ["?state=open", "?status=great", "?patient=7", "?name=x", "?page_size=0"]
)
def test_a_parameter_that_means_nothing_is_refused(desk: Desk, asked: str) -> None:
    problem(desk.anna.get(f"{ALL}{asked}"), 400)


def test_a_page_at_a_time_with_as_many_queries_for_more(desk: Desk) -> None:
    for number in range(5):
        desk.opens(source=f"ehr-{number}")
    with CaptureQueriesContext(
        connection,
    ) as two:
        page = desk.anna.get(f"{ALL}?page_size=2").json()
    with CaptureQueriesContext(connection) as four:
        desk.anna.get(f"{ALL}?page_size=4")
    assert len(two) == len(four)
    numbers = [row["number"] for row in page["results"]]
    while page["next"]:
        page = desk.anna.get(page["next"]).json()
        numbers += [row["number"] for row in page["results"]]
    assert numbers == [f"TOR-000{number}" for number in range(1, 6)]


def test_added_by_hand_once(desk: Desk) -> None:
    sent = desk.ehr.send(bare("p", given="Ada", family="Grant"))
    assert sent.status_code == 200
    with use_sites([desk.team.site.pk]):
        assert not Screening.objects.exists()
    patient = desk.ehr.get("/api/v1/patients/").json()["results"][0]["id"]
    made = desk.anna.post(ALL, {"patient": patient})
    assert made.status_code == 201, made.content[:500]
    told = made.json()
    assert (told["state"], told["status"], told["version"]) == ("candidate", "undetermined", 1)
    again = desk.anna.post(ALL, {"patient": patient})
    assert (again.status_code, again.json()["id"]) == (200, told["id"])
    problem(desk.anna.post(ALL, {"patient": patient, "trial": "NCT99999999"}), 404)
    problem(desk.anna.post(ALL, {"patient": "somebody"}), 422)
    problem(desk.anna.post(ALL, {"patient": patient, "state": "signed"}), 422)


def test_who_was_screened_before_is_screened_again_instead(desk: Desk) -> None:
    held = desk.opens()
    desk.anna.post(f"{ALL}{held.pk}/close/", {"state": "lost", "reason": "moved"}, If_Match='"1"')
    answer = desk.anna.post(ALL, {"patient": str(held.patient_id)})
    assert "screen again" in problem(answer, 409)["detail"]
