"""What a body may be made of: which fields, of which JSON types. What they may say, the forms of the pages decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from drf_spectacular.utils import OpenApiExample

from patients.api.refusals import CannotBeUsed
from patients.intake import strict_json


class Kind(NamedTuple):
    """A JSON type: its schema, whether a value is of it, and what is said of one that is not."""

    schema: dict[str, Any]
    takes: Callable[[object], bool]
    sentence: str


def _is_day(said: object) -> bool:
    try:
        return isinstance(said, str) and date.fromisoformat(said).isoformat() == said
    except ValueError:
        return False


def _is_whole(said: object) -> bool:
    return isinstance(said, int) and not isinstance(said, bool)


def _is_number(said: object) -> bool:
    return isinstance(said, str | int | Decimal) and not isinstance(said, bool)


def _listed(takes: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda said: isinstance(said, list) and all(takes(one) for one in said)


def _is_text(said: object) -> bool:
    return isinstance(said, str) and "\0" not in said


TEXT: Final = Kind({"type": "string"}, _is_text, "This is a text.")
DAY: Final = Kind(
    {"type": "string", "format": "date"}, _is_day, "One calendar date, written YYYY-MM-DD."
)
WHOLE: Final = Kind({"type": "integer"}, _is_whole, "This is a whole number.")
NUMBER: Final = Kind(
    {"type": ["number", "string"], "description": "Exact, as a JSON number or a string."},
    _is_number,
    "This is a number, or a number as a string.",
)
TEXTS: Final = Kind(
    {"type": "array", "items": {"type": "string"}}, _listed(_is_text), "This is a list of texts."
)
KEYS: Final = Kind(
    {"type": "array", "items": {"type": "integer"}}, _listed(_is_whole), "This is a list of ids."
)
SWITCH: Final = Kind(
    {"type": "boolean"}, lambda said: isinstance(said, bool), "Either true or false."
)
OBJECT: Final = Kind(
    {"type": "object", "additionalProperties": True},
    lambda said: isinstance(said, Mapping),
    "This is a JSON object.",
)


class Body(NamedTuple):
    """The fields of a body, those that are needed, and one that is right."""

    kinds: Mapping[str, Kind]
    needed: tuple[str, ...]
    example: Mapping[str, Any]

    @property
    def schema(self) -> dict[str, Any]:
        properties = {
            name: one.schema if name in self.needed else _or_null(one.schema)
            for name, one in self.kinds.items()
        }
        whole: dict[str, Any] = {"type": "object", "properties": properties}
        if self.needed:
            whole["required"] = list(self.needed)
        return whole | {"additionalProperties": False}

    @property
    def request(self) -> dict[str, Any]:
        """For ``extend_schema``."""
        shown = OpenApiExample("Example", value=dict(self.example), request_only=True)
        return {"request": {"application/json": self.schema}, "examples": [shown]}


def read_body(body: Body, said: object) -> dict[str, Any]:
    """A body as a form takes it: texts, and empty for what is null or left out.

    Raises:
        CannotBeUsed: with the place of every field that is unknown here or of another type.
    """
    if not isinstance(said, Mapping):
        raise CannotBeUsed({"non_field_errors": ["The body is one JSON object."]})
    faults = {name: ["This field is not known here."] for name in said.keys() - body.kinds.keys()}
    for name, kind in body.kinds.items():
        value = said.get(name)
        if value is not None and not kind.takes(value):
            faults[name] = [kind.sentence]
    if faults:
        raise CannotBeUsed(faults)
    return {name: _typed(said[name]) for name in body.kinds if said.get(name) is not None}


def _typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, Mapping):
        return strict_json.write(value)
    return str(value)


def _or_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*kinds, "null"]}
