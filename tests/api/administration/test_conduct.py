"""Parts of the trial, who answers for it and the delegation log over HTTP: as the pages, for the same people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eligibility.models import OpeningChange, Trial
from tests.api.administration.test_office import Office, office, sasha, site, trial
from tests.api.conftest import problem
from tests.pages.stored import coordinator, today_at
from tests.pages.test_opening import staff
from trialscreen.institution.models import Account, Delegation, PrincipalInvestigator, Role, Site

__all__ = ["office", "sasha", "site", "trial"]
pytestmark = pytest.mark.django_db
PARTS = "trials/NCT00514085/parts/"
DAY = timedelta(days=1)


def test_a_part_is_read_by_all_and_resized_by_administrators(
    office: Office, trial: Trial, site: Site
) -> None:
    desk = Office(coordinator(site))
    assert [one["part"] for one in desk.read(PARTS)["results"]] == ["whole", "A"]
    asked = {"ceiling": 41, "reason": "Amendment"}
    problem(desk.changed(f"{PARTS}A/", asked, "patch"), 403)
    problem(office.send(f"{PARTS}A/", asked, "patch"), 428)
    problem(office.send(f"{PARTS}A/", asked, "patch", If_Match='"17"'), 412)
    answer = office.changed(f"{PARTS}A/", asked, "patch")
    assert answer.status_code == 200, answer.content
    assert answer.json()["ceiling"] == 41
    assert answer["ETag"] == f'"{OpeningChange.objects.get().pk}"'
    again = problem(office.changed(f"{PARTS}A/", asked, "patch"), 409)
    assert again["detail"] == "Nothing would change."
    problem(office.get(f"{PARTS}Z/"), 404)
    problem(office.get("trials/NCT1/parts/"), 404)


def test_a_part_is_added_once(office: Office, trial: Trial) -> None:
    body = {"name": "C", "title": "Part C", "ceiling": 20, "reason": "Amendment 3"}
    first = office.send(PARTS, body, Idempotency_Key="c")
    assert first.status_code == 201, first.content
    assert first.json()["open"] is False
    again = office.send(PARTS, body, Idempotency_Key="c")
    assert (again.status_code, again.content) == (201, first.content)
    assert again["Idempotency-Replayed"] == "true"
    problem(office.send(PARTS, body | {"ceiling": 9}, Idempotency_Key="c"), 422)
    problem(office.send(PARTS, body), 409)
    refused = problem(office.send(PARTS, {"name": "C C", "reason": "x"}), 422)
    assert {one["pointer"] for one in refused["errors"]} == {"/name", "/ceiling"}
    assert len(office.read(PARTS)["results"]) == 3


def test_a_principal_is_named_among_the_investigators(
    office: Office, trial: Trial, site: Site
) -> None:
    at, today = f"sites/{site.code}/principals/", today_at(site)
    staff("ines", Role.INVESTIGATOR, site)
    carla = coordinator(site)
    body = {"username": "ines", "first_day": today.isoformat()}
    problem(Office(carla).send(at, body), 403)
    nobody = problem(office.send(at, body | {"username": carla.username}), 422)
    assert nobody["errors"][0]["pointer"] == "/username"
    made = office.send(at, body)
    assert made.status_code == 201, made.content
    assert made.json()["named_by"] == "sasha"
    earlier = problem(office.send(at, body | {"first_day": (today - DAY).isoformat()}), 422)
    assert earlier["errors"][0]["pointer"] == "/first_day"
    assert [one["username"] for one in Office(carla).read(at)["results"]] == ["ines"]
    assert PrincipalInvestigator.objects.count() == 1


def test_a_line_of_the_log_is_entered_and_withdrawn_by_the_site(
    office: Office, trial: Trial, site: Site
) -> None:
    at, today = f"sites/{site.code}/delegations/", today_at(site)
    carla = coordinator(site)
    desk = Office(carla)
    body = {"username": carla.username, "duty": "confirm", "first_day": today.isoformat()}
    problem(office.send(at, body), 403)
    assert problem(desk.send(at, body | {"duty": "sign"}), 422)["detail"]
    made = desk.send(at, body, Idempotency_Key="line")
    assert made.status_code == 201, made.content
    assert desk.send(at, body, Idempotency_Key="line").content == made.content
    line = made.json()
    assert (line["signed_by"], line["ended_by"]) == (None, None)
    assert [one["id"] for one in office.read(at)["results"]] == [line["id"]]
    last = {"last_day": today.isoformat()}
    problem(office.send(f"{at}{line['id']}/end/", last), 403)
    ended = desk.send(f"{at}{line['id']}/end/", last)
    assert ended.status_code == 200, ended.content
    assert ended.json()["ended_by"] == carla.username
    assert problem(desk.send(f"{at}{line['id']}/end/", last), 409)["errors"][0]["code"] == "ended"
    problem(desk.send(f"{at}999999/end/", last), 404)
    assert Delegation.objects.count() == 1


def test_another_sites_log_is_not_there(office: Office, trial: Trial, site: Site) -> None:
    from tests.pages.stored import make_site

    there = make_site("montreal")
    stranger: Account = staff("stranger", Role.COORDINATOR, there)
    desk = Office(stranger)
    for kind in ("delegations", "principals"):
        told = problem(desk.get(f"sites/{site.code}/{kind}/"), 404)
        absent = problem(desk.get(f"sites/nowhere/{kind}/"), 404)
        assert told | {"instance": ""} == absent | {"instance": ""}
