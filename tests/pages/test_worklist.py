"""The worklist over HTTP: who is on which tab, what is found, how pages are turned, and what is given to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from eligibility import worklist
from eligibility.actions import Actor, assess, open_screening, publish
from eligibility.models import Screening, State, Trial
from eligibility.tabs import Tab
from patients.models import Patient
from tests.pages.stored import (
    PROTOCOL,
    assessed,
    bare,
    coordinator,
    invented,
    make_site,
    today_at,
)
from tests.pages.test_pages import text_of
from trialscreen.institution.models import Account, Role, Site, StaffRole
from trialscreen.institution.scope import use_sites

LIST = "/worklist/"
POLL = {"HX-Request": "true", "X-By-Itself": "1"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Iterator[Site]:
    site = make_site()
    with use_sites([site.pk]):
        yield site


@pytest.fixture
def anna(site: Site) -> Account:
    return coordinator(site)


@pytest.fixture
def browser(client: Client, anna: Account) -> Client:
    client.force_login(anna)
    return client


def add(site: Site, by: Account, number: int, **columns: object) -> Screening:
    """A candidate of whom little is known, moved by hand to where a test wants them."""
    patient = assessed(bare(str(number), given="Ada", family=f"Same {number:03}"), site)
    return opened(patient, site, by, **columns)


def opened(patient: Patient, site: Site, by: Account, **columns: object) -> Screening:
    trial = Trial.objects.get(number=PROTOCOL.trial)
    held = open_screening(patient=patient, trial=trial, by=Actor.person(by), on=today_at(site))
    assess(patient.pk, protocol=PROTOCOL, on=today_at(site))
    if columns:
        Screening.objects.filter(pk=held.pk).update(**columns)
    held.refresh_from_db()
    return held


def shown(page: str) -> list[str]:
    """Screening numbers on the list, from top to bottom."""
    return re.findall(r"data-row>([^<]+)</a>", page)


def count_of(page: str, tab: str) -> int:
    found = re.search(rf'id="tab-{tab}".*?<span>(\d+)</span>', page, re.DOTALL)
    assert found
    return int(found[1])


WHERE: dict[Tab, dict[str, object]] = {
    Tab.READY: {"state": State.IN_SCREENING, "status": "eligible"},
    Tab.SIGN: {"state": State.CONFIRMED, "status": "eligible"},
    Tab.REGISTER: {"state": State.SIGNED, "status": "not_yet"},
    Tab.NEEDS: {"state": State.CANDIDATE, "status": "undetermined"},
    Tab.NOT_YET: {"state": State.CANDIDATE, "status": "not_yet"},
    Tab.REPEATABLE: {"state": State.IN_SCREENING, "status": "ineligible", "repeatable": True},
    Tab.FAILS: {"state": State.CANDIDATE, "status": "ineligible", "repeatable": False},
    Tab.REGISTERED: {"state": State.REGISTERED, "status": "eligible"},
    Tab.CLOSED: {"state": State.DECLINED, "status": "eligible"},
}


def test_home_is_the_worklist(browser: Client) -> None:
    assert browser.get("/").headers["Location"] == LIST


def test_who_has_not_signed_in_is_asked_to(client: Client) -> None:
    assert client.get(LIST).headers["Location"] == "/sign-in/?next=/worklist/"


def test_the_empty_list_says_what_to_do(browser: Client) -> None:
    said = text_of(browser.get(LIST).text)
    assert "No screening yet" in said
    assert "appears here by itself" in said
    assert "All patients" in said


def test_a_candidate_who_opened_by_themselves_stands_there(browser: Client, site: Site) -> None:
    patient = invented("meets-everything", site)
    page = browser.get(LIST).text
    said = text_of(page)
    assert shown(page) == ["EDM-0001"]
    assert f'href="/patients/{patient.pk}/"' in page
    assert "Eligible Candidate" in said
    assert page.count('title="') >= 40
    assert "Start EDM-0001" in said


def test_every_tab_has_its_own_and_counts_it(browser: Client, site: Site, anna: Account) -> None:
    held = {
        tab: add(site, anna, number, **columns)
        for number, (tab, columns) in enumerate(WHERE.items())
    }
    for tab in WHERE:
        page = browser.get(LIST, {"tab": tab.value}).text
        assert shown(page) == [held[tab].label], tab
        assert count_of(page, tab.value) == 1, tab
    page = browser.get(LIST, {"tab": "open"}).text
    assert count_of(page, "open") == len(shown(page)) == 7


def test_every_open_screening_is_on_one_tab_of_work(site: Site, anna: Account) -> None:
    for number, columns in enumerate(WHERE.values()):
        add(site, anna, number, **columns)
    add(site, anna, 99, status="", assessment=None)
    page = worklist.glimpse(
        worklist.Asked(), sites={site.pk: today_at(site)}, protocol=PROTOCOL, me=anna.pk
    )
    work = list(Tab)[: list(Tab).index(Tab.CLOSING)]
    assert sum(page.counts[tab] for tab in work) == page.counts[Tab.OPEN] == 8


@pytest.mark.parametrize(
    ("days", "is_closing", "said"),
    [(0, True, "ends today"), (1, True, "1 day left"), (7, True, "7 days left"), (8, False, "")],
)
def test_a_window_that_closes(
    browser: Client, site: Site, anna: Account, days: int, is_closing: bool, said: str
) -> None:
    last = today_at(site) + timedelta(days=days)
    add(site, anna, 1, status="eligible", window_last=last)
    page = browser.get(LIST, {"tab": "closing"}).text
    assert bool(shown(page)) is is_closing
    assert said in text_of(page)


@pytest.mark.parametrize(
    ("tab", "verb"),
    [
        (Tab.READY, "Confirm"),
        (Tab.SIGN, "Open"),
        (Tab.REGISTER, "Register"),
        (Tab.NEEDS, "Start"),
        (Tab.REPEATABLE, "Repeat"),
        (Tab.FAILS, "Close"),
        (Tab.CLOSED, "Open"),
    ],
)
def test_the_next_thing_to_do_is_a_verb(
    browser: Client, site: Site, anna: Account, tab: Tab, verb: str
) -> None:
    held = add(site, anna, 1, **WHERE[tab])
    if tab is Tab.READY:
        found = held.assessment
        assert found is not None
        # Nothing rests on an absence: the bases of an assessment are never edited, so the row is asked without one.
        Screening.objects.filter(pk=held.pk).update(assessment=None)
    assert f"{verb} {held.label}" in text_of(browser.get(LIST, {"tab": tab.value}).text)


def test_an_investigator_is_offered_to_sign(client: Client, site: Site, anna: Account) -> None:
    held = add(site, anna, 1, **WHERE[Tab.SIGN])
    person = Account.objects.create_user("ivo", "a long way round the lake", name="Ivo")
    StaffRole.objects.create(
        account=person, site=site, role=Role.INVESTIGATOR, first_day=site.opened_on
    )
    client.force_login(person)
    page = client.get(LIST, {"tab": "to-sign"}).text
    assert f'href="/screenings/{held.pk}/sign/"' in page


def test_starting_from_the_row(browser: Client, site: Site, anna: Account) -> None:
    held = add(site, anna, 1)
    page = browser.get(LIST).text
    form = re.search(r'action="(/screenings/[^"]+/start/)".*?</form>', page, re.DOTALL)
    assert form
    values = dict(re.findall(r'name="(version|record)" value="(\d+)"', form[0]))
    answer = browser.post(form[1], values)
    assert answer.status_code == 302
    held.refresh_from_db()
    assert held.state == State.IN_SCREENING


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("EDM-0002", [2]),
        ("edm-2", [2]),
        ("2", [2]),
        ("XXX-0002", []),
        ("ag", [1]),
        ("A.G.", [1]),
        ("gagnon", [1]),
        ("MRN-7", [2]),
        ("1984-05-17", [1]),
        ("17 May 1984", [1]),
        ("2 Jan 1950", [2]),
        ("nobody", []),
        ("%", []),
        ("99999999999999999999", []),
        ("٢", []),
        ("\x00", [1, 2]),
    ],
)
def test_searching(
    browser: Client, site: Site, anna: Account, typed: str, found: list[int]
) -> None:
    opened(assessed(bare("6", given="Amélie", family="Gagnon"), site), site, anna)
    opened(
        assessed(bare("7", given="Bohdan", family="Kowalchuk", born="1950-01-02"), site), site, anna
    )
    page = browser.get(LIST, {"q": typed, "sort": "number"}).text
    assert shown(page) == [f"EDM-{number:04}" for number in found]
    if not found:
        assert "Nobody matches" in text_of(page)
        assert "among all patients" in text_of(page)


def test_a_corrected_name_is_found(browser: Client, site: Site, anna: Account) -> None:
    opened(assessed(bare("6", given="Amelie", family="Gagnon"), site), site, anna)
    assessed(bare("6", given="Amelie", family="Tremblay"), site)
    assert shown(browser.get(LIST, {"q": "tremblay"}).text) == ["EDM-0001"]
    assert shown(browser.get(LIST, {"q": "gagnon"}).text) == []


def test_whose(browser: Client, site: Site, anna: Account) -> None:
    add(site, anna, 1, assignee=anna)
    add(site, anna, 2)
    assert shown(browser.get(LIST, {"who": "me"}).text) == ["EDM-0001"]
    assert shown(browser.get(LIST, {"who": str(anna.pk)}).text) == ["EDM-0001"]
    assert shown(browser.get(LIST, {"who": "nobody"}).text) == ["EDM-0002"]
    assert len(shown(browser.get(LIST, {"who": "somebody"}).text)) == 2


def test_nothing_is_sent_while_nothing_has_changed(
    browser: Client, site: Site, anna: Account
) -> None:
    held = add(site, anna, 1)
    page = browser.get(LIST).text
    there = re.search(r'hx-get="([^"]*seen=[^"]+)"', page)
    assert there
    poll = LIST + there[1].replace("&amp;", "&")
    assert browser.get(poll, headers=POLL).status_code == 204
    assessed(bare("1", given="Ada", family="Same 001", born="1990-01-01"), site)
    held.refresh_from_db()
    changed = browser.get(poll, headers=POLL)
    assert changed.status_code == 200
    assert changed.text.lstrip().startswith('<div id="worklist"')
    assert "<html" not in changed.text


def test_what_asks_by_itself_keeps_no_session_alive(
    browser: Client, site: Site, anna: Account
) -> None:
    session = browser.session
    session["seen_at"] -= 120
    session.save()
    before = session["seen_at"]
    browser.get(LIST, headers=POLL)
    assert browser.session["seen_at"] == before
    browser.get(LIST)
    assert browser.session["seen_at"] > before


def given(browser: Client, *held: Screening, to: str) -> str:
    answer = browser.post(
        f"{LIST}assign/",
        {"screening": [str(one.pk) for one in held], "to": to, "back": f"{LIST}?tab=open"},
    )
    assert answer.headers["Location"] == f"{LIST}?tab=open"
    return browser.get(LIST).text


def undone(browser: Client, page: str) -> str:
    token = re.search(r'name="undo" value="([^"]+)"', page)
    assert token
    browser.post(f"{LIST}undo/", {"undo": token[1]})
    return text_of(browser.get(LIST).text)


def assignees(*held: Screening) -> list[int | None]:
    every = dict(Screening.objects.values_list("pk", "assignee"))
    return [every[one.pk] for one in held]


def test_giving_several_and_taking_it_back(browser: Client, site: Site, anna: Account) -> None:
    other = coordinator(site, "bob")
    one, two, three = add(site, anna, 1, assignee=other), add(site, anna, 2), add(site, anna, 3)
    page = given(browser, one, two, to="me")
    assert "2 screenings given to Anna Larose" in text_of(page)
    assert assignees(one, two, three) == [anna.pk, anna.pk, None]
    Screening.objects.filter(pk=two.pk).update(assignee=other)
    said = undone(browser, page)
    assert "1 screening is with whom it was before" in said
    assert "1 had been given to somebody else since" in said
    assert assignees(one, two, three) == [other.pk, other.pk, None]
    assert "Undone" not in text_of(browser.get(LIST).text)
    given(browser, one, to="nobody")
    assert assignees(one) == [None]


@pytest.mark.parametrize(
    ("to", "chosen", "said"),
    [
        ("me", [], "Choose at least one"),
        ("me", ["x"], "Choose at least one"),
        ("", None, "Choose whom"),
        ("somebody", None, "Choose whom"),
        ("999999999", None, "no such person"),
        ("stranger", None, "Only coordinators and investigators of the site"),
    ],
)
def test_what_cannot_be_given(
    browser: Client, site: Site, anna: Account, to: str, chosen: list[str] | None, said: str
) -> None:
    held = add(site, anna, 1)
    stranger = Account.objects.create_user("eve", "a long way round the lake", name="Eve")
    to = str(stranger.pk) if to == "stranger" else to
    chosen = [str(held.pk)] if chosen is None else chosen
    browser.post(f"{LIST}assign/", {"screening": chosen, "to": to, "back": "https://example.com/"})
    assert said in text_of(browser.get(LIST).text)
    assert assignees(held) == [None]


def test_a_forged_undo_changes_nothing(browser: Client, site: Site, anna: Account) -> None:
    held = add(site, anna, 1, assignee=anna)
    browser.post(f"{LIST}undo/", {"undo": "forged"})
    assert "can no longer be undone" in text_of(browser.get(LIST).text)
    assert assignees(held) == [anna.pk]


def test_where_one_is_sent_back_is_never_another_place(browser: Client) -> None:
    for back in ("https://example.com/", "//example.com/worklist/", "/patients/", "/worklist//x\n"):
        answer = browser.post(f"{LIST}assign/", {"back": back})
        assert answer.headers["Location"].startswith(LIST)
        assert "example" not in answer.headers["Location"]


def test_another_site_s_screening_is_absent(browser: Client, site: Site, anna: Account) -> None:
    montreal = make_site("montreal", "America/Toronto")
    other = coordinator(montreal, "luc")
    with use_sites([montreal.pk]):
        hidden = add(montreal, other, 5)
    for query in ({}, {"q": "1"}, {"q": "same"}, {"q": "MON-0001"}, {"who": str(other.pk)}):
        page = browser.get(LIST, query).text
        assert shown(page) == []
        assert count_of(page, "open") == 0
    browser.post(f"{LIST}assign/", {"screening": [str(hidden.pk)], "to": "me"})
    with use_sites([montreal.pk]):
        assert assignees(hidden) == [None]
    version = {"version": "1", "record": "1"}
    absent = browser.post(f"/screenings/{uuid4()}/start/", version)
    assert browser.post(f"/screenings/{hidden.pk}/start/", version).status_code == 404
    assert absent.status_code == 404


@pytest.mark.parametrize("role", [Role.MONITOR, Role.ADMINISTRATOR])
def test_who_sees_no_patients_is_shown_no_way_to_them(client: Client, role: Role) -> None:
    publish(PROTOCOL)
    person = Account.objects.create_user("max", "a long way round the lake", name="Max")
    StaffRole.objects.create(account=person, role=role, first_day=make_site().opened_on)
    client.force_login(person)
    page = client.get("/trials/NCT00514085/").text
    links = {link for link in re.findall(r'href="(/[^"#?]*)', page) if "/static/" not in link}
    assert "/worklist/" not in links
    for link in links:
        assert client.get(link, follow=True).status_code == 200, link
    assert client.get(LIST).status_code == 403


def queries(client: Client, there: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(there).status_code == 200
    return len(caught)


def queries_again(client: Client, there: str) -> int:
    """Looked at for the second time: the session has remembered it, and nothing is written for that."""
    assert client.get(there).status_code == 200
    return queries(client, there)


def test_thirty_cost_as_many_queries_as_three(browser: Client, site: Site, anna: Account) -> None:
    asked = (
        *("?tab=open", "?q=same", "?tab=needs-information", "?who=me"),
        *("?sort=-number", "?sort=age", "?sort=who"),
    )
    counted = []
    session = browser.session
    session["seen_at"] += (
        3600  # Nor is it written that somebody is still there, however slow the machine is.
    )
    session.save()
    for upto in (range(3), range(3, 30)):
        for number in upto:
            add(site, anna, number, assignee=anna)
        counted.append([queries_again(browser, f"{LIST}{query}") for query in asked])
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 15  # of a search; the last says in the trail who looked


def test_hostile_words_stay_text(browser: Client, site: Site, anna: Account) -> None:
    patient = assessed(bare("1", given="<script>alert(1)", family='"><b>'), site)
    opened(patient, site, anna)
    for query in ("", "?q=%22%3E%3Cscript%3Ealert%281%29", "?tab=%3Cb%3E&who=%22&sort='&at=<"):
        page = browser.get(f"{LIST}{query}").text
        assert "<script>alert" not in page
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page)


def test_a_patient_without_an_episode_can_be_added(browser: Client, site: Site) -> None:
    patient = assessed(bare("1", given="Amélie", family="Gagnon"), site)
    page = browser.get("/patients/").text
    assert f'action="/patients/{patient.pk}/screen/"' in page
    assert browser.post(f"/patients/{patient.pk}/screen/").status_code == 302
    page = browser.get("/patients/").text
    assert "Add as a candidate" not in page
    assert f'href="/patients/{patient.pk}/#screening"' in page
    assert "EDM-0001" in text_of(page)
    assert "Undetermined Candidate" in text_of(browser.get(LIST).text)
