"""A patient's history as pictures: results against their limits, treatments with their wash-outs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from eligibility.presenters.pictures import Picture, pictures
from eligibility.presenters.treatments import Treatments, treatments
from eligibility.rules.protocol import Protocol as TrialProtocol
from eligibility.rules.record import Record


class Examined(Protocol):
    """A record, and the answer to it."""

    @property
    def record(self) -> Record: ...
    @property
    def answer(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class History:
    analytes: tuple[Picture, ...]
    treatments: Treatments | None


def present(examined: Examined, *, protocol: TrialProtocol, on: date) -> History | None:
    """What there is to draw; None where nothing is."""
    found = History(
        pictures(examined.record, protocol, examined.answer["policy"], on=on),
        treatments(examined.record, protocol, on=on),
    )
    return found if found.analytes or found.treatments else None
