"""What ended on an unknown day ended by the day on which that very record was received, not by a later one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.eligibility.stored import ON, dry, make_site, patient_with, received, stored, verdict
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

LONG_AGO = date(2020, 11, 26)
AST = "1920-8"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Iterator[Site]:
    made = make_site()
    with use_sites([made.pk]):
        yield made


def with_record(resource: dict[str, Any], *results: tuple[str, str]) -> dict[str, Any]:
    bundle = patient_with(*results, key="one")
    subject = "individual" if resource["resourceType"] == "ResearchSubject" else "subject"
    held = {**resource, subject: {"reference": "Patient/one"}}
    return {**bundle, "entry": [*bundle["entry"], {"resource": held}]}


CANCER = {
    "resourceType": "Condition",
    "id": "breast",
    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C50.911"}]},
    "clinicalStatus": {"coding": [{"system": CLINICAL, "code": "resolved"}]},
    "onsetDateTime": "2011-05-01",
}
STUDY = {
    "resourceType": "ResearchSubject",
    "id": "elsewhere",
    "status": "off-study",
    "study": {"display": "Another trial"},
    "period": {"start": "2019-05-01"},
}
CASES = [(CANCER, "no-other-malignancy-5y"), (STUDY, "investigational-anticancer-washout")]


@pytest.mark.parametrize(("resource", "criterion"), CASES)
def test_a_later_delivery_of_something_else_moves_nothing(
    site: Site, resource: dict[str, Any], criterion: str
) -> None:
    """Told in 2020 that it was over: whatever is told in 2026, it was over in 2020."""
    bundle = with_record(resource)
    patient = received(bundle, site, on=LONG_AGO)
    before = verdict(stored(patient), criterion)
    received(patient_with((AST, "2026-11-20"), key="one"), site, on=ON)
    assert verdict(stored(patient), criterion) == before
    assert before == verdict(dry(bundle, received_on=LONG_AGO.isoformat()), criterion)
    assert before != verdict(dry(bundle), criterion), "received in 2026 it would be open"


@pytest.mark.parametrize(("resource", "criterion"), CASES)
def test_received_at_once_it_answers_as_the_dry_run(
    site: Site, resource: dict[str, Any], criterion: str
) -> None:
    bundle = with_record(resource, (AST, "2026-11-20"))
    patient = received(bundle, site)
    for on in (ON, ON + timedelta(days=29), date(2031, 11, 26)):
        assert stored(patient, on=on) == dry(bundle, on=on)


@pytest.mark.parametrize(("resource", "criterion"), CASES)
def test_the_record_itself_received_again_with_news_is_of_that_day(
    site: Site, resource: dict[str, Any], criterion: str
) -> None:
    patient = received(with_record(resource), site, on=LONG_AGO)
    again = {**resource, "meta": {"lastUpdated": "2026-11-25T08:00:00Z"}}
    bundle = with_record(again)
    received(bundle, site, on=ON)
    assert verdict(stored(patient), criterion) == verdict(dry(bundle), criterion)
