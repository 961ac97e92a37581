"""Filling gaps in a row: what each form makes, who may, and that nothing is half saved."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from eligibility.models import Assessment
from patients.models import Attestation, Delivery, LabResult, Patient, SetAside
from tests.pages.stored import PASSWORD, bare, coordinator, invented, make_site, received, today_at
from tests.pages.test_pages import text_of
from tests.pages.test_patients import queries
from trialscreen.institution.models import Account, Role, Site, StaffRole
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db

IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture
def anna(client: Client, site: Site) -> Client:
    """The browser of a coordinator."""
    client.force_login(coordinator(site))
    return client


@pytest.fixture
def ines(site: Site) -> Client:
    """The browser of an investigator."""
    account = Account.objects.create_user("ines", PASSWORD, name="Ines Roy")
    StaffRole.objects.create(
        account=account, site=site, role=Role.INVESTIGATOR, first_day=site.opened_on
    )
    browser = Client()
    browser.force_login(account)
    return browser


@pytest.fixture
def patient(site: Site) -> Patient:
    """Somebody of whom nothing but the name is known."""
    return received(bare("1", given="Amélie", family="Gagnon"), site).patient


def at(patient: Patient, criterion: str, *way: str) -> str:
    return "/".join(["/patients", str(patient.pk), "criteria", criterion, *way, ""])


def verdict(site: Site, patient: Patient, criterion: str) -> tuple[str, str]:
    """As it was filed last, which saving does in the same request."""
    with use_sites([site.pk]):
        filed = Assessment.objects.filter(patient=patient).latest("id")
    one = next(one for one in filed.answer["criteria"] if one["id"] == criterion)
    return one["verdict"], one["reason"]


def held(site: Site, patient: Patient) -> tuple[int, ...]:
    """How much is stored of a patient."""
    with use_sites([site.pk]):
        return tuple(
            table.objects.filter(patient=patient).count()
            for table in (Delivery, Attestation, SetAside, Assessment)
        )


def faults(answer: Any) -> str:
    """The summary of errors, as text."""
    found = re.search(r'class="error-summary".*?</div>', answer.content.decode(), re.DOTALL)
    return text_of(found[0]) if found else ""


def test_every_criterion_lays_out_its_forms(anna: Client, site: Site) -> None:
    for key in ("meets-everything", "almost-empty", "local-codes"):
        patient = invented(key, site)
        page = anna.get(f"/patients/{patient.pk}/").text
        criteria = re.findall(r'<li class="criterion [^>]*\bid="([^"]+)"', page)
        assert len(criteria) == 40
        for criterion in criteria:
            assert at(patient, criterion) in page
            in_row = anna.get(at(patient, criterion), headers=IN_PLACE)
            assert in_row.status_code == 200
            assert "<html" not in in_row.text
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script", in_row.text)


def test_a_panel_is_one_form(anna: Client, site: Site, patient: Patient) -> None:
    today = today_at(site).isoformat()
    page = anna.get(at(patient, "platelets")).text
    said = text_of(page)
    assert "Enter laboratory results" in said
    assert said.count("also missing") == 5
    answer = anna.post(
        at(patient, "platelets", "results"),
        {
            "collected": today,
            "laboratory": "Foothills",
            "value-platelets": "231",
            "unit-platelets": "10*9/L",
            "value-neutrophils": "3.90",
            "unit-neutrophils": "10*9/L",
            "value-creatinine": "72",
            "unit-creatinine": "umol/L",
            "high-creatinine": "90",
        },
    )
    assert answer.status_code == 302, faults(answer)
    assert answer.headers["Location"] == f"/patients/{patient.pk}/?saved=platelets#platelets"
    assert verdict(site, patient, "platelets")[0] == "met"
    assert verdict(site, patient, "granulocytes")[0] == "met"
    assert verdict(site, patient, "creatinine")[0] == "met"
    with use_sites([site.pk]):
        kept = LabResult.objects.filter(patient=patient, analyte="neutrophils").get()
        assert kept.value == Decimal("3.90")
        assert "3.90" in str(kept.fact)
        assert Delivery.objects.filter(patient=patient, person__username="anna").count() == 1
    page = anna.get(answer.headers["Location"]).text
    assert "Saved and assessed. Now: Met" in text_of(page)


def test_what_is_sent_twice_is_entered_once(anna: Client, site: Site, patient: Patient) -> None:
    said = {
        "key": str(uuid4()),
        "collected": today_at(site).isoformat(),
        "value-platelets": "231",
        "unit-platelets": "10*9/L",
    }
    for _ in range(2):
        assert anna.post(at(patient, "platelets", "results"), said).status_code == 302
    with use_sites([site.pk]):
        assert LabResult.objects.filter(patient=patient).count() == 1
    assert anna.post(at(patient, "platelets", "results"), said | {"value-platelets": "99"})
    with use_sites([site.pk]):
        assert LabResult.objects.filter(patient=patient, superseded_version=None).count() == 2


def test_in_place_the_row_and_what_follows_come_back(
    anna: Client, site: Site, patient: Patient
) -> None:
    said = {
        "lesion": "liver 1",
        "size": "61",
        "unit": "mm",
        "method": "ct-spiral",
        "collected": today_at(site).isoformat(),
    }
    answer = anna.post(at(patient, "measurable-disease", "lesion"), said, headers=IN_PLACE)
    assert (answer.status_code, answer["HX-Retarget"]) == (200, "#measurable-disease")
    page = answer.text
    assert page.count('class="criterion ') == 2
    assert 'id="nonbulky-disease"' in page
    for part in ("header", "screening", "status", "side", "chart", "behind", "pictures", "facts"):
        assert f'id="follow-{part}" hx-swap-oob' in page
    said_now = text_of(page)
    assert "Saved and assessed. Now: Met" in said_now
    assert "Ineligible" in said_now
    whole = anna.get(f"/patients/{patient.pk}/").text
    for part in ("header", "screening", "status", "side", "chart", "behind", "pictures", "facts"):
        assert f'id="follow-{part}"' in whole


ENTERED: list[tuple[str, str, dict[str, str], tuple[str, str]]] = [
    ("ecog-0-2", "score", {"score": "0", "collected": "TODAY"}, ("met", "decided")),
    ("ecog-0-2", "score", {"score": "3", "collected": "TODAY"}, ("not_met", "decided")),
    (
        "pregnancy-test-negative",
        "test",
        {"test": "pregnancy-test|2106-3", "answer": "negative", "collected": "TODAY"},
        ("met", "decided"),
    ),
    (
        "not-pregnant-or-nursing",
        "test",
        {"test": "pregnancy-status|82810-3", "answer": "pregnant", "collected": "TODAY"},
        ("not_met", "decided"),
    ),
    (
        "no-hiv-hbv-hcv",
        "test",
        {"test": "hbsag|5196-1", "answer": "positive", "collected": "TODAY"},
        ("not_met", "decided"),
    ),
    (
        "tumor-tissue-available",
        "specimen",
        {"what": "snomed|441652008", "status": "available", "text": "S24-1"},
        ("met", "decided"),
    ),
    (
        "no-brain-metastases",
        "condition",
        {"what": "icd-10|C79.3", "verification": "confirmed", "clinical": "active"},
        ("not_met", "decided"),
    ),
    (
        "no-brain-metastases",
        "condition",
        {"what": "other", "code": "C79.31", "verification": "provisional", "onset": "2026"},
        ("unknown", "provisional"),
    ),
    (
        "no-brain-metastases",
        "lesion",
        {"lesion": "b", "size": "1.2", "unit": "cm", "collected": "TODAY", "brain": "on"},
        ("unknown", "needs-judgement"),
    ),
    (
        "no-prior-systemic-metastatic",
        "drug",
        {"what": "rxnorm|1547545", "setting": "palliative", "start": "2026-01", "end": "Mar 2026"},
        ("not_met", "decided"),
    ),
    (
        "no-prior-systemic-metastatic",
        "drug",
        {"what": "rxnorm|1547545", "setting": "adjuvant", "start": "2025", "end": "2026-02-03"},
        ("met", "decided"),
    ),
    (
        "no-immunotherapy-metastatic",
        "drug",
        {"what": "other", "code": "L01FF02", "start": "2025"},
        ("unknown", "intent-not-stated"),
    ),
    (
        "no-systemic-corticosteroids",
        "drug",
        {"what": "rxnorm|3264", "route": "oral", "start": "2026-11-01", "ongoing": "on"},
        ("not_met", "decided"),
    ),
    (
        "major-surgery-washout",
        "procedure",
        {"what": "snomed|80146002", "start": "TODAY"},
        ("not_met", "decided"),
    ),
    (
        "radiotherapy-washout",
        "procedure",
        {"what": "snomed|108290001", "start": "2026-01-01", "end": "2026-02-01"},
        ("unknown", "needs-statement"),
    ),
    (
        "investigational-anticancer-washout",
        "study",
        {"study": "NCT01234567", "status": "on-study-intervention", "start": "2026-01"},
        ("not_met", "decided"),
    ),
    (
        "no-other-malignancy-5y",
        "condition",
        {
            "what": "snomed|254837009",
            "verification": "confirmed",
            "clinical": "resolved",
            "onset": "2010",
            "abated": "2012-05",
        },
        ("met", "decided"),
    ),
]


@pytest.mark.parametrize(("criterion", "way", "said", "expected"), ENTERED)
def test_each_form_makes_the_record_that_its_criterion_reads(
    anna: Client,
    site: Site,
    patient: Patient,
    criterion: str,
    way: str,
    said: dict[str, str],
    expected: tuple[str, str],
) -> None:
    today = today_at(site).isoformat()
    typed = {name: today if value == "TODAY" else value for name, value in said.items()}
    answer = anna.post(at(patient, criterion, way), typed)
    assert answer.status_code == 302, faults(answer)
    assert verdict(site, patient, criterion) == expected


def test_histology_and_diagnosis_together_prove_the_melanoma(
    anna: Client, site: Site, patient: Patient
) -> None:
    name = "histology-cutaneous-melanoma"
    diagnosis = {"what": "snomed|93655004", "verification": "confirmed", "clinical": "active"}
    assert anna.post(at(patient, name, "condition"), diagnosis).status_code == 302
    report = {"what": "8720/3", "collected": "2024-10-09", "text": "S24-1182"}
    assert anna.post(at(patient, name, "histology"), report).status_code == 302
    assert verdict(site, patient, name) == ("met", "decided")


def test_forms_cost_as_many_queries_with_ten_results_as_with_one(
    anna: Client, site: Site, patient: Patient
) -> None:
    there = at(patient, "platelets")
    counted = []
    for upto in (range(1, 2), range(2, 11)):
        for number in upto:
            said = {
                "collected": today_at(site).isoformat(),
                "value-platelets": str(100 + number),
                "unit-platelets": "10*9/L",
            }
            assert anna.post(f"{there}results/", said).status_code == 302
        counted.append(queries(anna, there))
    assert counted[0] == counted[1]
