"""Bad input in every form: what each try gets. Never a 500, never half a record, and what was typed is kept."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from patients.models import Patient
from tests.pages.stored import assessed, bare, make_site, today_at
from tests.pages.test_entering import IN_PLACE, anna, at, faults, held, ines, patient, site
from tests.pages.test_pages import text_of
from trialscreen.institution.models import Site

__all__ = ["anna", "ines", "patient", "site"]
pytestmark = pytest.mark.django_db

HUGE = "9" * 400
GOOD: dict[tuple[str, str], dict[str, str]] = {
    ("creatinine", "results"): {
        "collected": "TODAY",
        "value-creatinine": "72",
        "unit-creatinine": "umol/L",
        "high-creatinine": "90",
    },
    ("ecog-0-2", "score"): {"score": "1", "collected": "TODAY"},
    ("pregnancy-test-negative", "test"): {
        "test": "pregnancy-test|2106-3",
        "answer": "negative",
        "collected": "TODAY",
    },
    ("measurable-disease", "lesion"): {
        "lesion": "liver",
        "size": "24",
        "unit": "mm",
        "method": "ct-spiral",
        "collected": "TODAY",
    },
    ("no-brain-metastases", "condition"): {
        "what": "icd-10|C79.3",
        "verification": "confirmed",
        "onset": "2026-01",
        "abated": "2026-02",
    },
    ("histology-cutaneous-melanoma", "histology"): {"what": "8720/3", "collected": "TODAY"},
    ("tumor-tissue-available", "specimen"): {
        "what": "snomed|441652008",
        "status": "available",
        "text": "S24",
    },
    ("no-prior-chemotherapy", "drug"): {
        "what": "rxnorm|2555",
        "start": "2020-01",
        "end": "2020-03",
    },
    ("major-surgery-washout", "procedure"): {
        "what": "snomed|80146002",
        "start": "2020-01",
        "end": "2020-03",
    },
    ("investigational-anticancer-washout", "study"): {
        "study": "NCT01234567",
        "status": "off-study",
        "start": "2020",
        "end": "2021",
    },
    ("within-2-hour-drive", "statement"): {
        "answer": "met",
        "source": "phone call",
        "source_dated": "TODAY",
        "stated_on": "TODAY",
    },
}
_NUMBERS = ("value-creatinine", "high-creatinine", "size")
_DAYS = ("collected", "stated_on", "source_dated")
_PARTIAL = ("onset", "abated", "start", "end")
_CHOICES = (
    "unit-creatinine",
    "unit",
    "method",
    "what",
    "answer",
    "test",
    "score",
    "status",
    "verification",
)
BAD_NUMBERS = {
    "72,5": "Write the number with a point",
    "1,500": "Write the number with a point",
    "NaN": "Write a number",
    "Infinity": "Write a number",
    "-1": "Write a number",
    "1e3": "Write a number",
    "0x10": "Write a number",
    "٧٢": "Write a number",
    HUGE: "at most 40 characters",
    "7\x00": "Null characters are not allowed",
    "<script>alert(1)</script>": "Write a number",
}
BAD_DAYS = {
    "": "required",
    "soon": "Write the day",
    "2026-02-30": "Write the day",
    "25/11/2026": "Write the day",
    "FUTURE": "lies ahead",
    "0001-01-01": "Write the day",
    HUGE: "Write the day",
    "2026-11-\x00": "Write the day",
    "<b>": "Write the day",
}
BAD_PARTIAL = {
    "soon": "Write a day",
    "2026-13": "Write a day",
    "2026-02-30": "Write a day",
    "0000": "Write a day",
    "٢٠٢٦": "Write a day",
    HUGE: "at most 40 characters",
    "2026\x00": "Null characters are not allowed",
}
_WORDS = {HUGE: "at most", "a\x00": "Null characters"}
BAD_WORDS = {False: _WORDS | {"": "required"}, True: _WORDS | {"": "Give the lesion a name"}}
BAD_CHOICES = {"furlongs": "Select a valid choice", "\x00": "valid choice", HUGE: "valid choice"}


def tries() -> list[tuple[str, str, str, str, str]]:
    """Criterion, form, field, what is typed, what is said of it."""
    found = []
    for (criterion, way), fields in GOOD.items():
        for name in fields:
            bad = (
                BAD_NUMBERS
                if name in _NUMBERS
                else BAD_DAYS
                if name in _DAYS
                else BAD_PARTIAL
                if name in _PARTIAL
                else BAD_CHOICES
                if name in _CHOICES
                else BAD_WORDS[name == "lesion"]
            )
            if name == "text" and way == "histology":
                continue
            found += [(criterion, way, name, typed, said) for typed, said in bad.items()]
    return found


def filled(way: tuple[str, str], site: Site) -> dict[str, str]:
    today = today_at(site).isoformat()
    return {name: today if said == "TODAY" else said for name, said in GOOD[way].items()}


@pytest.mark.parametrize("way", sorted(GOOD))
def test_every_bad_try_is_told_and_nothing_is_saved(
    anna: Client, site: Site, patient: Patient, way: tuple[str, str]
) -> None:
    before = held(site, patient)
    future = (today_at(site) + timedelta(days=1)).isoformat()
    for criterion, form, name, typed, said in tries():
        if (criterion, form) == way:
            value = future if typed == "FUTURE" else typed
            answer = anna.post(
                at(patient, *way), filled(way, site) | {name: value}, headers=IN_PLACE
            )
            assert answer.status_code == 422, (name, typed[:20])
            assert said in faults(answer), (name, typed[:20], faults(answer))
            assert "<script>alert" not in answer.text
    assert held(site, patient) == before
    assert anna.post(at(patient, *way), filled(way, site)).status_code == 302


@pytest.mark.parametrize("way", sorted(GOOD))
def test_an_empty_form_is_asked_again_whole_and_in_place(
    anna: Client, site: Site, patient: Patient, way: tuple[str, str]
) -> None:
    before = held(site, patient)
    for headers in ({}, IN_PLACE):
        answer = anna.post(at(patient, *way), {}, headers=headers)
        assert answer.status_code == 422
        assert "Nothing was saved yet" in faults(answer)
        assert ("<html" in answer.text) is (headers == {})
        links = [part.split('"')[0] for part in answer.text.split('<a href="#')[1:]]
        targets = [link for link in links if link.startswith(f"{way[0]}-")]
        assert targets
        assert all(f'id="{target}"' in answer.text for target in targets)
    assert held(site, patient) == before


@pytest.mark.parametrize(
    ("way", "typed", "said"),
    [
        (("no-brain-metastases", "condition"), {"onset": "2026-03", "abated": "2026-02"}, "before"),
        (("no-prior-chemotherapy", "drug"), {"start": "2020-04"}, "before the start"),
        (("major-surgery-washout", "procedure"), {"start": "2021"}, "before the start"),
        (("no-prior-chemotherapy", "drug"), {"ongoing": "on"}, "has no end"),
        (("no-prior-chemotherapy", "drug"), {"what": "other"}, "Enter the code"),
        (("no-prior-chemotherapy", "drug"), {"code": "L01XA01"}, "Leave the code empty"),
        (("no-prior-chemotherapy", "drug"), {"what": "other", "code": "??"}, "no code"),
        (("no-prior-chemotherapy", "drug"), {"end": "2226-01"}, "Write a day"),
        (("no-prior-chemotherapy", "drug"), {"end": "2100-01"}, "lies ahead"),
        (
            ("histology-cutaneous-melanoma", "histology"),
            {"what": "other", "code": "8720"},
            "8772/3",
        ),
        (("measurable-disease", "lesion"), {"size": "900"}, "Outside of what is possible"),
        (("measurable-disease", "lesion"), {"size": "90", "unit": "cm"}, "Outside of what is"),
        (("creatinine", "results"), {"value-creatinine": "0.9"}, "Outside of what is possible"),
        (("creatinine", "results"), {"value-creatinine": ""}, "Enter the result too"),
        (("creatinine", "results"), {"unit-creatinine": ""}, "Choose the unit"),
        (("creatinine", "results"), {"high-creatinine": "<90"}, "number alone"),
        (("creatinine", "results"), {"value-ast": "24", "unit-ast": "mg/dL"}, "valid choice"),
        (("pregnancy-test-negative", "test"), {"answer": "pregnant"}, "valid choice"),
        (("within-2-hour-drive", "statement"), {"answer": "not_applicable"}, "valid choice"),
        (
            ("within-2-hour-drive", "statement"),
            {"stated_on": "2026-01-01"},
            "older than its source",
        ),
    ],
)
def test_what_does_not_go_together_is_told(
    anna: Client,
    site: Site,
    patient: Patient,
    way: tuple[str, str],
    typed: dict[str, str],
    said: str,
) -> None:
    before = held(site, patient)
    answer = anna.post(at(patient, *way), filled(way, site) | typed, headers=IN_PLACE)
    assert answer.status_code == 422
    assert said in faults(answer), faults(answer)
    if "valid choice" not in said:
        for value in set(typed.values()) - {"", "on"}:
            assert f'value="{value}"'.replace("<", "&lt;") in answer.text
    assert held(site, patient) == before


def test_bytes_that_are_no_text_are_no_harm(anna: Client, site: Site, patient: Patient) -> None:
    answer = anna.post(
        at(patient, "tumor-tissue-available", "specimen"),
        b"what=snomed|441652008&status=available&text=%ED%A0%80%FF",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 302
    said = text_of(anna.get(f"/patients/{patient.pk}/").text)
    assert "\ufffd" in said


def test_another_sites_patient_is_as_absent_as_one_that_never_was(anna: Client, site: Site) -> None:
    montreal = make_site("montreal", "America/Toronto")
    hidden = assessed(bare("9", given="Hidden", family="Hiver"), montreal)
    way = ("within-2-hour-drive", "statement")
    before = held(montreal, hidden)
    for key in (hidden.pk, uuid4()):
        there = f"/patients/{key}/criteria/{way[0]}/"
        assert anna.get(there).status_code == 404
        assert anna.post(f"{there}{way[1]}/", filled(way, site)).status_code == 404
    assert held(montreal, hidden) == before


def test_what_is_not_offered_is_not_taken(anna: Client, site: Site, patient: Patient) -> None:
    assert anna.get(at(patient, "no-such-criterion")).status_code == 404
    before = held(site, patient)
    for way in (
        ("platelets", "statement"),
        ("platelets", "nonsense"),
        ("platelets", "set-aside"),
        ("platelets", "correct"),
        ("platelets", "correct", "labresult-999999999"),
        ("platelets", "results", "labresult-1"),
    ):
        answer = anna.post(at(patient, *way), {})
        assert answer.status_code == 422
        assert "has changed since this form was shown" in text_of(answer.text)
    assert held(site, patient) == before
    assert anna.get(at(patient, "platelets", "results")).status_code == 405


def test_nobody_without_the_right_enters_anything(client: Client, patient: Patient) -> None:
    there = at(patient, "platelets")
    assert client.get(there).headers["Location"].startswith("/sign-in/")
    in_place = client.post(f"{there}results/", {}, headers=IN_PLACE)
    assert in_place.headers["HX-Redirect"].startswith("/sign-in/")
