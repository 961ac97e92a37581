"""SMART scopes of systems, ``system/Observation.rs``: read, narrowed to what was granted, and asked at ``/fhir``.

A grant of a client at a site (:class:`~trialscreen.institution.models.ApiGrant`) names rights of ours and, if it shall
have less than those at ``/fhir``, SMART scopes. A right of ours holds at ``/fhir`` for every type of resource; a SMART
scope holds there alone and opens nothing below ``/api/``. What a token may do is what it was given *and* its client is
still granted at the site, asked anew with each request.

A view of ``/fhir`` says ``allowed_sites`` (see :mod:`trialscreen.institution.access`) and asks::

    sites_for(scope_of(request), "Observation", Interaction.SEARCH)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from trialscreen.institution.rights import May

if TYPE_CHECKING:
    from trialscreen.institution.scope import Scope

ANY: Final = "*"
"""In place of a type: all of them."""
MOST_ASKED: Final = 100
"""Scopes of one request; more are refused."""
BY_NAME: Final = frozenset({"AuditEvent"})
"""Types that a client reads by a scope that names them, and by no right of ours nor one for all types: who looked at
whose record is told to nobody who has not asked for that."""
_FORM: Final = re.compile(r"system/(\*|[A-Z][A-Za-z]{1,63})\.(read|write|\*|c?r?u?d?s?)")
_FIRST: Final[Mapping[str, str]] = {"read": "rs", "write": "cud", "*": "cruds"}
"""The words of version 1 in the letters of version 2."""


class Interaction(StrEnum):
    """What is done with a resource, by the letters of SMART 2."""

    CREATE = "c"
    READ = "r"
    UPDATE = "u"
    DELETE = "d"
    SEARCH = "s"


def by_name(resource_type: str, interaction: str) -> bool:
    """Whether a client needs a scope that names the type; what it sends of it is taken as ever."""
    return resource_type in BY_NAME and interaction in (Interaction.READ, Interaction.SEARCH)


@dataclass(frozen=True, slots=True)
class SystemScope:
    """Interactions with resources of one type, or of all."""

    type: str
    letters: str
    """Some of ``cruds``, in that order."""

    def __str__(self) -> str:
        return f"system/{self.type}.{self.letters}"

    def covers(self, resource_type: str, interaction: str) -> bool:
        any_other = self.type == ANY and not by_name(resource_type, interaction)
        return (any_other or self.type == resource_type) and interaction in self.letters

    def within(self, other: SystemScope) -> SystemScope | None:
        """What both allow; None where that is nothing."""
        if ANY not in (self.type, other.type) and self.type != other.type:
            return None
        kind = other.type if self.type == ANY else self.type
        letters = "".join(
            each
            for each in self.letters
            if each in other.letters and (self.type == other.type or not by_name(kind, each))
        )
        return SystemScope(kind, letters) if letters else None


def read_scope(text: str) -> SystemScope | None:
    """A SMART scope of a system, in the words of version 1 or 2; None for anything else.

    With search parameters behind a question mark it is nothing that could be kept to here, and so None.
    """
    found = _FORM.fullmatch(text)
    if found is None or not found[2]:
        return None
    return SystemScope(found[1], _FIRST.get(found[2], found[2]))


def right_for(resource_type: str, interaction: str) -> May:
    """The right of ours that is needed for this at ``/fhir``, of people and of tokens with our scopes."""
    if interaction not in (Interaction.READ, Interaction.SEARCH):
        return May.WRITE_PATIENTS
    return May.READ_VERDICTS if resource_type == "ResearchSubject" else May.READ_PATIENTS


@dataclass(frozen=True, slots=True)
class Granted:
    """What a client was granted at one site."""

    rights: frozenset[May]
    system: tuple[SystemScope, ...] = ()

    def covers(self, resource_type: str, interaction: str) -> bool:
        return self._by_right(resource_type, interaction) or any(
            one.covers(resource_type, interaction) for one in self.system
        )

    def opens(self, asked: SystemScope) -> bool:
        """Whether anything of a scope that a token has is still granted."""
        types = (ANY, "ResearchSubject") if asked.type == ANY else (asked.type,)
        by_right = any(self._by_right(one, how) for one in types for how in asked.letters)
        return by_right or any(asked.within(one) is not None for one in self.system)

    def _by_right(self, resource_type: str, interaction: str) -> bool:
        right = right_for(resource_type, interaction)
        return right in self.rights and not by_name(resource_type, interaction)


def sites_for(scope: Scope, resource_type: str, interaction: Interaction | str) -> frozenset[int]:
    """The sites at which who asks may do this at ``/fhir`` with resources of this type; none: nowhere."""
    by_right = scope.sites_where(right_for(resource_type, interaction))
    if scope.client and by_name(resource_type, interaction):
        by_right = frozenset()
    if not any(one.covers(resource_type, interaction) for one in scope.asked):
        return by_right
    granted = scope.granted.items()
    return by_right | {site for site, one in granted if one.covers(resource_type, interaction)}


def sites_for_any(scope: Scope) -> frozenset[int]:
    """The sites at which the SMART scopes of a token open anything at all."""
    granted = scope.granted.items()
    return frozenset(site for site, one in granted if any(one.opens(each) for each in scope.asked))


def narrowed(asked: Iterable[str], granted: Iterable[Granted]) -> list[str]:
    """Of the SMART scopes that a client asks for, what it was granted somewhere; what is none of these is left out.

    A scope that is granted whole is answered in the words it was asked in, else in those of version 2.
    """
    held, given = tuple(granted), []
    for text in asked:
        wanted = read_scope(text)
        if wanted is None:
            continue
        whole = "".join(
            each for each in wanted.letters if any(one.covers(wanted.type, each) for one in held)
        )
        if whole:
            given.append(text if whole == wanted.letters else f"system/{wanted.type}.{whole}")
        rest = SystemScope(wanted.type, "".join(x for x in wanted.letters if x not in whole))
        parts = (one.within(rest) for grant in held for one in grant.system)
        given += [str(one) for one in parts if one is not None]
    return list(dict.fromkeys(given))
