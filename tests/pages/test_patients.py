"""The pages of stored patients: who is on the list, what is found, and what is absent."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from eligibility import listing
from tests.pages.stored import (
    assessed,
    bare,
    coordinator,
    invented,
    make_site,
    received,
)
from tests.pages.test_pages import text_of
from trialscreen.institution.models import Site
from trialscreen.institution.sealed import sealed

LIST = "/patients/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture
def anna(client: Client, site: Site) -> Client:
    """The browser of a coordinator at Edmonton."""
    client.force_login(coordinator(site))
    return client


def shown(page: str) -> list[str]:
    """Initials on a list, from top to bottom."""
    return re.findall(r"data-row>([^<]+)</a>", page)


def three(site: Site) -> None:
    assessed(bare("1", given="Amélie", family="Gagnon", born="1984-05-17"), site)
    assessed(bare("2", given="Bohdan", family="Kowalchuk", born="1950-01-02"), site)
    received(bare("3", given="Wei-Lan", family="Cheung", born="1999-12-31"), site)


def test_who_has_not_signed_in_is_asked_to(client: Client) -> None:
    for there in (LIST, f"{LIST}{uuid4()}/"):
        assert client.get(there).headers["Location"].startswith("/sign-in/?next=/patients/")


def test_the_empty_list_says_what_to_do(anna: Client) -> None:
    said = text_of(anna.get(LIST).text)
    assert "No patient yet" in said
    assert "Edmonton centre" in said


def test_a_row_tells_status_and_what_is_missing(anna: Client, site: Site) -> None:
    patient = invented("meets-everything", site)
    page = anna.get(LIST).text
    said = text_of(page)
    assert f'href="/patients/{patient.pk}/"' in page
    assert "Eligible" in said
    assert page.count('<i class="c c-') == 40 + 6  # and the legend
    assert "Site coordinator" in said
    assert "Anna Larose" in said


def test_new_data_and_the_first_look_are_said(anna: Client, site: Site) -> None:
    assessed(bare("1", given="Amélie", family="Gagnon"), site)
    assert "newer data is being assessed" not in anna.get(LIST).text
    received(bare("1", given="Amélie", family="Gagnon", born="1990-01-01"), site)
    received(bare("2", given="Bohdan", family="Kowalchuk"), site)
    said = text_of(anna.get(LIST).text)
    assert "newer data is being assessed" in said
    assert "Not assessed yet" in said


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("gagnon", ["A.G."]),
        ("amelie", ["A.G."]),
        ("GAGNON amé", ["A.G."]),
        ("ag", ["A.G."]),
        ("A.G.", ["A.G."]),
        ("MRN-2", ["B.K."]),
        ("1999-12-31", ["W.C."]),
        ("2 Jan 1950", ["B.K."]),
        ("%", []),
        ("_", []),
        ("nobody", []),
        ("\x00", ["A.G.", "B.K.", "W.C."]),
    ],
)
def test_searching(anna: Client, site: Site, search: str, found: list[str]) -> None:
    three(site)
    assert sorted(shown(anna.get(LIST, {"q": search}).text)) == found


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["W.C.", "A.G.", "B.K."]),
        ("-name", ["B.K.", "A.G.", "W.C."]),
        ("age", ["W.C.", "A.G.", "B.K."]),
        ("-age", ["B.K.", "A.G.", "W.C."]),
        ("soonest", ["A.G.", "B.K.", "W.C."]),
        ("by chance", ["A.G.", "B.K.", "W.C."]),
    ],
)
def test_sorting(anna: Client, site: Site, sort: str, order: list[str]) -> None:
    three(site)
    assert shown(anna.get(LIST, {"sort": sort}).text) == order


def test_tabs_count_and_filter(anna: Client, site: Site) -> None:
    three(site)
    invented("meets-everything", site)
    said = text_of(anna.get(LIST).text)
    assert "All 4 Eligible 1 Not yet 0 Undetermined 2 Ineligible 0 Not assessed yet 1" in said
    page = anna.get(LIST, {"status": "unassessed"}).text
    assert shown(page) == ["W.C."]
    assert "All 4" in text_of(page)
    nobody = text_of(anna.get(LIST, {"status": "ineligible"}).text)
    assert "Nobody matches" in nobody
    assert "Clear search and filter" in nobody


def test_pages_can_be_turned_and_keep_what_was_asked(anna: Client, site: Site) -> None:
    for number in range(53):
        received(bare(str(number), given="Ada", family=f"Same {number:02}"), site)
    first = anna.get(LIST, {"q": "same", "sort": "name"}).text
    assert len(shown(first)) == 50
    assert "Page 1 of 2, 53 patients" in text_of(first)
    assert f"?find={sealed('same')}&amp;sort=name&amp;page=2" in first
    assert len(shown(anna.get(LIST, {"page": "2"}).text)) == 3
    assert len(shown(anna.get(LIST, {"page": "99"}).text)) == 3
    assert len(shown(anna.get(LIST, {"page": "none"}).text)) == 50


def test_of_very_many_the_list_says_that_it_is_some(
    anna: Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(site)
    assert "there are more" not in text_of(anna.get(LIST).text)
    monkeypatch.setattr(listing.listing, "__kwdefaults__", {"size": 50, "most": 2})
    page = anna.get(LIST, {"sort": "name"}).text
    assert shown(page) == ["W.C.", "A.G."]
    assert "by name; there are more" in text_of(page)
    page = anna.get(LIST, {"q": "mrn"}).text
    assert len(shown(page)) == 2
    assert "match: these are some of them" in text_of(page)
    assert "these are some" not in text_of(anna.get(LIST, {"q": "gagnon"}).text)


def test_htmx_gets_the_list_alone(anna: Client, site: Site) -> None:
    three(site)
    part = anna.get(LIST, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert part.lstrip().startswith('<section id="patients"')


def test_another_site_s_patient_is_absent(anna: Client, site: Site) -> None:
    three(site)
    montreal = make_site("montreal", "America/Toronto")
    hidden = assessed(bare("9", given="Hidden", family="Hiver", born="1961-07-08"), montreal)
    for query in (
        {},
        {"q": "hiver"},
        {"q": "MRN-9"},
        {"q": "1961-07-08"},
        {"status": "undetermined"},
    ):
        page = anna.get(LIST, query).text
        assert str(hidden.pk) not in page
        assert "H.H." not in page
        assert "All 4" not in text_of(page)
    foreign = anna.get(f"{LIST}{hidden.pk}/")
    unknown = anna.get(f"{LIST}{uuid4()}/")
    assert foreign.status_code == unknown.status_code == 404
    assert without_numbers(foreign.text) == without_numbers(unknown.text)


def without_numbers(page: str) -> str:
    """Without what is another one at each request: the form's token, and how long the session lasts."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|data-[a-z-]*seconds="\d+"', "", page)


def test_a_patient_s_page_has_the_checklist_and_where_it_comes_from(
    anna: Client, site: Site
) -> None:
    patient = invented("meets-everything", site)
    page = anna.get(f"{LIST}{patient.pk}/")
    assert page.status_code == 200
    assert page.text.count('class="criterion ') == 40
    said = text_of(page.text)
    assert "Eligible" in said
    assert "Edmonton centre, Edmonton" in said
    assert "What arrived" in said
    assert "feed" in said
    assert "Facts behind the verdicts" in said
    assert "Nothing entered here is stored" not in said


def test_a_patient_can_be_asked_for_on_another_day(anna: Client, site: Site) -> None:
    patient = assessed(bare("1", given="Amélie", family="Gagnon"), site)
    there = f"{LIST}{patient.pk}/"
    assert "Asked for 3 Feb 2027." in text_of(anna.get(there, {"on": "2027-02-03"}).text)
    wrong = anna.get(there, {"on": "soon"})
    assert wrong.status_code == 422
    assert "Write the day as" in wrong.text


def test_a_patient_of_whom_nothing_is_known_is_told_as_such(anna: Client, site: Site) -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": {"resourceType": "Patient", "id": "p"}}],
    }
    patient = assessed(bundle, site)
    said = text_of(anna.get(LIST).text)
    assert "?.?." in said
    assert "no identifier" in said
    said = text_of(anna.get(f"{LIST}{patient.pk}/").text)
    assert "Name not on record" in said
    assert "Nothing but the patient is on record" in said


def test_reading_files_nothing(anna: Client, site: Site) -> None:
    patient = received(bare("1", given="Amélie", family="Gagnon"), site).patient
    anna.get(f"{LIST}{patient.pk}/")
    assert "Not assessed yet" in text_of(anna.get(LIST).text)


def queries(client: Client, there: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(there).status_code == 200
    return len(caught)


def test_fifty_patients_cost_as_many_queries_as_five(anna: Client, site: Site) -> None:
    counted = []
    for upto in (range(5), range(5, 50)):
        for number in upto:
            assessed(bare(str(number), given="Ada", family=f"Same {number:02}"), site)
        counted.append([queries(anna, f"{LIST}{query}") for query in ("", "?q=same", "?sort=age")])
    assert counted[0] == counted[1]
    # The last one says in the trail who looked; a search asks besides whose record each found one is now.
    assert max(counted[0]) <= 17


def test_ten_deliveries_cost_a_patient_s_page_as_many_queries_as_one(
    anna: Client, site: Site
) -> None:
    patient = assessed(bare("1", given="Amélie", family="Gagnon"), site)
    there = f"{LIST}{patient.pk}/"
    before = queries(anna, there)
    for year in range(1950, 1959):
        received(bare("1", given="Amélie", family="Gagnon", born=f"{year}-01-01"), site)
    assert queries(anna, there) == before


def test_hostile_names_stay_text(anna: Client, site: Site) -> None:
    patient = assessed(bare("1", given="<script>alert(1)", family='"><b>'), site)
    for there in (LIST, f"{LIST}{patient.pk}/", f"{LIST}?q=%3Cscript%3E"):
        page = anna.get(there).text
        assert "<script>alert" not in page
        assert '"><b>' not in page
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page)
