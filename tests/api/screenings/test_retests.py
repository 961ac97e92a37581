"""Reasons of repeats over HTTP, and what the screening and the log tell of them."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility.models import Screening
from tests.api.conftest import problem
from tests.api.screenings.conftest import ALL, Desk
from tests.api.screenings.test_acts import does, reads, refused, version
from tests.workflow.rescreened import PLATELETS, again, count
from tests.workflow.staffed import confirm_absences
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
SAID = {"criterion": PLATELETS, "reason": "specimen", "text": "Clumped"}


@pytest.fixture
def held(desk: Desk) -> Screening:
    """A patient whose platelets failed and were counted again."""
    with use_sites([desk.team.site.pk]):
        held = again(desk.team, on=desk.today)
        count(180, on=desk.today)
        confirm_absences(held.patient_id, on=desk.today)
    return held


def told(desk: Desk, held: Screening) -> Any:
    [one] = reads(desk.anna, held).json()["retests"]
    return one


def test_a_retest_is_told_and_given_its_reason(desk: Desk, held: Screening) -> None:
    one = told(desk, held)
    assert (one["criterion"], one["verdict"], one["repeated"]) == (PLATELETS, "met", True)
    assert one["title"].startswith("Platelets")
    assert "99" in one["before"]
    assert "180" in one["now"]
    assert one["reason"] is None
    early = does(desk.anna, held, "confirm", version(desk.anna, held))
    refused(early, 409, "retests", "nobody has said why: Platelets")
    acts = {act["act"]: act for act in reads(desk.anna, held).json()["acts"]}
    assert acts["confirm"]["because"] == problem(early, 409)["detail"]
    done = does(desk.anna, held, "retests", SAID)
    assert done.status_code == 200, done.content[:500]
    [given] = done.json()["retests"]
    assert given["reason"]["by"] == "coordinator toronto"
    assert (given["reason"]["reason"], given["reason"]["text"]) == ("specimen", "Clumped")
    assert [one["value"] for one in given["reason"]["results"]] == ["180"]
    assert does(desk.anna, held, "confirm", version(desk.anna, held)).status_code == 200
    refused(does(desk.anna, held, "retests", SAID), 409, "state", "before it is confirmed")


def test_sent_twice_is_said_once(desk: Desk, held: Screening) -> None:
    first = does(desk.anna, held, "retests", SAID, Idempotency_Key="one")
    again = does(desk.anna, held, "retests", SAID, Idempotency_Key="one")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.content == again.content


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (SAID | {"reason": "because"}, "reason"),
        (SAID | {"reason": "other", "text": ""}, "text"),
        (SAID | {"criterion": "nothing"}, "not-repeated"),
    ],
)
def test_what_is_no_reason(desk: Desk, held: Screening, body: dict[str, str], code: str) -> None:
    refused(does(desk.anna, held, "retests", body), 409, code)
    assert told(desk, held)["reason"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"criterion": PLATELETS},
        SAID | {"reason": 5},
        SAID | {"by": "Dr A"},
        SAID | {"text": "x" * 2001},
        SAID | {"criterion": None},
        [],
    ],
)
def test_what_cannot_be_used(desk: Desk, held: Screening, body: Any) -> None:
    tag = reads(desk.anna, held).headers["ETag"]
    problem(desk.anna.post(f"{ALL}{held.pk}/retests/", body, If_Match=tag), 422)


def test_versions_are_asked_for_and_systems_say_nothing(desk: Desk, held: Screening) -> None:
    problem(desk.anna.post(f"{ALL}{held.pk}/retests/", SAID), 428)
    refused(does(desk.anna, held, "retests", SAID, If_Match='"1"'), 412, "moved")
    refused(does(desk.ehr, held, "retests", SAID), 403, "client", "Only a person says why")
    assert desk.anna.get(f"{ALL}{held.pk}/retests/").status_code == 405


def test_another_sites_is_as_absent_as_none(desk: Desk, held: Screening, make_desk: Any) -> None:
    stranger = make_desk("montreal").anna
    for pk in (held.pk, "00000000-0000-4000-8000-000000000000"):
        problem(stranger.post(f"{ALL}{pk}/retests/", SAID, If_Match="*"), 404)


def test_the_log_tells_the_code_alone(desk: Desk, held: Screening) -> None:
    def line() -> Any:
        found = desk.anna.get("/api/v1/reports/screening-log/").json()["results"]
        return next(one for one in found if one["episode"] == 2)

    assert line()["retests"] == [{"criterion": PLATELETS, "reason": None}]
    does(desk.anna, held, "retests", SAID)
    assert line()["retests"] == [{"criterion": PLATELETS, "reason": "specimen"}]
    assert "Clumped" not in str(line())
