"""Who sends: what is agreed with a sender and does not stand in its messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote
from zoneinfo import ZoneInfo

OURS = "urn:trialscreen:hl7v2"
"""Below this stand the names that only a sender gives a meaning to."""


@dataclass(frozen=True, slots=True)
class Sender:
    """One sending system, as it is registered at its site."""

    name: str
    zone: ZoneInfo
    """The site's: times without an offset are its own."""
    laboratory: str = ""
    """Which laboratory performs its tests, where a message does not say."""
    charset: str = "ASCII"
    """How its messages are written that do not say so in MSH-18."""
    authorities: Mapping[str, str] = field(default_factory=dict)
    """Identifier systems (URIs) by the names of assigning authorities, where they have one."""

    def identifiers_of(self, namespace: str, universal: str = "", kind: str = "") -> str:
        """The system of identifiers that an assigning authority gives.

        What was agreed on, else the universal id as a URI, else a name of ours made from the namespace. Without
        either, identifiers are those of the sender itself.
        """
        for name in (namespace, universal):
            if name and name in self.authorities:
                return self.authorities[name]
        if universal and kind == "ISO":
            return f"urn:oid:{universal}"
        if universal and kind == "UUID":
            return f"urn:uuid:{universal.lower()}"
        if universal and kind in ("URI", "URL"):
            return universal
        if universal or namespace:
            return f"{OURS}:authority:{_plain(namespace or universal)}"
        return f"{OURS}:sender:{_plain(self.name)}"

    def codes_of(self, system: str) -> str:
        """The URI of codes that this sender alone gives a meaning to."""
        return f"{OURS}:code:{_plain(self.name)}:{_plain(system)}"

    def orders_of(
        self, namespace: str, universal: str = "", kind: str = "", *, placer: bool
    ) -> str:
        """The system of the identifiers of results, by who numbers the orders."""
        whose = self.identifiers_of(namespace, universal, kind)
        return f"{OURS}:result:{'placer' if placer else 'filler'}:{whose}"


def _plain(text: str) -> str:
    return quote(text.strip(), safe="")
