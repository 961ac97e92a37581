"""The bodies of CDS Hooks, read strictly: a question about a patient, and what came of cards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from eligibility.actions.record_systems import MOST_FEEDBACK
from eligibility.api.cds.prefetch import Gathered, gather, patient_id
from eligibility.models import CardFeedback
from patients.api.refusals import CannotBeUsed

HOOK: Final = "patient-view"
_OUTCOMES: Final = (CardFeedback.ACCEPTED, CardFeedback.OVERRIDDEN)
_LONGEST_COMMENT: Final = 2000


class Question(NamedTuple):
    """One call of the hook. Addresses and tokens of the record system that it may name are not kept, nor ever used."""

    instance: UUID
    patient: str
    gathered: Gathered


def read_question(said: object) -> Question:
    """A question as it came.

    Raises:
        CannotBeUsed: with the place of what is at fault.
    """
    if not isinstance(said, Mapping):
        raise CannotBeUsed({"non_field_errors": ["The body is one JSON object."]})
    if said.get("hook") != HOOK:
        raise CannotBeUsed({"hook": [f"This service answers {HOOK} alone."]})
    instance = _uuid(said.get("hookInstance"))
    if instance is None:
        raise CannotBeUsed({"hookInstance": ["This is a UUID."]})
    context = said.get("context")
    if not isinstance(context, Mapping):
        raise CannotBeUsed({"context": ["This is a JSON object."]})
    patient = patient_id(context.get("patientId"))
    return Question(instance, patient, gather(said.get("prefetch"), patient=patient))


def read_feedback(said: object) -> list[dict[str, Any]]:
    """What came of each card, as :func:`~eligibility.actions.record_systems.take_feedback` takes it.

    Raises:
        CannotBeUsed: with the place of what is at fault; then none of it is kept.
    """
    listed = said.get("feedback") if isinstance(said, Mapping) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_FEEDBACK:
        many = f"This is a list of 1 to {MOST_FEEDBACK} outcomes of cards."
        raise CannotBeUsed({"feedback": [many]})
    faults: dict[str, Any] = {}
    read = []
    for at, one in enumerate(listed):
        found = dict(_faults(one))
        if found:
            faults[str(at)] = {name: [why] for name, why in found.items()}
        else:
            read.append(_outcome(one))
    if faults:
        raise CannotBeUsed({"feedback": faults})
    return read


def _faults(one: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(one, Mapping):
        yield "outcome", "Each is a JSON object."
        return
    if _uuid(one.get("card")) is None:
        yield "card", "This is the uuid of a card."
    if one.get("outcome") not in _OUTCOMES:
        yield "outcome", f"One of {', '.join(_OUTCOMES)}."
    if _moment(one.get("outcomeTimestamp")) is None:
        yield "outcomeTimestamp", "A moment with its offset, like 2026-11-25T10:30:00Z."
    reason = one.get("overrideReason")
    if reason is None:
        return
    coding = reason.get("reason", {}) if isinstance(reason, Mapping) else None
    if not isinstance(coding, Mapping):
        yield "overrideReason", "This is an object with a coding as its reason."
        return
    for name, longest in (("system", 300), ("code", 100)):
        if not _is_text(coding.get(name, ""), longest):
            yield name, f"The {name} of the reason is a text of at most {longest} characters."
    if not _is_text(reason.get("userComment") or "", _LONGEST_COMMENT):
        yield "overrideReason", f"The comment is a text of at most {_LONGEST_COMMENT} characters."


def _outcome(one: Mapping[str, Any]) -> dict[str, Any]:
    reason = one.get("overrideReason") or {}
    coding = reason.get("reason") or {}
    return {
        "card": _uuid(one["card"]),
        "outcome": one["outcome"],
        "outcome_at": _moment(one["outcomeTimestamp"]),
        "reason_system": coding.get("system", ""),
        "reason_code": coding.get("code", ""),
        "comment": reason.get("userComment") or "",
    }


def _is_text(said: object, longest: int) -> bool:
    return isinstance(said, str) and len(said) <= longest


def _uuid(said: object) -> UUID | None:
    """Written with hyphens, as everybody does."""
    try:
        read = UUID(said) if isinstance(said, str) and len(said) == 36 else None
    except ValueError:
        return None
    return read if read is not None and str(read) == str(said).lower() else None


def _moment(said: object) -> datetime | None:
    try:
        read = datetime.fromisoformat(said) if isinstance(said, str) and said.isascii() else None
    except ValueError:
        return None
    # Near the ends of the calendar a moment may have no day in another time zone.
    fits = read is not None and read.tzinfo is not None and 1900 < read.year < 9000
    return read if fits else None
