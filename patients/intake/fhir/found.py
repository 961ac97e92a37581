"""By what a resource is found over FHIR: its codes, identifiers, status and clinical date. It decides nothing.

What does not have the shape that FHIR gives it is passed over: such a resource is kept, and is not found by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from patients.intake.fhir.dates import read_moment
from patients.intake.fhir.references import identifiers

MOST: Final = 40
"""Tokens of one name; of more a resource is found by the first."""
LONGEST: Final = 300
"""Bytes of a system or a value; by a longer one nothing is found."""
OPEN: Final = datetime(9999, 1, 1, tzinfo=UTC)
NEVER: Final = datetime(1, 1, 2, tzinfo=UTC)

CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "MedicationAdministration": ("medicationCodeableConcept",),
    "MedicationStatement": ("medicationCodeableConcept",),
    "MedicationRequest": ("medicationCodeableConcept",),
    "Specimen": ("type",),
}
"""Elements behind ``code``, where it is another than ``code``."""
DATES: Final[Mapping[str, str]] = {
    "Condition": "onset",
    "Observation": "effective",
    "DiagnosticReport": "effective",
    "Procedure": "performed",
    "MedicationAdministration": "effective",
    "MedicationStatement": "effective",
    "MedicationRequest": "authoredOn",
    "Specimen": "collection.collected",
    "ResearchSubject": "period",
    "Consent": "dateTime",
    "Immunization": "occurrence",
    "Encounter": "period",
}
"""The clinical date of a type: an element, or the stem of one that is a moment or a period."""


class Token(NamedTuple):
    name: str
    system: str
    value: str


class Found(NamedTuple):
    """By what a resource is found."""

    tokens: tuple[Token, ...]
    status: str
    first: datetime | None
    last: datetime | None


def found_by(resource: Mapping[str, Any], zone: ZoneInfo) -> Found:
    """`zone` is the site's: a day there is as long as it is there."""
    tokens: dict[Token, None] = {}
    kind = str(resource.get("resourceType", ""))
    for element in CODES.get(kind, ("code",)):
        tokens.update(_named("code", _codings(resource.get(element))))
    tokens.update(_named("category", _codings(resource.get("category"))))
    if kind != "Patient":
        tokens.update(_named("identifier", identifiers(resource)))
    if kind == "Condition":
        for element in ("clinicalStatus", "verificationStatus"):
            tokens.update(_named(element, _codings(resource.get(element))))
    status = resource.get("status")
    first, last = _when(resource, kind, zone)
    return Found(tuple(tokens), status[:60] if type(status) is str else "", first, last)


def _named(name: str, pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[Token, None]]:
    for system, value in islice(pairs, MOST):
        if value and max(len(value.encode()), len(system.encode())) <= LONGEST:
            yield Token(name, system, value), None


def _codings(concepts: object) -> Iterator[tuple[str, str]]:
    for concept in concepts if type(concepts) is list else [concepts]:
        codings = concept.get("coding") if type(concept) is dict else None
        for coding in codings if type(codings) is list else ():
            code = coding.get("code") if type(coding) is dict else None
            if type(coding) is dict and type(code) is str:
                system = coding.get("system", "")
                yield (system if type(system) is str else ""), code


def _when(
    resource: Mapping[str, Any], kind: str, zone: ZoneInfo
) -> tuple[datetime | None, datetime | None]:
    held: Any = resource
    *way, stem = DATES.get(kind, "").split(".")
    for step in way:
        held = held.get(step)
        if type(held) is not dict:
            return None, None
    if not stem:
        return None, None
    for name in (stem, f"{stem}DateTime", f"{stem}Instant", f"{stem}Period"):
        value = held.get(name)
        if type(value) is str:
            return span(value, zone) or (None, None)
        if type(value) is dict:
            return _period(value, zone)
    return None, None


def _period(period: Mapping[str, Any], zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    start, end = (
        span(held, zone) if type(held := period.get(name)) is str else None
        for name in ("start", "end")
    )
    if start is None and end is None:
        return None, None
    return (start[0] if start else NEVER), (end[1] if end else OPEN)


def span(text: str, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """The first and the last moment that a FHIR date can mean; None for what is none."""
    try:
        days = read_moment(text, zone).days
        if days.instant is not None:
            return days.instant, days.instant
        assert days.first is not None
        assert days.last is not None
        return _midnight(days.first, zone), _midnight(
            days.last + timedelta(days=1), zone
        ) - timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
