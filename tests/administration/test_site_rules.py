"""Reference ranges and policy windows of a site: stated by administrators, with whom they concern as a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from eligibility.actions import publish
from eligibility.models import SitePolicy
from patients.models import LabResult, RangeChange, ReferenceRange
from tests.pages.stored import PROTOCOL, invented, make_site, today_at
from tests.pages.test_opening import managing, staff
from tests.pages.test_pages import text_of
from trialscreen.institution.conduct import use_conduct
from trialscreen.institution.models import Account, Role, Site

pytestmark = pytest.mark.django_db

Browser = Callable[[Account], Client]
RULES = "/administration/sites/edmonton/rules/"
DAY = timedelta(days=1)


def a_range(**other: str) -> dict[str, str]:
    return {
        "analyte": "creatinine",
        "high": "106",
        "unit": "umol/L",
        "laboratory": "  Central  LAB ",
        "sex": "female",
        "age_low": "20",
        "age_high": "",
        "valid_from": "2026-01-01",
        "valid_to": "",
        "reason": "New analyser",
    } | other


def a_policy(site: Site, **other: str) -> dict[str, str]:
    return {"effective_from": str(today_at(site)), "reason": "Stricter here"} | other


def held() -> ReferenceRange:
    return ReferenceRange.objects.get(superseded_version=None)


def test_a_range_is_stated_corrected_and_ended(
    browser: Browser, sasha: Account, site: Site
) -> None:
    invented("meets-everything", site)
    admin = browser(sasha)
    asked = text_of(admin.get(f"{RULES}ranges/").text)
    assert "1 patient of the site has such results" in asked
    assert admin.post(f"{RULES}ranges/", a_range())["Location"] == RULES
    with managing(site):
        row = held()
        assert (row.stated, row.laboratory, row.sex, str(row.age_low)) == (
            "106",
            "central lab",
            "female",
            "20.0",
        )
    page = text_of(admin.get(RULES).text)
    for said in ("up to 106 umol/L", "Female from 20 years", "central lab", "Valid today"):
        assert said in page
    there = f"{RULES}ranges/{row.pk}/"
    assert 'value="106"' in admin.get(there).text
    assert "Nothing would change" in text_of(admin.post(there, a_range()).text)
    assert admin.post(there, a_range(high="104.0", reason="Typing")).status_code == 302
    with managing(site):
        assert held().stated == "104.0"
        end = f"{RULES}ranges/{held().pk}/end/"
    assert admin.post(end, {"last_day": str(today_at(site)), "reason": "Moved"}).status_code == 302
    assert admin.post(end, {"last_day": str(today_at(site)), "reason": "Moved"}).status_code == 404
    with managing(site):
        assert held().valid_to == today_at(site)
        told = RangeChange.objects.order_by("version").values_list("kind", "reason", "by")
        assert list(told) == [
            ("added", "New analyser", sasha.pk),
            ("corrected", "Typing", sasha.pk),
            ("ended", "Moved", sasha.pk),
        ]
    assert "Typing" in admin.get(RULES).text


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"analyte": "platelets"}, "valid choice"),
        ({"high": ""}, "This field is required"),
        ({"high": "high"}, "Enter a number"),
        ({"high": "1e3"}, "Enter a number"),
        ({"high": "-5"}, "check number and unit"),
        ({"high": "0"}, "check number and unit"),
        ({"high": "90000"}, "check number and unit"),
        ({"high": "NaN"}, "Enter a number"),
        ({"unit": "furlong"}, "not compared in that unit"),
        ({"unit": ""}, "This field is required"),
        ({"sex": "x"}, "valid choice"),
        ({"age_low": "-1"}, "greater than or equal to 0"),
        ({"age_high": "19"}, "ages are the wrong way round"),
        ({"age_high": "131"}, "less than or equal to 130"),
        ({"valid_from": "May"}, "Write the day as"),
        ({"valid_to": "2025-12-31"}, "last day is before the first"),
        ({"reason": ""}, "Say why"),
        ({"reason": "x" * 301}, "at most 300"),
    ],
)
def test_a_range_that_is_refused(
    browser: Browser, sasha: Account, site: Site, other: dict[str, str], sentence: str
) -> None:
    answered = browser(sasha).post(f"{RULES}ranges/", a_range(**other))
    assert answered.status_code == 422
    assert sentence in text_of(answered.text)
    with managing(site):
        assert not ReferenceRange.objects.exists()


def test_an_end_that_is_refused(browser: Browser, sasha: Account, site: Site) -> None:
    admin = browser(sasha)
    admin.post(f"{RULES}ranges/", a_range(valid_to="2026-06-30"))
    with managing(site):
        end = f"{RULES}ranges/{held().pk}/end/"
    for last_day in ("2025-12-31", "2026-06-30"):
        answered = admin.post(end, {"last_day": last_day, "reason": "x"})
        assert "one on which it is valid" in text_of(answered.text)
    assert admin.post(end, {"last_day": "", "reason": "x"}).status_code == 422


def test_a_policy_is_set_and_its_history_read(browser: Browser, sasha: Account, site: Site) -> None:
    publish(PROTOCOL)
    admin, today = browser(sasha), today_at(site)
    assert "The site has set nothing" in text_of(admin.get(RULES).text)
    first = a_policy(site, hematology="7", ct_is_spiral="yes")
    assert admin.post(f"{RULES}policy/", first)["Location"] == RULES
    page = text_of(admin.get(RULES).text)
    assert "Blood counts: 7 days" in page
    assert "All CT scanners of the site are spiral: yes" in page
    assert 'value="7"' in admin.get(f"{RULES}policy/").text
    assert "Nothing would change" in text_of(admin.post(f"{RULES}policy/", first).text)
    later = a_policy(site, effective_from=str(today + 30 * DAY), hematology="0")
    assert admin.post(f"{RULES}policy/", later).status_code == 302
    page = text_of(admin.get(RULES).text)
    assert "Valid later" in page
    assert "Blood counts: 0 days" in page
    assert admin.post(f"{RULES}policy/", a_policy(site)).status_code == 302
    with managing(site):
        told = SitePolicy.objects.order_by("pk").values_list("values", "by", "reason")
        assert list(told) == [
            ({"hematology": 7, "ct_is_spiral": True}, sasha.pk, "Stricter here"),
            ({"hematology": 0}, sasha.pk, "Stricter here"),
            ({}, sasha.pk, "Stricter here"),
        ]


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"hematology": "15"}, "less than or equal to 14"),
        ({"hematology": "-1"}, "greater than or equal to 0"),
        ({"imaging": "1.5"}, "Enter a whole number"),
        ({"ct_is_spiral": "maybe"}, "valid choice"),
        ({"effective_from": "2026-01-01", "hematology": "1"}, "from today or later"),
        ({"effective_from": "", "hematology": "1"}, "This field is required"),
        ({"reason": "", "hematology": "1"}, "Say why"),
        ({}, "Nothing would change"),
    ],
)
def test_a_policy_that_is_refused(
    browser: Browser, sasha: Account, site: Site, other: dict[str, str], sentence: str
) -> None:
    answered = browser(sasha).post(f"{RULES}policy/", a_policy(site, **other))
    assert answered.status_code == 422
    assert sentence in text_of(answered.text)
    with managing(site):
        assert not SitePolicy.objects.exists()


def test_these_pages_are_for_administrators_and_show_no_patient(
    browser: Browser, anna: Account, sasha: Account, site: Site
) -> None:
    far = make_site("montreal", "America/Toronto")
    browser(sasha).post(f"{RULES}ranges/", a_range())
    with managing(site):
        pk = held().pk
    there = [RULES, *(RULES + act for act in ("policy/", "ranges/", f"ranges/{pk}/"))]
    for account in (anna, staff("max", Role.MONITOR)):
        theirs = browser(account)
        for page in there:
            assert theirs.get(page).status_code == 403
            assert theirs.post(page, a_range()).status_code in (403, 405)
    admin = browser(sasha)
    other: Any = f"/administration/sites/montreal/rules/ranges/{pk}/"
    assert admin.get(other).status_code == 404
    with use_conduct([far.pk], [far.pk]):
        assert not ReferenceRange.objects.exists()
        assert not RangeChange.objects.exists()
    invented("meets-everything", site)
    with managing(site):
        assert not LabResult.objects.exists()
