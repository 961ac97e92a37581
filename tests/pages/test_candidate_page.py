"""The page of a candidate: its order, how a verdict came about, examples beside a question, notes on the whole."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from eligibility.actions import assess, publish
from eligibility.actions import notes as noting
from eligibility.models import Screening
from eligibility.past import Turn, turns
from eligibility.presenters.examples import EXAMPLES
from eligibility.presenters.past import present
from patients.models import Patient
from tests.pages.stored import PROTOCOL, bare, coordinator, invented, make_site, received, today_at
from tests.pages.test_entering import at
from tests.pages.test_pages import text_of
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

EDMONTON = ZoneInfo("America/Edmonton")
NOON = datetime(2026, 11, 20, 19, 5, tzinfo=UTC)


@pytest.fixture
def site(db: None) -> Site:
    publish(PROTOCOL)
    return make_site()


@pytest.fixture
def anna(site: Site) -> Account:
    return coordinator(site)


@pytest.fixture
def browser(client: Client, anna: Account) -> Client:
    client.force_login(anna)
    return client


@pytest.fixture
def patient(site: Site) -> Patient:
    return invented("platelets-too-old", site)


def test_what_is_missing_comes_before_the_criteria_and_pictures_after(
    browser: Client, patient: Patient
) -> None:
    page = browser.get(f"/patients/{patient.pk}/").text
    ids = ("result-heading", "screening-heading", "missing-heading", "windows-heading")
    order = [page.index(f'id="{one}"') for one in (*ids, "checklist-heading", "chart", "facts")]
    assert order == sorted(order)


def test_a_verdict_is_told_with_its_turns(site: Site, browser: Client, patient: Patient) -> None:
    today = today_at(site)
    day = today.isoformat()
    said = {"collected": day, "value-platelets": "150", "unit-platelets": "10*9/L"}
    assert browser.post(at(patient, "platelets", "results"), said).status_code == 302
    with use_sites([site.pk]):
        assess(patient.pk, protocol=PROTOCOL, on=today + timedelta(days=40))
        told = turns(patient.pk, protocol=PROTOCOL)
    assert [one.verdict for one in told["platelets"]] == ["unknown", "met", "unknown"]
    assert [one.new_record for one in told["platelets"]] == [False, True, True]
    # What never turned has been assessed once, whatever else was.
    assert [one.verdict for one in told["age-18"]] == ["met"]
    page = text_of(browser.get(f"/patients/{patient.pk}/").text)
    assert "The same record on another day or under other rules: record version" in page
    assert "First assessed, of record version" in page


def test_turns_in_words() -> None:
    told = present(
        {
            "platelets": (
                Turn("met", NOON + timedelta(days=1), 4, True),
                Turn("unknown", NOON, 3, True),
            ),
            "no-active-infection": (Turn("not_met", NOON, 3, True),),
        },
        protocol=PROTOCOL,
        zone=EDMONTON,
    )
    assert [(one.when, str(one.look.label), one.why) for one in told["platelets"]] == [
        ("21 Nov 2026, 12:05", "Met", "The record had changed: record version 4"),
        ("20 Nov 2026, 12:05", "Unknown", "First assessed, of record version 3"),
    ]
    assert [str(one.look.label) for one in told["no-active-infection"]] == ["Present"]


def test_nobody_is_told_of_another_sites_turns(site: Site, patient: Patient) -> None:
    elsewhere = make_site("montreal", "America/Toronto")
    with use_sites([elsewhere.pk]):
        assert not turns(patient.pk, protocol=PROTOCOL)


def test_every_question_that_people_answer_has_an_example() -> None:
    asked = {one.id for one in PROTOCOL.criteria if one.attestable is not None}
    assert set(EXAMPLES) == asked
    for words in EXAMPLES.values():
        assert re.search(r"(holds|does not( hold)?|not applicable): .+\. Source: .+", str(words))


def test_a_question_shows_its_example(browser: Client, patient: Patient) -> None:
    page = text_of(browser.get(at(patient, "no-active-infection")).text)
    assert "For example holds: a cold that is over" in page


def test_notes_on_the_screening_as_a_whole_are_linked_with_their_number(
    site: Site, anna: Account, browser: Client, patient: Patient
) -> None:
    there = f"/patients/{patient.pk}/"
    with use_sites([site.pk]):
        held = Screening.objects.get(patient=patient)
    link = f'href="/screenings/{held.pk}/notes/"'
    page = browser.get(there).text
    assert link in page
    assert "open note" not in text_of(page)
    with use_sites([site.pk]):
        noting.write(
            held.pk,
            criterion="",
            text="Lives with her sister until December.",
            by=anna,
            protocol=PROTOCOL,
            on=today_at(site),
            assignee=None,
        )
    assert "Notes on the screening: 1 open note" in text_of(browser.get(there).text)
    assert link in browser.get(f"/screenings/{held.pk}/").text
    assert "Lives with her sister" in browser.get(f"/screenings/{held.pk}/notes/").text


def test_who_is_no_candidate_has_no_link_to_notes(site: Site, browser: Client) -> None:
    stranger = received(bare("1", given="Ada", family="Grant"), site).patient
    assert "Notes on the screening" not in browser.get(f"/patients/{stranger.pk}/").text
