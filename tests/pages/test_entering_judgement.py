"""What people state in a row, which records they correct and set aside - and who may."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from eligibility.presenters.dates import day
from patients.actions import record_attestation
from patients.models import Attestation, Delivery, LabResult, Patient, SetAside
from tests.pages.stored import invented, today_at
from tests.pages.test_entering import IN_PLACE, anna, at, faults, held, ines, patient, site, verdict
from tests.pages.test_pages import text_of
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

__all__ = ["anna", "ines", "patient", "site"]
pytestmark = pytest.mark.django_db


def answering(site: Site, **also: str) -> dict[str, str]:
    today = today_at(site).isoformat()
    return {
        "answer": "met",
        "source": "clinic note, chart 12",
        "source_dated": today,
        "stated_on": today,
    } | also


def forms_of(browser: Client, patient: Patient, criterion: str) -> str:
    return browser.get(at(patient, criterion), headers=IN_PLACE).text


def keys(page: str) -> list[str]:
    """The records that can be set aside."""
    return re.findall(r'name="record" value="([^"]+)"', page)


def test_a_question_shows_its_wording_its_source_and_its_validity(
    anna: Client, patient: Patient
) -> None:
    said = text_of(forms_of(anna, patient, "no-limiting-psychiatric-social"))
    for part in (
        "Question",
        "Registry text Psychiatric illness or social situation",
        "Counts as a source a dated note of what the patient said",
        "Answered by a coordinator or an investigator",
        "for 28 days after; “not met” without limit",
        "Absent – this holds: ",
        "Present – it does not hold",
        "Source document",
        "Date of the source",
    ):
        assert part in said, part
    said = text_of(forms_of(anna, patient, "within-2-hour-drive"))
    assert "An answer counts without limit" in said
    assert "Met – this holds: " in said
    said = text_of(forms_of(anna, patient, "pregnancy-test-negative"))
    assert "Not applicable: the patient is not of childbearing potential" in said
    assert "this holds" not in said


def test_an_answer_of_before_keeps_the_date_that_stands_in_its_source(
    anna: Client, site: Site, patient: Patient
) -> None:
    with use_sites([site.pk]):
        record_attestation(
            patient=patient,
            trial="NCT00514085",
            criterion="within-2-hour-drive",
            wording_digest="",
            answer="met",
            stated_on=today_at(site),
            by=None,
            by_name="Somebody",
            source="telephone note, 2026-11-20",
        )
    said = text_of(forms_of(anna, patient, "within-2-hour-drive"))
    assert "met, Somebody, telephone note, 2026-11-20" in said


def test_an_answer_is_kept_with_who_gave_it_and_its_source(
    anna: Client, site: Site, patient: Patient
) -> None:
    there = at(patient, "within-2-hour-drive", "statement")
    for _ in range(2):
        assert anna.post(there, answering(site, note="by car")).status_code == 302
    assert verdict(site, patient, "within-2-hour-drive") == ("met", "decided")
    with use_sites([site.pk]):
        stated = Attestation.objects.get(patient=patient)
    today = today_at(site)
    assert (stated.by_name, stated.note) == ("Anna Larose", "by car")
    assert (stated.source, stated.source_dated) == ("clinic note, chart 12", today)
    assert stated.wording_digest.startswith("sha256:")
    said = text_of(forms_of(anna, patient, "within-2-hour-drive"))
    assert "Answered before:" in said
    assert f"clinic note, chart 12 of {day(today)}. by car" in said
    assert anna.post(there, answering(site, answer="not_met")).status_code == 302
    assert verdict(site, patient, "within-2-hour-drive")[0] == "not_met"


def test_only_an_investigator_answers_what_asks_for_one(
    anna: Client, ines: Client, site: Site, patient: Patient
) -> None:
    name = "life-expectancy-12-weeks"
    page = forms_of(anna, patient, name)
    assert "Only an investigator of the site answers this." in text_of(page)
    assert 'name="answer"' not in page
    assert 'name="answer"' in forms_of(ines, patient, name)
    before = held(site, patient)
    refused = anna.post(at(patient, name, "statement"), answering(site), headers=IN_PLACE)
    assert refused.status_code == 422
    assert "Only an investigator of the site answers this." in text_of(refused.text)
    assert held(site, patient) == before
    assert ines.post(at(patient, name, "statement"), answering(site)).status_code == 302
    assert verdict(site, patient, name) == ("met", "decided")


def test_the_low_dose_exception_is_said_apart(anna: Client, ines: Client, site: Site) -> None:
    patient = invented("irradiated-recently", site)
    name = "radiotherapy-washout"
    assert ines.post(at(patient, name, "statement"), answering(site)).status_code == 302
    assert verdict(site, patient, name)[0] == "not_met"
    wrong = answering(site, answer="not_applicable", exception="on")
    refused = ines.post(at(patient, name, "statement"), wrong, headers=IN_PLACE)
    assert "goes with the answer" in faults(refused)
    said = answering(site, exception="on")
    assert ines.post(at(patient, name, "statement"), said).status_code == 302
    assert verdict(site, patient, name)[0] == "met"


def test_an_absence_is_confirmed_after_its_records_were_looked_at(anna: Client, site: Site) -> None:
    patient = invented("local-codes", site)
    name = "no-brain-metastases"
    there = at(patient, name, "statement")
    page = forms_of(anna, patient, name)
    said = text_of(page)
    assert "Look at these first" in said
    assert "Unrecognised 1 Finding as discussed at the tumour board" in said
    assert "Not used by any criterion 4" in said
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen is not None
    for wrong, told in (
        ({}, "Look at the listed records first"),
        ({"looked": "on"}, "have changed since"),
        ({"looked": "on", "seen": "another"}, "have changed since"),
        ({"looked": "on", "seen": seen[1], "source": ""}, "Source document"),
    ):
        refused = anna.post(there, answering(site) | wrong, headers=IN_PLACE)
        assert refused.status_code == 422
        assert told in faults(refused), wrong
    assert anna.post(there, answering(site, looked="on", seen=seen[1])).status_code == 302
    with use_sites([site.pk]):
        assert Attestation.objects.filter(patient=patient, by__username="anna").count() == 1


def test_a_present_thing_needs_no_look(anna: Client, site: Site) -> None:
    patient = invented("local-codes", site)
    there = at(patient, "no-brain-metastases", "statement")
    assert anna.post(there, answering(site, answer="not_met")).status_code == 302
    assert verdict(site, patient, "no-brain-metastases")[0] == "not_met"


def test_who_may_set_aside_a_record_that_decides_against(
    anna: Client, ines: Client, site: Site
) -> None:
    patient = invented("dacarbazine", site)
    name = "no-prior-chemotherapy"
    page = forms_of(anna, patient, name)
    assert "only by an investigator" in text_of(page)
    record = keys(page)[0]
    said = {"record": record, "reason": "another-person", "note": "of her sister"}
    before = held(site, patient)
    refused = anna.post(at(patient, name, "set-aside"), said, headers=IN_PLACE)
    assert refused.status_code == 422
    assert "only an investigator of the site sets it aside" in faults(refused)
    assert held(site, patient) == before
    assert ines.post(at(patient, name, "set-aside"), said).status_code == 302
    assert verdict(site, patient, name)[0] != "not_met"
    with use_sites([site.pk]):
        aside = SetAside.objects.get(patient=patient)
    assert aside.by is not None
    assert (aside.reason, aside.note, aside.by.username) == (
        "another-person",
        "of her sister",
        "ines",
    )
    again = ines.post(at(patient, name, "set-aside"), said, headers=IN_PLACE)
    assert again.status_code == 422
    page = forms_of(anna, patient, name)
    assert "Let a record count again" in text_of(page)
    back = {"record": str(aside.pk), "note": "it was hers after all"}
    assert anna.post(at(patient, name, "count-again"), back).status_code == 302
    assert verdict(site, patient, name)[0] == "not_met"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"reason": "not-meant"}, "Say why"),
        ({"reason": ""}, "required"),
        ({"reason": "dislike"}, "valid choice"),
        ({"reason": "duplicate", "record": "labresult-0"}, "valid choice"),
        ({"reason": "duplicate", "record": "\x00"}, "valid choice"),
        ({"reason": "duplicate", "note": "n" * 2_001}, "at most 2000"),
        ({"reason": "duplicate", "note": "\x00"}, "Null characters"),
    ],
)
def test_setting_aside_badly(anna: Client, site: Site, said: dict[str, str], told: str) -> None:
    patient = invented("meets-everything", site)
    record = keys(forms_of(anna, patient, "platelets"))[0]
    before = held(site, patient)
    answer = anna.post(
        at(patient, "platelets", "set-aside"), {"record": record} | said, headers=IN_PLACE
    )
    assert answer.status_code == 422
    assert told in faults(answer)
    assert held(site, patient) == before


def correction(page: str) -> tuple[str, dict[str, str]]:
    """The address of the first correction of a row, and what its fields hold."""
    form = re.search(r'action="([^"]+/correct/[^"]+)".*?</form>', page, re.DOTALL)
    assert form is not None
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]+>", form[0]):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        is_tick = 'type="checkbox"' in tag
        if name and not (is_tick and "checked" not in tag):
            fields[name[1]] = "on" if is_tick else (value[1] if value else "")
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form[0], re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return form[1], fields


def test_a_result_is_corrected_with_a_reason_and_the_old_one_stays(
    anna: Client, site: Site
) -> None:
    patient = invented("platelets-low", site)
    there, fields = correction(forms_of(anna, patient, "platelets"))
    before = held(site, patient)
    for said, told in (
        ({}, "Reason for the correction"),
        ({"reason": "typing error"}, "Nothing was changed"),
        ({"reason": "typing error", "value": "1,5"}, "with a point"),
        ({"reason": "typing error", "value": ""}, "required"),
        ({"reason": "typing error", "collected": "2199-01-01"}, "lies ahead"),
        ({"reason": "r" * 501, "value": "150"}, "at most 500"),
    ):
        refused = anna.post(there, fields | said, headers=IN_PLACE)
        assert refused.status_code == 422, said
        assert told in faults(refused), said
    assert held(site, patient) == before
    answer = anna.post(there, fields | {"reason": "typing error", "value": "150"})
    assert answer.status_code == 302, faults(answer)
    assert verdict(site, patient, "platelets") == ("met", "decided")
    with use_sites([site.pk]):
        rows = LabResult.objects.filter(patient=patient, analyte="platelets")
        assert rows.filter(superseded_version=None).count() == 1
        assert rows.count() == 2
        assert Delivery.objects.filter(patient=patient).latest("id").reason == "typing error"
    stale = anna.post(there, fields | {"reason": "typing error", "value": "151"}, headers=IN_PLACE)
    assert stale.status_code == 422
    assert "has changed since this form was shown" in text_of(stale.text)


@pytest.mark.parametrize(
    ("key", "criterion", "said", "expected"),
    [
        ("setting-not-stated", "no-immunotherapy-metastatic", {"setting": "adjuvant"}, "met"),
        ("setting-not-stated", "no-immunotherapy-metastatic", {"setting": "palliative"}, "not_met"),
        ("dexamethasone-somehow", "no-systemic-corticosteroids", {"route": "topical"}, "met"),
        ("dexamethasone-somehow", "no-systemic-corticosteroids", {"route": "oral"}, "not_met"),
        ("magnetic-resonance-only", "measurable-disease", {"method": "ct-spiral"}, "met"),
        ("platelets-without-unit", "platelets", {"unit": "10*9/L"}, "met"),
        ("ecog-three", "ecog-0-2", {"score": "1"}, "met"),
        ("bilirubin-without-range", "bilirubin-normal", {"high": "500"}, "met"),
        ("brain-metastasis-suspected", "no-brain-metastases", {"verification": "confirmed"}, "not_met"),
    ],
)  # fmt: skip
def test_the_record_that_leaves_a_criterion_open_is_put_right_in_its_row(
    anna: Client, site: Site, key: str, criterion: str, said: dict[str, str], expected: str
) -> None:
    patient = invented(key, site)
    assert verdict(site, patient, criterion)[0] != expected
    there, fields = correction(forms_of(anna, patient, criterion))
    answer = anna.post(there, fields | said | {"reason": "asked the ward"})
    assert answer.status_code == 302, faults(answer)
    assert verdict(site, patient, criterion)[0] == expected


def test_a_diagnosis_that_decides_against_is_made_uncertain_by_an_investigator_alone(
    anna: Client, ines: Client, site: Site
) -> None:
    patient = invented("brain-metastasis-treated", site)
    there, fields = correction(forms_of(anna, patient, "no-brain-metastases"))
    said = fields | {"verification": "refuted", "reason": "another reading of the scan"}
    refused = anna.post(there, said, headers=IN_PLACE)
    assert "only an investigator of the site sets it aside" in faults(refused)
    assert verdict(site, patient, "no-brain-metastases")[0] == "not_met"
    assert ines.post(there, said).status_code == 302
    assert verdict(site, patient, "no-brain-metastases")[0] != "not_met"


def test_a_lesion_that_was_measured_before_is_measured_again(anna: Client, site: Site) -> None:
    patient = invented("large-lesion-not-remeasured", site)
    name = "nonbulky-disease"
    assert verdict(site, patient, name)[0] == "unknown"
    page = forms_of(anna, patient, name)
    before = re.findall(r'<option value="([^"]+)"(?: selected)?>([^<]+ mm[^<]*)</option>', page)
    assert before
    assert re.search(r'<option value="[^"]+" selected>[^<]+61 mm', page)
    there = at(patient, name, "lesion")
    measured = {"size": "31", "unit": "mm", "method": "ct-spiral"}
    measured |= {"collected": today_at(site).isoformat()}
    for which, _said in before:
        assert anna.post(there, measured | {"which": which}).status_code == 302
    assert verdict(site, patient, name) == ("met", "decided")
    both = anna.post(there, measured | {"which": before[0][0], "lesion": "x"}, headers=IN_PLACE)
    assert "Leave the name empty" in faults(both)
    odd = anna.post(there, measured | {"which": "Observation/1"}, headers=IN_PLACE)
    assert "valid choice" in faults(odd)


def test_a_missing_date_of_birth_is_entered(anna: Client, site: Site) -> None:
    patient = invented("birth-date-missing", site)
    there = at(patient, "age-18", "birth")
    refused = anna.post(there, {"born": "2199-01-01", "reason": "passport"}, headers=IN_PLACE)
    assert "lies ahead" in faults(refused)
    assert anna.post(there, {"born": "17 May 1984", "reason": "passport"}).status_code == 302
    assert verdict(site, patient, "age-18") == ("met", "decided")
