"""The acts with a screening episode, each with what its body says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from eligibility import actions
from eligibility.actions import Actor, Look
from eligibility.api import screenings_schemas as schemas
from eligibility.models import Screening, State
from eligibility.rules.protocol import Protocol
from patients.api.inputs import StrictSerializer


class Asked(NamedTuple):
    """What is asked of which episode, by whom, when, and which version was seen."""

    held: Screening
    by: Actor
    protocol: Protocol
    at: datetime
    on: date
    seen: int
    said: dict[str, Any]


def start(asked: Asked) -> object:
    return actions.start(asked.held.pk, by=asked.by, on=asked.on, seen=asked.seen)


def confirm(asked: Asked) -> object:
    seen = Look(asked.seen, asked.said["record_version"])
    return actions.confirm(
        asked.held.pk, by=asked.by, protocol=asked.protocol, on=asked.on, seen=seen
    )


def sign(asked: Asked) -> object:
    return actions.sign(
        asked.held.pk,
        by=asked.by,
        password=asked.said["password"],
        protocol=asked.protocol,
        at=asked.at,
        on=asked.on,
        seen=asked.seen,
        record=asked.said["record_version"],
    )


def decline(asked: Asked) -> object:
    return actions.decline_to_sign(
        asked.held.pk, by=asked.by, on=asked.on, seen=asked.seen, note=asked.said.get("note", "")
    )


def register(asked: Asked) -> object:
    return actions.register(
        asked.held.pk,
        by=asked.by,
        protocol=asked.protocol,
        on=asked.on,
        seen=asked.seen,
        part=asked.said.get("part", ""),
        consent_version=asked.said.get("consent_version", ""),
        consent_on=asked.said.get("consent_on"),
    )


def close(asked: Asked) -> object:
    return actions.close(
        asked.held.pk,
        by=asked.by,
        protocol=asked.protocol,
        on=asked.on,
        seen=asked.seen,
        to=State(asked.said["state"]),
        reason=asked.said.get("reason", ""),
        note=asked.said.get("note", ""),
    )


def rescreen(asked: Asked) -> object:
    return actions.rescreen(
        asked.held.pk,
        by=asked.by,
        protocol=asked.protocol,
        on=asked.on,
        seen=asked.seen,
        note=asked.said.get("note", ""),
    )


ACTS: Mapping[str, tuple[Callable[[Asked], object], type[StrictSerializer]]] = {
    "start": (start, schemas.StartInput),
    "confirm": (confirm, schemas.ConfirmInput),
    "sign": (sign, schemas.SignInput),
    "decline": (decline, schemas.DeclineInput),
    "register": (register, schemas.RegisterInput),
    "close": (close, schemas.CloseInput),
    "rescreen": (rescreen, schemas.RescreenInput),
}
