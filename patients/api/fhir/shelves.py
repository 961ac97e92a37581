"""Records that are made of what lies above, beside those that were sent: of the same types, under ids that never meet.

Whoever has such records puts up a shelf. It is read and searched at the same addresses, through the same doors, within
the same sites. Nothing on a shelf is written over FHIR. What was sent has a random UUID; a shelf has ids of its own
tables, random too, or names that are no UUID.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

from patients.api.fhir.covered import Covered
from patients.api.fhir.parameters import Sites
from patients.api.fhir.registry import Kind, register
from trialscreen.institution.smart_scopes import Interaction

Json = dict[str, Any]
Used = Sequence[tuple[str, str]]


class Made(NamedTuple):
    """One version of a record on a shelf, as it goes out."""

    version_id: str
    at: datetime
    tree: Json
    place: str = ""
    """In a search: where the next page begins behind it."""
    site: int | None = None
    patient: UUID | None = None
    """Whose it is, for the trail; None: nobody's."""


class Shelf(Protocol):
    """Records of one type. It asks for rows of the sites it is told, and of no others.

    `covered` is what who asks may do with other types: a record that tells of another is shown with that one alone.
    """

    def history(self, site_ids: Collection[int], ident: str, covered: Covered) -> list[Made]:
        """Every version of a record, the newest first; empty where there is none, or not at these sites."""

    def page(
        self, used: Used, sites: Sites, after: str, count: int, covered: Covered
    ) -> list[Made]:
        """At most `count` records as they are now behind a place, in one definite order.

        `used` are parameters of the type; their values have the form that theirs have in every search.
        Raises FhirRefusal for a value that cannot be understood.
        """


_SHELVES: Final[dict[str, Shelf]] = {}


def put_up(kind: Kind, shelf: Shelf) -> None:
    """Have the records of a shelf read and found, and the type described as `kind` says."""
    register(kind)
    _SHELVES[kind.name] = shelf


def shelf_of(kind: str) -> Shelf | None:
    return _SHELVES.get(kind)


def on_shelf(covered: Covered, site_ids: Collection[int], kind: str, ident: str) -> list[Made]:
    """Every version of a record that is on a shelf, the newest first; empty: it is on none of what the asker may read
    at these sites."""
    shelf = shelf_of(kind)
    if shelf is None:
        return []
    mine = covered.sites(kind, Interaction.READ) & frozenset(site_ids)
    return shelf.history(mine, ident, covered)


def searched_on_shelf(covered: Covered, kind: str, sites: Sites) -> Sites:
    """Those of the sites at which the asker may search what is on the shelf of a type."""
    mine = covered.sites(kind, Interaction.SEARCH)
    zones = {zone: tuple(one for one in ids if one in mine) for zone, ids in sites.zones.items()}
    return Sites(zones, sites.base)
