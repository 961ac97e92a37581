"""Versions that could follow the published one: derived from it for tests, and part of no release."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from eligibility.protocols import get
from eligibility.rules.criterion import Criterion
from eligibility.rules.protocol import Protocol

PROTOCOL = get("NCT00514085")


def amended(version: str, **criteria: Criterion) -> Protocol:
    """The published version with these criteria in place of those of the same id (`_` for `-`)."""
    other = {name.replace("_", "-"): one for name, one in criteria.items()}
    return replace(
        PROTOCOL,
        version=version,
        criteria=tuple(other.get(one.id, one) for one in PROTOCOL.criteria),
    )


def with_platelets(version: str, thousands: int) -> Protocol:
    """At least so many thousand platelets in a cubic millimetre, in place of 100."""
    held = PROTOCOL.criterion("platelets")
    statement: Any = held.holds
    limit = replace(statement.limit, value=Decimal(thousands), written=f"{thousands},000/mm³")
    return amended(
        version,
        platelets=replace(
            held,
            text=held.text.replace("100,000", f"{thousands},000"),
            holds=replace(statement, limit=limit),
        ),
    )


TIGHTER = with_platelets("2027-01-01.1", 150)
