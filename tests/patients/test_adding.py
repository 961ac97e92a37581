"""Rows that are added in one statement are those that `bulk_create` adds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patients.actions.adding import add_rows, add_values
from patients.models import (
    Condition,
    Delivery,
    DerivedRow,
    FhirToken,
    FhirVersion,
    LabResult,
    Patient,
    ReceivedResource,
)
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

ODD = [
    "",
    "NULL",
    "null",
    "{}",
    '{"a"}',
    "a,b",
    '"',
    "\\",
    '\\"',
    "\\N",
    "\n\t ",
    "'",
    "%s",
    "😀",
    "é",
]
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=40
) | st.sampled_from(ODD)
AMOUNTS = st.none() | st.decimals(-(10**20), 10**20, allow_nan=False, allow_infinity=False)
DAYS = st.none() | st.dates()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)

pytestmark = pytest.mark.django_db
EACH = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
NUMBERS = count()


def make_site(code: str) -> Site:
    return Site.objects.create(
        code=code, name="T", city="T", time_zone="America/Toronto", opened_on=date(2026, 1, 1)
    )


@pytest.fixture
def patient() -> Iterator[Patient]:
    site = make_site("t")
    with use_sites([site.pk]):
        yield Patient.objects.create(site=site)


def fact(kind: type[DerivedRow], patient: Patient, **said: Any) -> Any:
    said = {"source": "s", "ref": "r", "fact": {}, "since_version": 1} | said
    said = {"digest": str(next(NUMBERS))} | said
    return kind(site_id=patient.site_id, patient=patient, **said)


def check_both(kind: type[DerivedRow], patient: Patient, said: list[dict[str, Any]]) -> None:
    """What stands in the table, added here and by Django."""
    ours = add_rows(fact(kind, patient, **one) for one in said)
    theirs = kind._default_manager.bulk_create(fact(kind, patient, **one) for one in said)
    assert all(not one._state.adding and one.pk for one in ours)
    names = [one.attname for one in kind._meta.concrete_fields]
    names = [one for one in names if one not in ("id", "digest")]
    mine, others = (
        [kind._default_manager.values_list(*names).get(pk=one.pk) for one in rows]
        for rows in (ours, theirs)
    )
    assert mine == others


RESULTS = {
    "value": AMOUNTS,
    "collected_first": DAYS,
    "unit": TEXTS,
    "ref": TEXTS,
    "fact": st.dictionaries(TEXTS, JSON),
}
CONDITIONS = {"classes": st.lists(TEXTS, max_size=4), "code": TEXTS, "provisional": st.booleans()}


@EACH
@given(said=st.lists(st.fixed_dictionaries(RESULTS), max_size=6))
def test_results(patient: Patient, said: list[dict[str, Any]]) -> None:
    check_both(LabResult, patient, said)


@EACH
@given(said=st.lists(st.fixed_dictionaries(CONDITIONS), max_size=4))
def test_lists_in_rows(patient: Patient, said: list[dict[str, Any]]) -> None:
    check_both(Condition, patient, said)


def version(patient: Patient, number: int, resource: int, **said: Any) -> FhirVersion:
    return FhirVersion(
        record=patient.pk,
        source="s",
        type="Patient",
        key="k",
        number=number,
        resource_id=resource,
        site_id=patient.site_id,
        patient=patient,
        **{"at": datetime(2026, 1, 1, tzinfo=UTC), "current": False, **said},
    )


def resources(patient: Patient, count: int) -> list[ReceivedResource]:
    day = date(2026, 1, 1)
    whose: dict[str, Any] = {"site_id": patient.site_id, "patient": patient, "received_on": day}
    (delivery,) = add_rows([Delivery(**whose, account={}, record_version=1)])
    assert Delivery.objects.get().received_at == delivery.received_at
    return add_rows(
        ReceivedResource(**whose, delivery=delivery, raw="{}", position=position, key=f"{position}")
        for position in range(count)
    )


def test_they_are_numbered_in_their_order(patient: Patient) -> None:
    rows = resources(patient, 300)
    assert [row.pk for row in rows] == sorted(row.pk for row in rows)
    held = ReceivedResource.objects.order_by("pk").values_list("position", flat=True)
    assert list(held) == list(range(300))


def test_moments_are_kept_to_the_microsecond(patient: Patient) -> None:
    (resource,) = resources(patient, 1)
    first = datetime(1, 1, 2, tzinfo=UTC)
    last = datetime(2026, 11, 23, 5, 6, 7, 890123, tzinfo=UTC)
    add_rows([version(patient, 1, resource.pk, first=first, last=last)])
    held = FhirVersion.objects.get()
    assert (held.first, held.last) == (first, last)


def test_decimals_keep_what_they_say(patient: Patient) -> None:
    add_rows([fact(LabResult, patient, value=Decimal("1E+2"))])
    assert LabResult.objects.get().value == 100


TOKEN = ("version_id", "site_id", "patient_id", "type", "name", "system", "value")


def test_values_without_objects(patient: Patient) -> None:
    (one,) = add_rows([version(patient, 1, resources(patient, 1)[0].pk)])
    held = one.pk, patient.site_id, patient.pk
    said = [(*held, "code", text, text[::-1]) for text in ODD]
    add_values(FhirToken, TOKEN, ((*row[:3], "Patient", *row[3:]) for row in said))
    names = [name for name in TOKEN if name != "type"]
    assert list(FhirToken.objects.order_by("pk").values_list(*names)) == said
    assert set(FhirToken.objects.values_list("type", flat=True)) == {"Patient"}


def test_values_of_other_columns_are_refused(patient: Patient) -> None:
    for names in (TOKEN[:-1], (*TOKEN, "id"), (*TOKEN[:-1], "valeu")):
        with pytest.raises(ValueError, match="FhirToken has other columns"):
            add_values(FhirToken, names, [tuple(names)])


def test_nothing_is_asked_without_rows(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert add_rows(iter(())) == []
        add_values(FhirToken, TOKEN, [])


def test_what_is_too_long_is_refused_and_not_cut(patient: Patient) -> None:
    with pytest.raises(DataError), transaction.atomic():
        add_rows([fact(LabResult, patient, unit="x" * 201)])
    assert not LabResult.objects.exists()


def test_what_is_there_already_is_refused_with_all(patient: Patient) -> None:
    add_rows([fact(LabResult, patient, digest="same")])
    with pytest.raises(IntegrityError), transaction.atomic():
        add_rows([fact(LabResult, patient), fact(LabResult, patient, digest="same")])
    assert LabResult.objects.count() == 1


def test_a_nul_is_refused(patient: Patient) -> None:
    with pytest.raises(ValueError, match="NUL"), transaction.atomic():
        add_rows([fact(LabResult, patient, ref="a\0b")])


@pytest.mark.requirement(20)
@pytest.mark.parametrize("wrong", ["a site", "no patient", "no resource", "a site of a version"])
def test_what_refers_elsewhere_is_refused(patient: Patient, wrong: str) -> None:
    """By the keys with the site, which are the only ones that these tables have."""
    other = make_site("u")
    (resource,) = resources(patient, 1)
    (first,) = add_rows([version(patient, 1, resource.pk)])
    row: Any = {
        "a site": fact(LabResult, Patient(pk=patient.pk, site=other)),
        "no patient": fact(LabResult, Patient(site_id=patient.site_id)),
        "no resource": version(patient, 2, resource.pk + 1),
        "a site of a version": FhirToken(site=other, patient=patient, version=first),
    }[wrong]
    with use_sites([patient.site_id, other.pk]), pytest.raises(IntegrityError):
        add_and_commit(row)


@transaction.atomic
def add_and_commit(row: Any) -> None:
    """Add a row, and have PostgreSQL ask at once what it asks at the end."""
    add_rows([row])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
