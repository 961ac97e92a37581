"""What clients say they did and were told, and what is held in the end: plain values, as the checker takes them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    OK = "ok"
    FAIL = "fail"
    """Refused: it must have had no effect."""
    UNKNOWN = "unknown"
    """The connection was cut, nobody answered in time, or something was away: it may have been done or not."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One request, from its sending to its answer. Sent again, it is another with the same key."""

    session: str
    subject: str
    """What has versions: a patient's record, an episode, the episodes of a patient; empty where it is not known yet."""
    began: float
    ended: float
    outcome: Outcome
    mark: str = ""
    """What it writes, in words that nothing else writes; empty: it reads."""
    key: str = ""
    """The idempotency key: the same intention."""
    seen: int | None = None
    """The version that it was made of, where it said one."""
    told: int | None = None
    """The version that the answer told."""
    replaces: str = ""
    """The mark that stands no more, if this is done."""
    held: frozenset[str] | None = None
    """Marks that stood, as a reader was told."""
    shared: bool = False
    """Several may be told that this was done, though it is done once: the same record sent by two."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that is held: since which version of its subject, and until which."""

    mark: str
    since: int
    ended: int | None = None
    own: bool = False
    """The product did it by itself, or it was there before the history began."""


@dataclass(frozen=True, slots=True)
class Held:
    """A subject as it is held in the end."""

    subject: str
    version: int
    effects: tuple[Effect, ...]
    versions: tuple[int, ...]
    """One for each change that is kept, as the change itself says."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event of an episode."""

    sequence: int
    act: str
    came_from: str
    to: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature, with the events of itself and of the determination that it is over."""

    signed: int
    confirmed: int
    voided: int | None
    """The event by which the determination ceased to hold."""
    intact: bool
    """Its digest is that of what it covers."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The events of one episode in the order of their numbers, and its signatures."""

    subject: str
    steps: tuple[Step, ...]
    signatures: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that must never happen."""

    kind: str
    what: str
    said: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}: {self.said}"
