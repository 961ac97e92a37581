"""What is put right says why, and the reason stands in the trail beside old and new."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from eligibility.entry_forms.base import why
from patients.actions import Attribution
from patients.actions.correcting import Correction, correct_person
from patients.actions.reasons import SAY_WHY, NoReason, in_words
from patients.actions.withdrawing import reinstate, withdraw
from patients.models import Patient
from tests.pages.stored import bare, coordinator, make_site, received
from trialscreen.institution.models import Site, TrailEntry
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NOTHING = ("", "   ", ".", " - ", "…", "\u200b")


@pytest.fixture
def site() -> Site:
    with as_owner():
        TrailEntry.objects.all().delete()
    return make_site()


@pytest.fixture
def patient(site: Site) -> Patient:
    return received(bare("1", given="Amélie", family="Gagnon"), site).patient


def corrected(patient: Patient, site: Site, reason: str) -> None:
    by = Attribution(person=coordinator(site, f"c{reason[:3].strip(' .') or 'x'}{id(reason)}"))
    said = {"birth_date": "1985-01-02"}
    with use_sites([site.pk]):
        correct_person(
            Correction(said, by, reason, date(2026, 11, 25), NOW), patient=patient, site=site
        )


@pytest.mark.requirement(35)
@pytest.mark.parametrize("said", NOTHING)
def test_signs_alone_are_no_reason(said: str) -> None:
    with pytest.raises(NoReason):
        in_words(said)


@pytest.mark.requirement(35)
@pytest.mark.parametrize("said", NOTHING)
def test_a_form_and_the_api_ask_for_one_in_the_same_sentence(
    said: str, patient: Patient, site: Site, client: Client
) -> None:
    field: Any = why(required=False)
    if said.strip():
        with pytest.raises(Exception, match="Say why in words"):
            field.clean(said)
    client.force_login(coordinator(site))
    body = json.dumps({"birth_date": "1985-01-02", "reason": said})
    answer = client.patch(
        f"/api/v1/patients/{patient.pk}/",
        body,
        content_type="application/json",
        headers={"If-Match": "*"},
    )
    assert answer.status_code == 422
    if said.strip():
        assert SAY_WHY in answer.content.decode()


@pytest.mark.requirement(35)
def test_a_correction_without_one_is_not_made(patient: Patient, site: Site) -> None:
    with pytest.raises(NoReason):
        corrected(patient, site, ".")
    with as_owner():
        assert Patient.objects.get(pk=patient.pk).record_version == 1


@pytest.mark.requirement(35)
def test_the_reason_of_a_correction_is_in_the_trail(patient: Patient, site: Site) -> None:
    corrected(patient, site, "born a year later")
    with as_owner():
        told = TrailEntry.objects.filter(subject="patients_demographics", kind="update").latest(
            "pk"
        )
    assert told.why == "born a year later"


@pytest.mark.requirement(35)
def test_the_reason_of_setting_aside_and_of_counting_again_is_in_the_trail(
    patient: Patient, site: Site
) -> None:
    asked: dict[str, Any] = {
        "patient": patient,
        "site": site,
        "source": "ehr",
        "ref": "Patient/1",
        "by": Attribution(client="feed"),
    }
    with use_sites([site.pk]):
        withdraw(**asked, reason="duplicate", note="sent twice")
        with pytest.raises(NoReason):
            reinstate(**asked, note=" . ", at=NOW)
        reinstate(**asked, note="it was not sent twice", at=NOW)
    with as_owner():
        whys = list(
            TrailEntry.objects.filter(subject="patients_setaside")
            .order_by("pk")
            .values_list("why", flat=True)
        )
    assert whys == ["duplicate. sent twice", "it was not sent twice"]
