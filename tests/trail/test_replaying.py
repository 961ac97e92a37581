"""Every table × every way of changing it: N changes are N entries, and the entries of a row rebuild it exactly.

Rows are made by the database's own ways and not by actions, with foreign keys unchecked, so that every table can be
tried. ``HISTORIES`` says how many random histories there are.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trail.kept import emptied
from trialscreen.institution.models import Site, TrailEntry
from trialscreen.wiring.owner import as_owner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("trail")]
HISTORIES = int(os.environ.get("HISTORIES", "25"))
AT = datetime(2026, 11, 25, 12, 0, 0, 123456, tzinfo=UTC)
WAYS = ("save", "bulk_create", "bulk_update", "update", "raw")


def trailed() -> list[str]:
    """Tables with the triggers, without asking the database at import."""
    left_out = {
        "TrailEntry",
        "TrailLink",
        "TrailHead",
        "TrailForwarded",
        "WorkerPulse",
        "IdempotencyKey",
        "ImportPiece",
        "ImportLine",
        "FhirToken",
        "FhirVersion",
        "RepeatedAct",
        *("Occurrence", "Dispatch", "Attempt", "EndpointHealth"),
        *("ShownToken", "LocalCodesEntry", "LocalCodesChange"),
    }
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and model.__name__ not in left_out
        and not model._meta.db_table.startswith(("django_", "auth_permission", "oauth2_provider_"))
        and not model._meta.swapped
    )


def model_of(table: str) -> type[models.Model]:
    return next(m for m in apps.get_models(include_auto_created=True) if m._meta.db_table == table)


def made_of(model: type[models.Model], number: int) -> models.Model:
    """A row, the `number`-th, that keeps to the types of its columns alone."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.AutoField | models.GeneratedField):
            continue
        values[field.attname] = value_of(field, number)
    return model(**values)


def value_of(field: Any, number: int) -> Any:
    if field.remote_field is not None:
        field = field.target_field
    made: dict[type, Any] = {
        models.UUIDField: UUID(int=number + 1),
        models.DateTimeField: AT,
        models.DateField: date(2026, 1, 1 + number % 28),
        models.BooleanField: bool(number % 2),
        models.DecimalField: Decimal(number) / 10,
        models.JSONField: {"n": number, "of": ["ü", None]},
        ArrayField: [str(number)],
        models.GenericIPAddressField: "127.0.0.1",
        models.BinaryField: str(number).encode(),
    }
    for kind, value in made.items():
        if isinstance(field, kind):
            return value
    if isinstance(field, models.IntegerField | models.AutoField):
        return number + 1
    if field.choices:
        return field.flatchoices[number % len(field.flatchoices)][0]
    return f"{number}"[: field.max_length] if field.max_length else f"words {number}"


@pytest.fixture
def unchecked() -> Iterator[None]:
    """The owner, in a transaction that is undone, without checks of rows; triggers of users stay on."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype IN ('c', 'f', 'x')"
            " AND connamespace = 'public'::regnamespace ORDER BY contype = 'f' DESC"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}" CASCADE')
        yield
        transaction.set_rollback(True)


def counted(table: str) -> Counter[str]:
    return Counter(TrailEntry.objects.filter(subject=table).values_list("kind", flat=True))


def test_every_table_by_every_way(unchecked: None) -> None:
    wrong = {}
    for table in trailed():
        model, before = model_of(table), counted(table)
        try:
            with transaction.atomic():
                changed = every_way(model, table)
        except (DatabaseError, ValueError, TypeError) as fault:
            wrong[table] = repr(fault)[:200]
            continue
        found = counted(table) - before
        if found != changed:
            wrong[table] = f"{found} for {changed}"
    assert wrong == {}


def every_way(model: type[models.Model], table: str) -> Counter[str]:
    """Add five rows in three ways, change each in four, delete two. Returns how many changes that were."""
    rows = [made_of(model, number) for number in range(5)]
    rows[0].save(force_insert=True)
    manager = model._base_manager
    manager.bulk_create(rows[1:4])
    changed = Counter(insert=4)
    pk = model._meta.pk
    assert pk is not None
    column = next((f for f in reversed(model._meta.concrete_fields) if changeable(f)), None)
    if column is not None:
        name = column.attname
        for number, row in enumerate(rows[:4]):
            setattr(row, name, value_of(column, number + 101))
        rows[0].save(force_update=True)
        changed["update"] += 1
        manager.bulk_update(rows[1:3], [column.name])
        changed["update"] += 2
        manager.filter(pk=rows[3].pk).update(**{name: value_of(column, 104)})
        changed["update"] += 1
        with connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE {table} SET "{column.column}" = (SELECT "{column.column}" FROM {table} WHERE'
                f' "{pk.column}" = %s) WHERE "{pk.column}" = %s',
                [rows[1].pk, rows[2].pk],
            )
        changed["update"] += 1
    manager.filter(pk=rows[3].pk)._raw_delete("default")
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM {table} WHERE "{pk.column}" = %s', [rows[2].pk])
    changed["delete"] += 2
    return changed


def changeable(field: Any) -> bool:
    unique = field.unique or field.primary_key or field.remote_field is not None
    return (
        not unique
        and not isinstance(
            field, models.GeneratedField | models.BooleanField | models.DateTimeField
        )
        and not getattr(field, "choices", None)
        and field.attname not in CONSTRAINED
    )


CONSTRAINED = frozenset(
    {
        *(
            "position",
            "sequence",
            "version",
            "number",
            "episode",
            "digest",
            "subject_number",
            "key",
        ),
        *(
            "superseded_version",
            "lifted_version",
            "value",
            "system",
            "source",
            "criterion",
            "state",
        ),
        *("password", "token", "code"),
    }
)
"""Columns of unique constraints and hidden ones: changed elsewhere."""

TEXTS = st.text(max_size=12).filter(
    lambda text: ("\x00" not in text and text.isprintable()) or not text
)
STEP = st.one_of(
    st.tuples(st.just("save"), st.integers(0, 3), TEXTS),
    st.tuples(st.just("update"), st.integers(0, 3), TEXTS),
    st.tuples(st.just("bulk_update"), st.integers(0, 3), TEXTS),
    st.tuples(st.just("raw"), st.integers(0, 3), TEXTS),
    st.tuples(st.just("delete"), st.integers(0, 3), st.just("")),
    st.tuples(st.just("undone"), st.integers(0, 3), TEXTS),
)


@settings(
    max_examples=HISTORIES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(STEP, max_size=12))
def test_the_entries_of_a_row_rebuild_it(steps: list[tuple[str, int, str]]) -> None:
    emptied()
    with as_owner():
        Site.objects.all().delete()
        emptied()
        for way, number, text in steps:
            walk(way, f"s{number}", text)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id::text, to_jsonb(s) FROM institution_site s")
            rows = {key: json.loads(row) for key, row in cursor.fetchall()}
            cursor.execute(
                "SELECT key, kind, old, new FROM institution_trailentry WHERE subject = 'institution_site' ORDER BY id"
            )
            rebuilt = replayed(
                [(key, kind, *map(read, both)) for key, kind, *both in cursor.fetchall()]
            )
    assert rebuilt == rows


def read(told: str | None) -> Any:
    return None if told is None else json.loads(told)


def walk(way: str, code: str, text: str) -> None:
    held = Site.objects.filter(code=code)
    if not held.exists():
        site = Site(code=code, name=text, city="C", time_zone="UTC", opened_on=date(2026, 1, 1))
        if way == "bulk_update":
            Site.objects.bulk_create([site])
        else:
            site.save()
        return
    site = held.get()
    if way == "delete":
        held._raw_delete("default")
    elif way == "update":
        held.update(name=text, city=text)
    elif way == "raw":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE institution_site SET name = %s WHERE code = %s", [text, code])
    elif way == "bulk_update":
        site.city = text
        Site.objects.bulk_update([site], ["city"])
    else:
        site.name = text
        with transaction.atomic():
            site.save()
            transaction.set_rollback(way == "undone")


def replayed(entries: list[tuple[str, str, Any, Any]]) -> dict[str, Any]:
    """The rows that these entries say there are. What each says was there before must have been."""
    rows: dict[str, Any] = {}
    for key, kind, old, new in entries:
        if kind == "insert":
            assert key not in rows
            rows[key] = new
        elif kind == "delete":
            assert rows.pop(key) == old
        else:
            assert {name: rows[key][name] for name in old} == old
            assert old != new
            rows[key] = rows[key] | new
    return rows
