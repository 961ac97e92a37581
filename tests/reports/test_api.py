"""The reports over the programming interface: the same numbers, the same sites."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.api.stored.conftest import Asker, make_client
from tests.reports.counted import account
from trialscreen.institution.models import Account, Role, Site
from trialscreen.institution.tokens import issue_token

pytestmark = pytest.mark.django_db
REPORTS = ("screening-log", "consort", "reasons", "accrual")


def report(asker: Asker, name: str, query: str = "", status: int = 200) -> Any:
    response = asker.get(f"/api/v1/reports/{name}/{query}")
    assert response.status_code == status, response.content
    return response.json()


def token_of(person: Account) -> str:
    return issue_token(person, expires=timezone.now() + timedelta(hours=1))


@pytest.fixture
def monitor(sites: tuple[Site, Site]) -> Asker:
    return Asker(token_of(account("monitor", Role.MONITOR)))


@pytest.fixture
def anna(sites: tuple[Site, Site]) -> Asker:
    return Asker(token_of(Account.objects.get(username="anna.larose")))


def test_the_log_of_every_site(monitor: Asker) -> None:
    found = report(monitor, "screening-log", "?page_size=4")
    assert len(found["results"]) == 4
    seen = list(found["results"])
    while found["next"]:
        found = monitor.get(found["next"]).json()
        seen += found["results"]
    assert len({one["key"] for one in seen}) == 11
    first = next(one for one in seen if one["number"] == "TOR-0001")
    assert (first["age_from"], first["part"], first["subject_number"]) == (60, "A", 1)
    assert first["registered_on"] == "2026-09-15"
    fourth = next(one for one in seen if one["number"] == "TOR-0004")
    assert fourth["failed"] == ["platelets", "bilirubin-normal"]
    assert "Lovelace" not in str(seen)


def test_filters(monitor: Asker) -> None:
    found = report(monitor, "screening-log", "?criterion=platelets&site=toronto&to=2026-09-30")
    assert [one["number"] for one in found["results"]] == ["TOR-0003", "TOR-0004"]
    for odd in ("?state=x", "?from=soon", "?site=nowhere", "?names=true", "?trial=NCT1"):
        report(monitor, "screening-log", odd, 400)


def test_the_flow(monitor: Asker) -> None:
    found = report(monitor, "consort")
    assert (found["patients"], found["screenings"], found["screened_again"]) == (10, 11, 1)
    assert found["closed"]["ineligible"] == 2
    assert found["failed"] == [
        {"criterion": "bilirubin-normal", "count": 1, "only": 0},
        {"criterion": "platelets", "count": 2, "only": 1},
    ]
    assert found["parts"] == {"A": 1, "B": 1}
    assert found["days_to_decision"]["from_opening"] == {
        "count": 8,
        "median": "7",
        "shortest": 1,
        "longest": 20,
    }


def test_reasons_and_accrual(monitor: Asker) -> None:
    results = report(monitor, "reasons")["results"]
    assert [(one["criterion"], one["count"], one["only"]) for one in results] == [
        ("platelets", 2, 1),
        ("bilirubin-normal", 2, 1),
    ]
    assert results[0]["title"].startswith("Platelets")
    found = report(monitor, "accrual")
    assert (found["target"], found["registered"]) == (40, 2)
    assert [one["site"] for one in found["sites"]] == ["montreal", "toronto"]
    assert found["by_day"][-1] == {"on": "2026-09-21", "registered": 2}
    assert report(monitor, "accrual", "?site=montreal")["registered"] == 0


def test_a_coordinator_counts_the_own_site(anna: Asker) -> None:
    assert report(anna, "consort")["patients"] == 8
    assert [one["site"] for one in report(anna, "accrual")["sites"]] == ["toronto"]
    absent = report(anna, "consort", "?site=nowhere", 400)
    assert report(anna, "consort", "?site=montreal", 400)["errors"] == absent["errors"]


@pytest.mark.parametrize("name", REPORTS)
def test_a_client_needs_the_scope(sites: tuple[Site, Site], name: str) -> None:
    toronto, _ = sites
    assert make_client("feed", toronto).get(f"/api/v1/reports/{name}/").status_code == 403
    reader = make_client("sponsor", toronto, scopes="logs.read")
    report(reader, name)
    assert reader.get("/api/v1/patients/").status_code == 403


@pytest.mark.parametrize("name", REPORTS)
def test_nobody_writes_a_report(monitor: Asker, name: str) -> None:
    assert monitor.post(f"/api/v1/reports/{name}/", {}).status_code == 405
