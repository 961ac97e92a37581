"""Many new rows of one table in one statement, for what arrives by the thousand.

It leaves what `bulk_create` leaves. That prepares each value by itself, and gives PostgreSQL an expression for each to
read; here a column travels as the text of one array. COPY would be shorter, and is closed to tables with row security.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

Write = Callable[[Any], str]
Row = TypeVar("Row", bound=models.Model)


def add_rows(rows: Iterable[Row]) -> list[Row]:
    """Insert new rows of one model; those that PostgreSQL numbers are numbered in their order.

    Raises:
        ValueError: a text holds a NUL.
        django.db.DatabaseError: as `bulk_create` does.
    """
    added = list(rows)
    if not added:
        return added
    model = type(added[0])
    columns = [_Column(field) for field in _to_write(model)]
    keys = _insert(model, {column: column.text_of(added) for column in columns})
    numbered, database = _is_numbered(model), connection.alias
    for one, (number,) in zip(added, keys, strict=True):
        if numbered:
            one.pk = number
        one._state.adding, one._state.db = False, database
    return added


def add_values(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows that nobody needs as objects: of each the values of the columns `names` (``patient_id``), which are
    all that PostgreSQL does not number. Nothing that a model does by itself is done.

    Raises:
        ValueError: a text holds a NUL; a column is missing.
        django.db.DatabaseError: as `bulk_create` does.
    """
    fields = {field.attname: field for field in _to_write(model)}
    if set(names) != set(fields):
        raise ValueError(f"{model.__name__} has other columns than {', '.join(names)}")
    columns = list(zip(*rows, strict=True))
    if columns:
        texts = {
            (column := _Column(fields[name])): column.array_of(values)
            for name, values in zip(names, columns, strict=True)
        }
        _insert(model, texts)


def _is_numbered(model: type[models.Model]) -> bool:
    return isinstance(model._meta.pk, models.AutoField | models.BigAutoField)


def _to_write(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    fields = model._meta.concrete_fields
    return [field for field in fields if not (field.primary_key and _is_numbered(model))]


def _insert(model: type[models.Model], held: Mapping[_Column, str]) -> list[tuple[Any]]:
    """The keys of the new rows, in their order."""
    into = ", ".join(column.name for column in held)
    values = ", ".join(f"v.{column.name}::{column.type}" for column in held)
    texts = ", ".join(["%s::text[]"] * len(held))
    table, key = map(connection.ops.quote_name, (model._meta.db_table, str(model._meta.pk.column)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({into}) SELECT {values} FROM unnest({texts}) AS v ({into}) RETURNING {key}",  # noqa: S608 - our own names
            list(held.values()),
        )
        return list(cursor.fetchall())


class _Column:
    """A field of a model, and how its values are written for PostgreSQL."""

    def __init__(self, field: models.Field[Any, Any]) -> None:
        self.field = field
        self.name = connection.ops.quote_name(str(field.column))
        told = field.target_field if isinstance(field, models.ForeignKey) else field
        self.writes: Write = next(
            (write for kind, write in _WRITERS.items() if isinstance(told, kind)), str
        )
        self.is_text = isinstance(told, _QUOTED)
        # A cast to a shorter text would cut it off without a word; that it is too long for the column is refused.
        cut = isinstance(told, models.CharField)
        self.type = "text" if cut else str(field.db_type(connection))

    def text_of(self, rows: Sequence[models.Model]) -> str:
        """The values of `rows` as the text of an array."""
        field = self.field
        if isinstance(field, models.DateField) and (field.auto_now or field.auto_now_add):
            return self.array_of([field.pre_save(row, add=True) for row in rows])
        name = field.attname
        return self.array_of([row.__dict__[name] for row in rows])

    def array_of(self, values: Iterable[Any]) -> str:
        write = self._quoted if self.is_text else self.writes
        return "{" + ",".join(["NULL" if one is None else write(one) for one in values]) + "}"

    def _quoted(self, value: Any) -> str:
        return '"' + self.writes(value).replace("\\", r"\\").replace('"', r"\"") + '"'


def _as_array(values: Sequence[str]) -> str:
    quoted = (value.replace("\\", r"\\").replace('"', r"\"") for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


_WRITERS: Final[dict[type, Write]] = {
    models.JSONField: json.dumps,
    ArrayField: _as_array,
}
"""Of what PostgreSQL does not read as Python writes it: numbers, days, moments and ids it does."""
_QUOTED: Final = (models.JSONField, ArrayField, models.CharField, models.TextField)
