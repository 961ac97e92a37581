"""Filling gaps in a row: what each form makes, who may, and that nothing is half saved."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.test import Client

from eligibility.models import Assessment
from patients.models import Attestation, Delivery, LabResult, Patient, SetAside
from tests.pages.stored import PASSWORD, bare, coordinator, invented, make_site, received, today_at
from tests.pages.test_pages import text_of
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


def faults(answer: HttpResponse) -> str:
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
