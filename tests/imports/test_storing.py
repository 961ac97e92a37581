"""From a file to rows: what is stored, what is refused, and that both add up."""

from __future__ import annotations

from typing import Any

import pytest

from patients.models import Delivery, Import, LabResult, Patient, PriorTherapy, ReceivedResource
from tests.imports.files import (
    HEAD,
    checked,
    counts,
    known,
    ndjson,
    person,
    platelets,
    refusals,
    row,
    rows_of,
    stored,
)
from tests.pages.stored import bare, make_site, received
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site() -> Site:
    return make_site()


def results(site: Site) -> list[tuple[str, str]]:
    with use_sites([site.pk]):
        rows = LabResult.objects.filter(superseded_version=None)
        # Patients are stored in the order of ids that are drawn at random.
        return sorted((one.analyte, str(one.fact["value"][1])) for one in rows)


@pytest.mark.requirement(62)
def test_results_of_known_patients_are_stored_and_the_rest_is_refused_with_its_reason(
    site: Site,
) -> None:
    known(site, "1", "2")
    job = stored(
        site,
        HEAD
        + row("MRN-1", "R1", "212")
        + row("MRN-9", "R2", "150")
        + row("MRN-2", "R3", '"1,5"')
        + row("MRN-2", "R4", "<10"),
    )
    assert job.state == Import.State.DONE
    assert counts(job) == (4, 2, 0, 2)
    assert refusals(job) == [(3, [("patient_id", "no-patient")]), (4, [("value", "decimal-comma")])]
    assert results(site) == [("platelets", "10"), ("platelets", "212")]


def test_who_the_patients_are_is_left_as_it_is(site: Site) -> None:
    known(site, "1")
    with use_sites([site.pk]):
        before = list(ReceivedResource.objects.filter(type="Patient").values_list("digest"))
    stored(site, HEAD + row())
    with use_sites([site.pk]):
        assert list(ReceivedResource.objects.filter(type="Patient").values_list("digest")) == before
        assert Patient.objects.count() == 1


@pytest.mark.requirement(56)
def test_the_same_file_again_changes_nothing(site: Site) -> None:
    known(site, "1", "2")
    file = HEAD + row("MRN-1", "R1") + row("MRN-2", "R2") + row("MRN-2", "", "77")
    stored(site, file)
    tables: tuple[Any, ...] = (Delivery, ReceivedResource, LabResult)
    before = rows_of(site, tables)
    job = stored(site, file)
    assert counts(job) == (3, 0, 3, 0)
    assert rows_of(site, tables) == before


def test_a_later_row_of_the_same_number_is_its_next_version(site: Site) -> None:
    known(site, "1")
    stored(site, HEAD + row("MRN-1", "R1", "212"))
    job = stored(site, HEAD + row("MRN-1", "R1", "21"))
    assert counts(job) == (1, 1, 0, 0)
    assert results(site) == [("platelets", "21")]


def test_resources_of_a_bulk_export_are_gathered_by_patient(site: Site) -> None:
    job = stored(
        site,
        ndjson(person("1"), person("2")),
        ndjson(platelets("1", "a"), platelets("2", "b", "99"), platelets("3", "c")),
        ndjson(
            {
                "resourceType": "MedicationAdministration",
                "id": "m",
                "status": "completed",
                "subject": {"reference": "Patient/1"},
                "medicationReference": {"reference": "Medication/dtic"},
                "effectiveDateTime": "2026-01-10",
            }
        ),
        ndjson(
            {
                "resourceType": "Medication",
                "id": "dtic",
                "code": {"coding": [{"system": "http://www.whocc.no/atc", "code": "L01AX04"}]},
            },
            {"resourceType": "Practitioner", "id": "nobody"},
        ),
    )
    assert job.state == Import.State.DONE
    assert counts(job) == (8, 6, 0, 2)
    assert [faults for _, faults in refusals(job)] == [[("", "no-patient")], [("", "of-nobody")]]
    assert results(site) == [("platelets", "212"), ("platelets", "99")]
    with use_sites([site.pk]):
        assert Patient.objects.count() == 2
        assert PriorTherapy.objects.filter(superseded_version=None).count() == 1


def test_results_alone_of_patients_who_are_known(site: Site) -> None:
    known(site, "1")
    job = stored(site, ndjson(platelets("1", "a"), platelets("2", "b")))
    assert counts(job) == (2, 1, 0, 1)
    assert results(site) == [("platelets", "212")]


def test_a_line_that_names_two_patients_is_refused_alone(site: Site) -> None:
    strange = platelets("1", "b")
    del strange["subject"]
    strange |= {"resourceType": "Encounter", "subject": {"reference": "Patient/1"}}
    strange["patient"] = {"reference": "Patient/2"}
    job = stored(site, ndjson(person("1"), platelets("1", "a"), strange))
    assert counts(job) == (3, 2, 0, 1)
    ((line, ((_, code),)),) = refusals(job)
    assert (line, code) == (3, "dangling-reference")


def two_kinds_of_numbers(site: Site) -> None:
    """The card number of the one is the record number of the other."""
    card = {"system": "urn:card", "value": "MRN-2"}
    for key, more in (("1", [card]), ("2", [])):
        bundle = bare(key, given="Ada", family=f"Number{key}")
        bundle["entry"][0]["resource"]["identifier"] += more
        received(bundle, site)


def test_the_kind_of_the_numbers_is_named_where_there_are_several(site: Site) -> None:
    two_kinds_of_numbers(site)
    unclear = checked(site, HEAD + row("MRN-2"))
    assert unclear.state == Import.State.FAILED
    assert "“urn:card”, “urn:mrn”" in unclear.failure
    job = stored(site, HEAD + row("MRN-2"), system="urn:mrn")
    assert counts(job) == (1, 1, 0, 0)
    with use_sites([site.pk]):
        held = LabResult.objects.get(superseded_version=None).patient
        assert set(held.identifiers.values_list("value", flat=True)) == {"MRN-2", "2"}


def test_the_id_of_a_record_is_no_number_of_a_patient(site: Site) -> None:
    known(site, "77")
    job = checked(site, HEAD + row("77"))
    assert job.state == Import.State.CHECKED
    assert refusals(job) == [(2, [("patient_id", "no-patient")])]
