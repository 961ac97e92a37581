"""The worklist over HTTP: the tabs of the page, page by page, and giving work to somebody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eligibility.models import Screening
from tests.api.conftest import problem
from tests.api.screenings.conftest import Desk
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
LIST = "/api/v1/worklist/"


def found(desk: Desk, asked: str = "") -> Any:
    answer = desk.anna.get(f"{LIST}{asked}")
    assert answer.status_code == 200, answer.content[:300]
    return answer.json()


def test_tab_by_tab_with_the_counts_of_all(desk: Desk) -> None:
    ready, fails = desk.opens("meets-everything"), desk.opens("newer-version")
    told = found(desk)
    assert (told["tab"], told["counts"]["open"], told["counts"]["ready"]) == ("open", 2, 1)
    assert {one["id"] for one in told["results"]} == {str(ready.pk), str(fails.pk)}
    (row,) = found(desk, "?tab=ready")["results"]
    assert (row["id"], row["family_name"] != "", row["next_step"] != "") == (
        str(ready.pk),
        True,
        True,
    )
    assert found(desk, "?tab=registered")["results"] == []
    (sought,) = found(desk, f"?search={row['number']}")["results"]
    assert sought["id"] == row["id"]


def test_page_by_page_there_and_back(desk: Desk) -> None:
    for key in ("meets-everything", "newer-version"):
        desk.opens(key)
    first = found(desk, "?page_size=1&sort=number")
    second = desk.anna.get(first["next"]).json()
    assert second["results"][0]["id"] != first["results"][0]["id"]
    assert desk.anna.get(second["previous"]).json()["results"] == first["results"]
    assert first["previous"] is None


@pytest.mark.parametrize(
    "asked",
    ["?tab=all", "?who=everybody", "?sort=name", "?cursor=nowhere", "?page_size=0", "?page=2"],
)
def test_what_cannot_be_meant_is_said(desk: Desk, asked: str) -> None:
    told = problem(desk.anna.get(f"{LIST}{asked}"), 400)
    assert told["errors"][0]["pointer"] == f"/{asked[1:].partition('=')[0]}"


def test_given_and_taken_back(desk: Desk) -> None:
    held = desk.opens()
    body = {"screenings": [str(held.pk)], "to": "me"}
    given = desk.anna.post(f"{LIST}assign/", body, Idempotency_Key="mine")
    assert given.status_code == 200, given.content
    assert given.json()["given"] == 1
    again = desk.anna.post(f"{LIST}assign/", body, Idempotency_Key="mine")
    assert again.content == given.content
    (row,) = found(desk, "?who=me")["results"]
    assert row["assignee_account"] == desk.team.coordinator.pk
    back = desk.anna.post(f"{LIST}undo/", {"undo": given.json()["undo"]})
    assert back.json() == {"given_back": 1, "of": 1}
    assert found(desk, "?who=me")["results"] == []
    spent = desk.anna.post(f"{LIST}undo/", {"undo": "x"})
    assert problem(spent, 422)["errors"][0]["pointer"] == "/undo"


def test_only_people_of_the_site_get_work_and_only_people_give_it(
    desk: Desk, make_desk: Callable[[str], Desk]
) -> None:
    held, there = desk.opens(), make_desk("montreal")
    body = {"screenings": [str(held.pk)]}
    elsewhere = str(there.team.coordinator.pk)
    of_another = problem(desk.anna.post(f"{LIST}assign/", {**body, "to": elsewhere}), 422)
    of_nobody = problem(desk.anna.post(f"{LIST}assign/", {**body, "to": "999999"}), 422)
    assert of_another == of_nobody
    problem(desk.ehr.post(f"{LIST}assign/", {**body, "to": "nobody"}), 403)
    strangers = there.anna.post(f"{LIST}assign/", {**body, "to": "me"})
    assert strangers.json() == {"given": 0, "undo": None}
    with use_sites([desk.team.site.pk]):
        assert Screening.objects.get(pk=held.pk).assignee is None
    for wrong in ({**body, "to": "everybody"}, {"screenings": [], "to": "me"}, {"to": "me"}):
        problem(desk.anna.post(f"{LIST}assign/", wrong), 422)
