"""What was said to PostgreSQL for one request is gone before the next one that has the same connection."""

from __future__ import annotations

from threading import Thread
from typing import Any, cast
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Model

from eligibility import listing
from eligibility.models import Assessment, Screening
from eligibility.tasks import assess_patient
from patients.models import Patient
from tests.isolation.hospitals import World
from trialscreen.institution import conduct
from trialscreen.institution.scope import LOG_SETTING, SETTING, sites_in_use, use_logs, use_sites
from trialscreen.wiring.owner import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("isolation")]
SETTINGS = (SETTING, LOG_SETTING, conduct.READ_SETTING, conduct.MANAGE_SETTING)
NAMES_A_PATIENT = (
    "INSERT INTO patients_patientidentifier (site_id, patient_id, source, system, value, created_at)"
    " VALUES (%s, %s, 's', '', 'v', now())"
)


def told() -> list[str]:
    """What the connection still says; never told is None, and told once an empty string: both show nothing."""
    with connection.cursor() as cursor:
        found = []
        for setting in SETTINGS:
            cursor.execute("SELECT current_setting(%s, true)", [setting])
            found.append(cursor.fetchone()[0] or "")
    return found


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def nothing_is_seen() -> bool:
    return told() == ["", "", "", ""] and not (
        Patient.objects.exists() or Screening.objects.exists() or Assessment.objects.exists()
    )


@pytest.mark.requirement(20)
@pytest.mark.parametrize(
    "path", ["/patients/", "/worklist/", "/reports/screening-log/", "/delegation/", "/nowhere/"]
)
def test_nothing_is_left_for_the_next_request(world: World, path: str) -> None:
    """Real transactions here: what is asked commits, or is undone, as in service."""
    before = backend()
    for name in ("coordinator", "monitor", "administrator", "anonymous"):
        world.askers[name].http.get(path)
        assert nothing_is_seen()
    assert backend() == before


def test_one_connection_serves_one_site_after_the_other(world: World) -> None:
    before = backend()
    for _ in range(3):
        for name, code in (("client", "avonlea"), ("stranger", "brandon")):
            asker = world.askers[name]
            listed = asker.http.get("/api/v1/patients/", headers=asker.headers).json()["results"]
            assert {one["id"] for one in listed} == set(world.hospitals[code].ids["patient"])
    assert backend() == before


def test_after_a_failure_nothing_is_left(world: World, monkeypatch: pytest.MonkeyPatch) -> None:

    def fail(*_: object, **__: object) -> None:
        assert sites_in_use()
        raise ZeroDivisionError

    monkeypatch.setattr(listing, "listing", fail)
    assert world.askers["coordinator"].http.get("/patients/").status_code == 500
    assert nothing_is_seen()


def test_the_empty_string_after_first_use_is_no_site(world: World) -> None:
    with use_sites([world.hospitals["avonlea"].site.pk]):
        assert Patient.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [SETTING])
        assert cursor.fetchone() == ("",)
    assert nothing_is_seen()


def test_blocks_within_blocks_have_their_own_sites(world: World) -> None:
    a, b = (world.hospitals[code].site.pk for code in ("avonlea", "brandon"))

    def seen() -> set[int]:
        return set(Patient.objects.values_list("site_id", flat=True))

    with use_sites([a]):
        with use_sites([b]):
            with use_logs([a]):
                assert seen() == {b}
            with pytest.raises(ZeroDivisionError), use_sites([a, b]):
                _ = len(seen()) / 0
            assert seen() == {b}
        with conduct.use_conduct([b], [b]):
            assert seen() == set()
        assert seen() == {a}
    assert nothing_is_seen()


def test_another_thread_has_nothing_of_it(world: World) -> None:
    found: list[bool] = []

    def look() -> None:
        try:
            found.append(nothing_is_seen())
        finally:
            connection.close()

    with use_sites([world.hospitals["avonlea"].site.pk]):
        assert Patient.objects.exists()
        other = Thread(target=look)
        other.start()
        other.join()
    assert found == [True]


@pytest.mark.requirement(21)
@pytest.mark.parametrize("forged", ["brandon", "calgary", ""])
def test_a_task_with_a_forged_site_does_nothing(world: World, forged: str) -> None:
    """The message names patient and site; a patient of another site is none, whatever the message says."""
    home = world.hospitals["avonlea"]
    site = world.hospitals[forged].site.pk if forged else 0
    with use_sites([home.site.pk]):
        before = Assessment.objects.count()
    assert assess_patient(home.one("patient"), site) == "no such patient"
    assert assess_patient(str(uuid4()), home.site.pk) == "no such patient"
    assert nothing_is_seen()
    with use_sites([home.site.pk]):
        assert Assessment.objects.count() == before


def test_a_row_of_another_site_cannot_be_made_or_moved_to(world: World) -> None:
    """What a view would have to do wrong for it, tried straight in SQL."""
    a = world.hospitals["avonlea"]
    here, there = a.site.pk, world.hospitals["brandon"].site.pk
    for statement, values in (
        (
            (
                "INSERT INTO patients_patient (id, site_id, record_version, read_with, created_at)"
                " VALUES (%s, %s, 0, '', now())"
            ),
            [str(uuid4()), there],
        ),
        ("UPDATE patients_patient SET site_id = %s WHERE id = %s", [there, a.one("patient")]),
    ):
        with pytest.raises(DatabaseError, match=r"row-level|permission denied|foreign key"):
            _run(here, statement, values)


@pytest.mark.requirement(16, 20)
def test_a_row_cannot_point_at_a_row_of_another_site(world: World) -> None:
    """PostgreSQL alone would let a row of one site name a patient of another; no code of ours does it."""
    a, b = world.hospitals["avonlea"], world.hospitals["brandon"]
    with transaction.atomic():
        try:
            with pytest.raises(IntegrityError, match="patient_id_same_site"):
                _run(a.site.pk, NAMES_A_PATIENT, [a.site.pk, b.one("patient")])
        finally:
            transaction.set_rollback(True)


@pytest.mark.requirement(16, 20)
def test_the_owner_cannot_point_at_a_row_of_another_site(world: World) -> None:
    """A superuser even: keys hold whoever writes."""
    a, b = world.hospitals["avonlea"], world.hospitals["brandon"]
    with as_owner(), transaction.atomic():
        try:
            with pytest.raises(IntegrityError, match="patient_id_same_site"):
                _run(a.site.pk, NAMES_A_PATIENT, [a.site.pk, b.one("patient")])
        finally:
            transaction.set_rollback(True)


@pytest.mark.requirement(16, 20)
def test_every_reference_between_rows_of_sites_carries_the_site() -> None:
    """Of a reference that was forgotten, this test says the name: `same_site` in its migration."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.conrelid::regclass::text, k.confrelid::regclass::text,"
            " array_agg(a.attname::text ORDER BY p.place), array_agg(b.attname::text ORDER BY p.place)"
            " FROM pg_constraint k"
            " CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY p (here, there, place)"
            " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.here"
            " JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = p.there"
            " WHERE k.contype = 'f' AND k.convalidated AND k.conenforced GROUP BY k.oid, 1, 2"
        )
        kept = {(here, there, *map(tuple, pair)) for here, there, *pair in cursor.fetchall()}
    referring = [
        (
            model._meta.db_table,
            column.column,
            cast("type[Model]", column.related_model)._meta.db_table,
        )
        for model in apps.get_models()
        if model._meta.managed and _has_site(model)
        for column in model._meta.concrete_fields
        if column.many_to_one or column.one_to_one
        if column.name != "site" and _has_site(cast("type[Model]", column.related_model))
    ]
    missing = [
        f"{table}.{column}"
        for table, column, other in referring
        if (table, other, (column, "site_id"), ("id", "site_id")) not in kept
    ]
    assert len(referring) > 30
    assert missing == []


def _has_site(model: type[Model]) -> bool:
    """Whether its rows are a site's: clinical ones, with row security."""
    table = model._meta.db_table
    fields = {column.column for column in model._meta.concrete_fields}
    return "site_id" in fields and not table.startswith("institution_")


def _run(site: int, statement: str, values: list[Any]) -> None:
    with use_sites([site]), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_is_unique_is_unique_at_one_site(world: World) -> None:
    """Or that something is refused would say that another site has it. Keys that are drawn at random say nothing."""
    of_the_house = {"eligibility_trial", "eligibility_protocolversion", "eligibility_trialpart"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.relname, i.relname, array_agg(a.attname::text) FROM pg_index x"
            " JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid"
            " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (x.indkey)"
            " WHERE x.indisunique AND NOT x.indisprimary AND t.relrowsecurity GROUP BY 1, 2 ORDER BY 1, 2"
        )
        found = cursor.fetchall()
    # A key of a row that belongs to one site is as good as the site: nobody points at a row of another one.
    good = {
        "site_id",
        "patient_id",
        "screening_id",
        "determination_id",
        "event_id",
        "sign_off_id",
        "previous_id",
        "delivery_id",
        "endpoint_id",
        "message_id",
        "resource_id",
    }
    bad = [
        f"{table}.{index} ({', '.join(columns)})"
        for table, index, columns in found
        if not good & set(columns)
        and table not in of_the_house
        and not table.startswith("institution_trail")
    ]
    assert bad == []


def test_the_same_number_may_be_had_at_every_site(world: World) -> None:
    """Every site of this world has a patient of the same number in the same system; each finds its own alone."""
    for name, code in (("client", "avonlea"), ("stranger", "brandon")):
        asker = world.askers[name]
        at = "/api/v1/patients/?identifier=urn:mrn|7770001111"
        listed = asker.http.get(at, headers=asker.headers).json()["results"]
        assert [one["id"] for one in listed] == [world.hospitals[code].one("patient")]
