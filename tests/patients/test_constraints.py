"""The database itself refuses what must never be: each constraint is broken once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from eligibility import demonstration
from eligibility.actions import assess
from eligibility.models import Assessment
from eligibility.protocols import get
from patients.actions import Attribution, receive_bundle
from patients.models import (
    CLINICAL,
    Attestation,
    Demographics,
    DerivedRow,
    LabResult,
    Patient,
    PatientIdentifier,
    ReferenceRange,
)
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

ON = date(2026, 11, 25)
PROTOCOL = get("NCT00514085")

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Iterator[Patient]:
    site = Site.objects.create(
        code="toronto", name="T", city="T", time_zone="America/Toronto", opened_on=ON
    )
    with use_sites([site.pk]):
        bundle = demonstration.to_json(demonstration.bundle("local-codes", on=ON))
        yield receive_bundle(
            bundle, site=site, source="ehr", by=Attribution(), received_on=ON
        ).patient


def refused(change: Callable[[], object]) -> str:
    """The name of the constraint that a change breaks."""
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        change()
    return str(broken.value)


def copy_of(row: DerivedRow, **changes: object) -> DerivedRow:
    row.pk = None
    row._state.adding = True
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def test_an_identifier_is_one_patients_in_a_source(patient: Patient) -> None:
    held = PatientIdentifier.objects.filter(patient=patient).first()
    assert held is not None
    other = Patient.objects.create(site=patient.site)

    def twice() -> None:
        PatientIdentifier.objects.create(
            site=patient.site,
            patient=other,
            source=held.source,
            system=held.system,
            value=held.value,
        )

    assert "identifier_once_per_source" in refused(twice)


def test_an_identifier_has_a_value(patient: Patient) -> None:
    def empty() -> None:
        PatientIdentifier.objects.create(
            site=patient.site, patient=patient, source="ehr", system="", value=""
        )

    assert "identifier_has_a_value" in refused(empty)


@pytest.mark.parametrize("table", CLINICAL, ids=lambda table: table.__name__)
def test_a_fact_is_current_once(table: type[DerivedRow], patient: Patient) -> None:
    row = table.objects.filter(patient=patient).first()
    if row is None:
        row = LabResult.objects.filter(patient=patient).first()
    assert row is not None
    name = type(row).__name__.lower()
    assert f"{name}_current_once" in refused(copy_of(row).save)


def test_a_row_is_superseded_after_it_began(patient: Patient) -> None:
    row = LabResult.objects.filter(patient=patient).first()
    assert row is not None
    backwards = copy_of(row, digest="0" * 64, superseded_version=row.since_version)
    assert "superseded_later" in refused(backwards.save)


def test_one_current_person(patient: Patient) -> None:
    def another() -> None:
        Demographics.objects.create(
            site=patient.site, patient=patient, fact={}, since_version=patient.record_version
        )

    assert "one_current_demographics" in refused(another)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"answer": "maybe"}, "attestation_has_an_answer"),
        ({"by_name": ""}, "attestation_has_a_name"),
    ],
)
def test_statements(change: dict[str, str], constraint: str, patient: Patient) -> None:
    stated = {
        "site": patient.site,
        "patient": patient,
        "trial": PROTOCOL.trial,
        "criterion": "contraception",
        "wording_digest": "sha256:x",
        "answer": "met",
        "stated_on": ON,
        "by_name": "Dr A",
        "record_version": 1,
    }
    assert constraint in refused(lambda: Attestation.objects.create(**stated | change))


@pytest.mark.parametrize(
    ("change", "constraint"),
    [({"sex": "F"}, "range_sex"), ({"analyte": "sodium"}, "range_analyte")],
)
def test_reference_ranges(change: dict[str, str], constraint: str, patient: Patient) -> None:
    row = {"site": patient.site, "analyte": "ast", "high": Decimal(35), "unit": "U/L"}
    assert constraint in refused(lambda: ReferenceRange.objects.create(**row | change))


def test_an_assessment_is_filed_once(patient: Patient) -> None:
    filed = assess(patient.pk, protocol=PROTOCOL, on=ON)
    filed.pk = None
    filed._state.adding = True
    assert "assessed_once" in refused(filed.save)
    assert Assessment.objects.count() == 1


def test_a_row_of_another_site_cannot_be_written(patient: Patient) -> None:
    other = Site.objects.create(
        code="montreal", name="M", city="M", time_zone="America/Toronto", opened_on=ON
    )
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Patient.objects.create(site=other)


def test_the_application_cannot_change_the_tables(patient: Patient) -> None:
    for statement in (
        "TRUNCATE patients_labresult CASCADE",
        "ALTER TABLE patients_labresult DISABLE ROW LEVEL SECURITY",
        "DROP TABLE patients_labresult CASCADE",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
