"""Three patients or thirty, three facts or thirty: a page, a list and an answer ask the database as often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.stored.conftest import Asker, make_client, make_site
from tests.pages.stored import assessed, bare, coordinator
from trialscreen.institution.models import Site

FEW, MANY = 3, 30
KINDS = (
    *("lab-results", "observations", "conditions", "prior-therapies", "lesions"),
    *("histologies", "specimens", "study-participations", "notices", "attestations"),
)
ELIGIBILITY = "eligibility/?trial=NCT00514085&timeline=true"

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return make_site("toronto")


@pytest.fixture
def feed(site: Site) -> Asker:
    return make_client("ehr", site)


@pytest.fixture
def browser(client: Client, site: Site) -> Client:
    client.force_login(coordinator(site))
    return client


def queries(ask: Callable[[str], Any], at: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = ask(at)
    assert answer.status_code == 200, (at, answer.content[:300])
    return len(asked)


def test_patients(site: Site, feed: Asker, browser: Client) -> None:
    """The list in every order and under a search, and the list of the API."""
    pages = ("", "?q=same", "?sort=age", "?sort=name", "?status=undetermined")
    counts = []
    for upto in (range(FEW), range(FEW, MANY)):
        for number in upto:
            assessed(bare(str(number), given="Ada", family=f"Same {number:02}"), site)
        counts.append(
            [queries(browser.get, f"/patients/{page}") for page in pages]
            + [queries(feed.get, f"/api/v1/patients/{query}") for query in ("", "?search=same")]
        )
    assert counts[0] == counts[1]


def test_facts(site: Site, feed: Asker, browser: Client) -> None:
    """The candidate's page, every list of facts, and the verdicts."""
    patients = [assessed(with_facts(count), site).pk for count in (FEW, MANY)]
    held = [feed.get(f"/api/v1/patients/{one}/lab-results/").json()["results"] for one in patients]
    assert [len(rows) for rows in held] == [FEW, MANY]
    counts = []
    for one in patients:
        of_api = [f"/api/v1/patients/{one}/{kind}/" for kind in KINDS]
        of_api += [f"/api/v1/patients/{one}/", f"/api/v1/patients/{one}/{ELIGIBILITY}"]
        counts.append(
            {at.replace(str(one), "…"): queries(feed.get, at) for at in of_api}
            | {"page": queries(browser.get, f"/patients/{one}/")}
        )
    assert counts[0] == counts[1]


def with_facts(count: int) -> dict[str, Any]:
    """A Bundle of so many results, conditions, courses and records of no use, on as many days."""
    bundle = bare(f"facts-{count}", given="Ada", family="Same")
    for number in range(count):
        day = f"2026-0{1 + number // 28}-{1 + number % 28:02}"
        bundle["entry"] += [{"resource": one} for one in on_a_day(f"facts-{count}", number, day)]
    return bundle


def on_a_day(patient: str, number: int, day: str) -> list[dict[str, Any]]:
    subject = {"subject": {"reference": f"Patient/{patient}"}}
    unit = {"unit": "10*9/L", "system": "http://unitsofmeasure.org", "code": "10*9/L"}
    loinc = {"coding": [{"system": "http://loinc.org", "code": "777-3"}]}
    cancer = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C43.59"}]}
    return [
        {
            "resourceType": "Observation",
            "id": f"o{number}",
            "status": "final",
            "code": loinc,
            "effectiveDateTime": day,
            "valueQuantity": {"value": 100 + number, **unit},
            **subject,
        },
        {
            "resourceType": "Condition",
            "id": f"c{number}",
            "code": cancer,
            "onsetDateTime": day,
            **subject,
        },
        {"resourceType": "Basic", "id": f"b{number}", "code": {"text": "of no use"}, **subject},
    ]
