"""The pages and files of the reports: who gets them, and what they say."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from eligibility.models import Registration, Screening
from tests.reports.counted import account
from trialscreen.institution.models import Account, Role, Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db

LOGS = ("screening-log", "report-consort", "report-reasons", "report-accrual")
KEYS = ("key-list",)


@pytest.fixture
def monitor(sites: tuple[Site, Site]) -> Client:
    return signed_in(account("monitor", Role.MONITOR))


@pytest.fixture
def anna(sites: tuple[Site, Site]) -> Client:
    return signed_in(Account.objects.get(username="anna.larose"))


def signed_in(person: Account) -> Client:
    client = Client()
    client.force_login(person)
    return client


def said(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def without_token(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


@pytest.mark.parametrize("name", [*LOGS, *KEYS])
def test_nobody_reads_a_report_without_signing_in(sites: tuple[Site, Site], name: str) -> None:
    assert Client().get(reverse(name)).status_code == 302


@pytest.mark.parametrize("name", [*LOGS, *KEYS])
def test_an_administrator_reads_none(sites: tuple[Site, Site], name: str) -> None:
    client = signed_in(account("admin", Role.ADMINISTRATOR))
    assert client.get(reverse(name)).status_code == 403


def test_a_monitor_reads_the_log_of_every_site_and_no_key(monitor: Client) -> None:
    page = said(monitor, reverse("screening-log"))
    assert "TOR-0001" in page
    assert "MON-0002" in page
    assert "Lovelace" not in page
    assert reverse("key-list") not in page
    assert reverse("patients") not in page
    assert monitor.get(reverse("key-list")).status_code == 403
    assert monitor.get("/reports/key-list.csv").status_code == 403


def test_a_monitor_begins_at_the_log(monitor: Client) -> None:
    assert monitor.get("/")["Location"] == reverse("screening-log")


def test_a_coordinator_reads_the_log_of_the_own_site_alone(anna: Client) -> None:
    page = said(anna, reverse("screening-log"))
    assert "TOR-0001" in page
    assert "MON-" not in page
    assert "Lovelace" not in page
    keys = said(anna, reverse("key-list"))
    assert "Ada Lovelace" in keys
    assert "MON-" not in keys
    assert "Confidential" in keys


def test_another_site_cannot_be_asked_for(anna: Client) -> None:
    page = said(anna, reverse("screening-log") + "?site=montreal", 422)
    absent = said(anna, reverse("screening-log") + "?site=nowhere", 422)
    assert "MON-" not in page
    assert without_token(page) == without_token(absent)
    assert "MON-" not in said(anna, "/reports/screening-log.csv?site=montreal", 422)


def test_filters_are_in_the_address_and_kept(monitor: Client) -> None:
    page = said(monitor, reverse("screening-log") + "?state=ineligible&criterion=platelets")
    assert "TOR-0003" in page
    assert "TOR-0006" not in page
    assert "/reports/screening-log.csv?state=ineligible&amp;criterion=platelets" in page
    assert "No line matches" in said(monitor, reverse("screening-log") + "?from=2027-01-01")
    odd = said(monitor, reverse("screening-log") + "?from=yesterday", 422)
    assert "Not understood, so not filtered by: Opened from" in odd


def test_the_files_hold_what_the_page_shows(monitor: Client) -> None:
    response = monitor.get("/reports/screening-log.csv?state=ineligible")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row["Screening number"] for row in rows] == ["TOR-0003", "TOR-0004", "TOR-0006"]
    assert rows[0]["Criteria not met at closing"] == "Platelets ≥ 100,000/mm³"
    assert [row["Only that one"] for row in rows] == ["yes", "no", "yes"]
    assert rows[0]["Age at opening"] == "50–59"
    assert rows[0]["Closed"] == "2026-09-05"
    book = monitor.get("/reports/screening-log.xlsx")
    assert book.content.startswith(b"PK")
    assert "sheet" in book["Content-Type"]
    paper = monitor.get("/reports/screening-log.pdf")
    assert paper.content.startswith(b"%PDF-")
    assert b"pdfaid:part>2" in paper.content
    assert monitor.get("/reports/screening-log.pdf?state=withdrawn").status_code == 200
    assert monitor.get("/reports/screening-log.doc").status_code == 404


def test_the_key_list_is_a_file_of_its_own(anna: Client) -> None:
    response = anna.get("/reports/key-list.csv")
    assert "confidential-key-list" in response["Content-Disposition"]
    assert "Lovelace" in response.content.decode()
    assert anna.get("/reports/key-list.xlsx").content.startswith(b"PK")


def test_the_flow_says_its_numbers_in_the_picture_and_beside_it(monitor: Client) -> None:
    page = said(monitor, reverse("report-consort"))
    for line in (
        "Candidates (n = 10)",
        "Closed (n = 5)",
        "Still open (n = 3)",
        "Registered (n = 2)",
    ):
        assert line in page
    assert "Ineligible (n = 2)" in page
    assert "1 screened more than once" in page
    assert "2 of them before screening was started" in page
    assert "Candidates: 10; Closed: 5; Ineligible: 2; Declined: 1;" in page
    one = said(monitor, reverse("report-consort") + "?site=montreal")
    assert "Candidates (n = 2)" in one


def test_accrual_is_of_the_target(monitor: Client) -> None:
    assert "2 registered here of the 40 of the whole trial" in said(
        monitor, reverse("report-accrual")
    )


def test_nothing_to_count_is_said(db: None) -> None:
    client = signed_in(account("monitor", Role.MONITOR, None))
    assert client.get(reverse("screening-log")).status_code == 403, "there is no site yet"


def registered(site: Site) -> tuple[UUID, UUID]:
    with use_sites([site.pk]):
        one = Registration.objects.get(subject_number=1).screening_id
        other = Screening.objects.exclude(registration=None).exclude(pk=one).get().pk
        assert Screening.objects.filter(registration=None).exists()
        return one, other


def test_the_calendar_of_a_registered_patient(anna: Client, sites: tuple[Site, Site]) -> None:
    a, b = registered(sites[0])
    page = said(anna, reverse("treatment-calendar", args=[a]))
    assert "Day 1 on 15 Sep 2026; 15 days of treatment until 17 Oct 2026" in page
    assert "Starting dose of 50μg/kg/day as an IV push" in page
    assert "Lovelace" not in page
    two = said(anna, reverse("treatment-calendar", args=[b]) + "?first=5 Oct 2026&cycles=2")
    assert "Day 1 on 5 Oct 2026; 20 days of treatment until 4 Dec 2026" in two
    odd = said(anna, reverse("treatment-calendar", args=[b]) + "?first=soon", 422)
    assert "soon" in odd
    assert "Write the day as" in odd
    file = anna.get(reverse("treatment-calendar-file", args=[a]) + "?first=2026-10-05")
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    text = file.content.decode()
    assert text.count("BEGIN:VEVENT") == 15
    assert "DTSTART;VALUE=DATE:20261005" in text
    assert "Lovelace" not in text
    assert anna.get(reverse("treatment-calendar-file", args=[a]) + "?first=soon").status_code == 422
    again = anna.get(reverse("treatment-calendar-file", args=[a]) + "?first=2026-10-05")
    assert again.content == file.content


def test_another_sites_screening_is_as_absent_as_none(
    monitor: Client, anna: Client, sites: tuple[Site, Site]
) -> None:
    _toronto, montreal = sites
    a, _b = registered(sites[0])
    other = signed_in(account("coordinator.montreal", Role.COORDINATOR, montreal))
    for name in ("treatment-calendar", "treatment-calendar-file", "filed-checklist"):
        for pk in (a, uuid4()):
            assert other.get(reverse(name, args=[pk])).status_code == 404
            assert monitor.get(reverse(name, args=[pk])).status_code == 403


def test_who_is_not_registered_has_no_calendar(anna: Client, sites: tuple[Site, Site]) -> None:
    with use_sites([sites[0].pk]):
        candidate = Screening.objects.get(number=8)
    assert anna.get(reverse("treatment-calendar", args=[candidate.pk])).status_code == 404
    assert anna.get(reverse("filed-checklist", args=[candidate.pk])).status_code == 404


def test_a_first_day_is_asked_as_a_day() -> None:
    from eligibility.forms import CalendarForm

    assert CalendarForm({"cycles": "99"}).how_many() == 1
    assert CalendarForm({}).first_day(date(2026, 9, 1)) == date(2026, 9, 1)
