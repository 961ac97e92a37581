"""The key list in words, on screen and as the table that is exported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy

from eligibility.models import State
from eligibility.presenters.people import born, full_name
from eligibility.reports.keys import Key
from eligibility.reports.spreadsheets import Cell

HEADS = (
    gettext_lazy("Screening number"),
    gettext_lazy("Family name"),
    gettext_lazy("Given name"),
    gettext_lazy("Born"),
    gettext_lazy("Identifiers"),
    gettext_lazy("State"),
    gettext_lazy("Part"),
    gettext_lazy("Subject"),
)


@dataclass(frozen=True)
class Row:
    number: str
    patient: UUID
    name: str
    born: str
    identifiers: str
    state: str
    placed: str


def present(found: Iterable[Key]) -> list[Row]:
    return [
        Row(
            number=one.screening.label,
            patient=one.screening.patient_id,
            name=full_name(*_names(one)),
            born=_born(one),
            identifiers=", ".join(one.identifiers),
            state=str(State(one.screening.state).label),
            placed=f"{one.part} {one.subject_number}" if one.subject_number is not None else "",
        )
        for one in found
    ]


def table(found: Iterable[Key]) -> list[list[Cell]]:
    """The keys under `HEADS`, for a spreadsheet."""
    return [
        [
            one.screening.label,
            _names(one)[1],
            _names(one)[0],
            _born(one),
            "; ".join(one.identifiers),
            str(State(one.screening.state).label),
            one.part,
            one.subject_number,
        ]
        for one in found
    ]


def _names(one: Key) -> tuple[str, str]:
    return (one.who.given_name, one.who.family_name) if one.who is not None else ("", "")


def _born(one: Key) -> str:
    return born((one.who.birth_first, one.who.birth_last) if one.who is not None else (None, None))
