"""A protocol as plain data."""

from __future__ import annotations

from typing import Any

from eligibility.rules.criterion import Criterion
from eligibility.rules.protocol import Protocol


def trial(protocol: Protocol) -> dict[str, Any]:
    return {
        "id": protocol.trial,
        "title": protocol.title,
        "version": protocol.version,
        "digest": protocol.digest(),
        "criteria": len(protocol.criteria),
        "policy": {**protocol.policy.values(), "horizon": protocol.policy.horizon},
    }


def criteria(protocol: Protocol) -> list[dict[str, Any]]:
    """Every criterion, in protocol order."""
    return [_criterion(one) for one in protocol.criteria]


def _criterion(one: Criterion) -> dict[str, Any]:
    attestable = one.attestable
    return {
        "id": one.id,
        "kind": one.type,
        "place": one.place,
        "heading": one.heading,
        "title": one.title,
        "text_of_registry": one.quote,
        "requirement": one.text,
        "logic": one.holds.words(),
        "data": one.data,
        "attestation": None
        if attestable is None
        else {
            "by": attestable.by,
            "validity_days": attestable.validity,
            "answers": list(attestable.answers),
        },
        "confirm_absence": one.confirm,
    }
