"""Who looked, searched, took out or was refused is in the trail; what was typed is not."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from patients.models import Patient
from tests.pages.stored import bare, coordinator, make_site, received
from trialscreen.institution.models import Site, TrailEntry
from trialscreen.wiring.owner import as_owner
from trialscreen.wiring.watched import NOT_WATCHED, WORDS

pytestmark = pytest.mark.django_db(transaction=True)
CHANGES = ("insert", "update", "delete", "truncate")


def acts() -> list[TrailEntry]:
    with as_owner():
        return list(TrailEntry.objects.exclude(kind__in=CHANGES).order_by("pk"))


@pytest.fixture(autouse=True)
def forgotten() -> None:
    with as_owner():
        TrailEntry.objects.all().delete()


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture
def anna(site: Site) -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(coordinator(site))
    return browser


@pytest.fixture
def patient(site: Site) -> Patient:
    return received(bare("1", given="Amélie", family="Gagnon"), site).patient


@pytest.mark.requirement(30)
def test_looking_at_a_patient_is_an_act(anna: Client, site: Site, patient: Patient) -> None:
    assert anna.get(f"/patients/{patient.pk}/").status_code == 200
    act = acts()[-1]
    assert (act.kind, act.subject, act.key) == ("viewed", "patient", str(patient.pk))
    assert (act.site_id, act.patient_id) == (site.pk, patient.pk)
    assert (act.by_name, act.origin) == ("Anna Larose", f"GET /patients/{patient.pk}/")
    assert act.new == {"page": "patient"}
    assert act.request


@pytest.mark.requirement(30, 37)
def test_what_was_searched_for_is_not_told(anna: Client, site: Site, patient: Patient) -> None:
    anna.get("/patients/?q=Gagnon")
    act = acts()[-1]
    assert (act.kind, act.site_id, act.new) == (
        "searched",
        site.pk,
        {"page": "patients", "filters": ["q"]},
    )
    assert "Gagnon" not in str(vars(act))


def test_what_a_page_asks_by_itself_is_no_act(anna: Client) -> None:
    before = len(acts())
    anna.get("/worklist/", headers={"X-By-Itself": "1"})
    assert len(acts()) == before


@pytest.mark.requirement(30)
def test_what_is_taken_out_is_an_act(anna: Client) -> None:
    anna.get("/reports/key-list.csv")
    assert [act.kind for act in acts()][-1] == "exported"


@pytest.mark.requirement(30, 37)
@pytest.mark.parametrize(
    ("address", "status"),
    [("/patients/{absent}/", 404), ("/api/v1/patients/{absent}/", 404), ("/nothing/", 404)],
)
def test_a_refusal_is_an_act_of_the_institutions_chain(
    anna: Client, address: str, status: int
) -> None:
    absent = uuid4()
    assert anna.get(address.format(absent=absent)).status_code == status
    act = acts()[-1]
    assert (act.kind, act.site_id, act.patient_id) == ("refused", None, None)
    assert act.new is not None
    assert act.new["status"] == status


def test_nobody_leaves_no_trace_of_public_pages(client: Client) -> None:
    client.get("/trials/NCT00514085/")
    client.get("/patients/")
    assert acts() == []


@pytest.mark.requirement(30, 37)
def test_signing_in_and_failing_to_are_acts(client: Client, site: Site) -> None:
    account = coordinator(site, "berta")
    client.post("/sign-in/", {"username": "berta", "password": "Gagnon 1984"})
    client.post("/sign-in/", {"username": "Gagnon 1984", "password": "?"})
    client.force_login(account)
    client.post("/sign-out/")
    told = [(act.kind, act.key) for act in acts()]
    assert told == [
        ("sign-in-failed", str(account.pk)),
        ("sign-in-failed", ""),
        ("signed-in", str(account.pk)),
        ("signed-out", str(account.pk)),
    ]
    assert "Gagnon" not in str([vars(act) for act in acts()])


def test_every_page_that_is_not_watched_or_has_a_word_of_its_own_exists() -> None:
    def names(patterns: object) -> set[str]:
        found: set[str] = set()
        for each in patterns:  # type: ignore[attr-defined]
            if isinstance(each, URLPattern):
                found.add(each.name or "")
            else:
                found |= names(each.url_patterns)
        return found

    assert (NOT_WATCHED | WORDS.keys()) - {"gallery"} <= names(get_resolver().url_patterns)
