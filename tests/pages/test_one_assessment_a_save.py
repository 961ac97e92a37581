"""A result that is saved in place is assessed once: the filed answer is what the page shows."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from eligibility import listing
from eligibility.answers import answer
from eligibility.models import Assessment
from eligibility.presenters import evaluation, trial
from eligibility.rules.outlook import look_ahead
from eligibility.rules.protocol import Protocol
from patients.models import Patient
from tests.pages.stored import PROTOCOL, coordinator, invented, make_site, today_at
from tests.pages.test_entering import IN_PLACE, at
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db

ASSESSING = "eligibility.actions.assessing"


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture
def browser(client: Client, site: Site) -> Client:
    client.force_login(coordinator(site))
    return client


@pytest.fixture
def patient(site: Site) -> Patient:
    return invented("platelets-too-old", site)


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often findings of a day, and an answer with all its days ahead, are worked out."""
    count: Counter[str] = Counter()
    findings = Protocol.assess

    def assess(*asked: Any, **also: Any) -> Any:
        count["findings"] += 1
        return findings(*asked, **also)

    def whole(*asked: Any, **also: Any) -> Any:
        count["answers"] += 1
        return answer(*asked, **also)

    monkeypatch.setattr(Protocol, "assess", assess)
    monkeypatch.setattr(f"{ASSESSING}.answer", whole)
    # The days ahead are found by asking for the findings of many of them; those are not counted.

    def ahead(*asked: Any, **also: Any) -> Any:
        before = count["findings"]
        found = look_ahead(*asked, **also)
        count["findings"] = before
        return found

    monkeypatch.setattr(f"{ASSESSING}.look_ahead", ahead)
    return count


def platelets(site: Site, value: str = "150") -> dict[str, str]:
    day = today_at(site).isoformat()
    return {"collected": day, "value-platelets": value, "unit-platelets": "10*9/L"}


def test_in_place_one_answer_is_worked_out(
    browser: Client, site: Site, patient: Patient, worked_out: Counter[str]
) -> None:
    there = at(patient, "platelets", "results")
    for value in ("150", "151"):
        worked_out.clear()
        saved = browser.post(there, platelets(site, value), headers=IN_PLACE)
        assert saved.status_code == 200
        # The findings before tell which form it is and who may fill it; those after are filed.
        assert worked_out == {"findings": 2, "answers": 1}


def test_without_script_one_answer_is_worked_out(
    browser: Client, site: Site, patient: Patient, worked_out: Counter[str]
) -> None:
    there = at(patient, "platelets", "results")
    assert browser.post(there, platelets(site)).status_code == 302
    assert worked_out == {"findings": 2, "answers": 1}


def test_what_is_shown_is_what_would_be_worked_out_anew(
    browser: Client, site: Site, patient: Patient
) -> None:
    there = at(patient, "platelets", "results")
    saved = browser.post(there, platelets(site), headers=IN_PLACE)
    shown = saved.context["evaluation"]
    today = today_at(site)
    with use_sites([site.pk]):
        anew = listing.examine(patient.pk, protocol=PROTOCOL, on=today)
        filed = Assessment.objects.filter(patient=patient).latest("pk")
        as_filed = listing.examine(patient.pk, protocol=PROTOCOL, on=today, filed=filed)
    assert as_filed.answer is filed.answer
    assert as_filed.answer == anew.answer
    assert shown == evaluation.present(anew.answer, today=today, logic=trial.logic(PROTOCOL))


def test_an_older_answer_is_not_taken_for_the_record_as_it_stands(
    site: Site, patient: Patient, browser: Client
) -> None:
    today = today_at(site)
    with use_sites([site.pk]):
        older = Assessment.objects.filter(patient=patient).latest("pk")
    browser.post(at(patient, "platelets", "results"), platelets(site), headers=IN_PLACE)
    with use_sites([site.pk]):
        examined = listing.examine(patient.pk, protocol=PROTOCOL, on=today, filed=older)
        ahead = listing.examine(
            patient.pk, protocol=PROTOCOL, on=today + timedelta(days=1), filed=older
        )
    assert examined.answer != older.answer
    assert examined.answer["on"] == today.isoformat()
    assert ahead.answer["on"] == (today + timedelta(days=1)).isoformat()


def test_the_rows_that_changed_are_those_of_the_day_that_is_looked_at(
    browser: Client, site: Site, patient: Patient
) -> None:
    there = at(patient, "platelets", "results")
    later = today_at(site) + timedelta(days=40)
    saved = browser.post(f"{there}?on={later.isoformat()}", platelets(site), headers=IN_PLACE)
    assert saved.status_code == 200
    # By then the count is too old again, as it was before it was entered.
    assert [row.id for row in saved.context["changed"]] == []
    assert saved.context["row"].look.label == "Unknown"
