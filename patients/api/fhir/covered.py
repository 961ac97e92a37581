"""What who asks may do with each type of resource: by rights of ours as ever, by SMART scopes type by type.

A refusal is by type and interaction alone, said before anything is looked for, so it tells nothing of what is held.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from uuid import UUID

from patients.api.fhir.asked import Asked
from patients.api.fhir.refusals import FhirRefusal
from patients.api.fhir.registry import KINDS
from patients.api.fhir.rendered import references
from trialscreen.institution.rights import May
from trialscreen.institution.smart_scopes import Interaction, sites_for

if TYPE_CHECKING:
    from trialscreen.institution.models import Site
    from trialscreen.institution.scope import Scope

_LETTERS: Final[Mapping[str, str]] = {"POST": "c", "PUT": "u", "DELETE": "d", "": "cu"}
"""By the method of an entry; one without says what is known, which may be new or a change."""
_WORDS: Final[Mapping[str, str]] = {
    "c": "create",
    "r": "read",
    "u": "update",
    "d": "delete",
    "s": "search",
}


class Covered:
    """What is covered at which site."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._known: dict[tuple[str, str], frozenset[int]] = {}

    def sites(self, kind: str, letter: str) -> frozenset[int]:
        """The sites at which this may be done with resources of this type."""
        place = (kind, str(letter))
        if place not in self._known:
            self._known[place] = sites_for(self._scope, kind, letter)
        return self._known[place]

    def looks_for(self, site: int, kind: str) -> bool:
        """Whether a condition or reference may be looked for among records of a type.

        Who may search them may; and who may send by a right of ours, which holds for every type.
        """
        writes = self._scope.sites_where(May.WRITE_PATIENTS)
        return site in writes or site in self.sites(kind, Interaction.SEARCH)

    def links(self, site: int, patient: UUID, address: str) -> bool:
        """Whether a reference may be shown as leading to a record here, which says that it is held.

        Every record says whose it is: that its own patient is held follows from the record.
        """
        kind = address.partition("/")[0]
        return (
            address == f"Patient/{patient}"
            or self.looks_for(site, kind)
            or site in self.sites(kind, Interaction.READ)
        )

    def check(self, site: Site, asked: Asked) -> None:
        """Of what is to be written. Raises FhirRefusal (403) where it is not covered at the site."""
        if site.pk in self._scope.sites_where(May.WRITE_PATIENTS):
            return  # for every type, and under any condition
        where = asked.place or "http"
        for letter in _LETTERS[asked.method]:
            if site.pk not in self.sites(asked.kind, letter):
                raise not_covered(asked.kind, letter, where)
        if asked.if_none_exist is not None:
            self.check_looks(site, asked.kind, asked.where("request.ifNoneExist"))
        for one in references(asked.resource):
            kind, mark, _ = one["reference"].partition("?")
            if mark and kind in KINDS:
                self.check_looks(site, kind, f"{where}.resource" if asked.place else asked.kind)

    def check_looks(self, site: Site, kind: str, where: str) -> None:
        """Raises FhirRefusal (403)."""
        if not self.looks_for(site.pk, kind):
            raise not_covered(kind, Interaction.SEARCH, where)

    def check_changes(self, site: Site, kind: str, where: str) -> None:
        """Of what was sent as new and turned out to change a record. Raises FhirRefusal (403)."""
        if site.pk not in self.sites(kind, Interaction.UPDATE):
            raise not_covered(kind, Interaction.UPDATE, where)


def not_covered(kind: str, letter: str, where: str = "") -> FhirRefusal:
    named = f" {kind[:64]}" if kind in KINDS else " a resource of this type"
    said = f"Who asks may not {_WORDS[letter]}{named} here."
    return FhirRefusal(403, said, code="forbidden", expression=where)
