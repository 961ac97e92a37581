"""What is told of a screening episode over HTTP. Nobody is named by it but those who acted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from eligibility.episodes import Story
from eligibility.models import Event, Screening, State
from eligibility.presenters.screenings import WORDS
from eligibility.retests import Failed
from eligibility.workflow import FHIR_STATUS, Act


def brief(held: Screening) -> dict[str, Any]:
    """An episode as lists tell it."""
    who = held.assignee
    return {
        "id": str(held.pk),
        "number": held.label,
        "site": held.site.code,
        "trial": held.trial.number,
        "patient": str(held.patient_id),
        "episode": held.episode,
        "previous": None if held.previous_id is None else str(held.previous_id),
        "state": held.state,
        "research_subject_status": FHIR_STATUS[State(held.state)],
        "version": held.version,
        "assignee": None if who is None else who.name or who.username,
        "opened_on": held.opened_on.isoformat(),
        "status": held.status or None,
        "earliest_date": _iso(held.earliest),
        "window_last": _iso(held.window_last),
    }


def whole(
    told: Story, *, refused: Mapping[Act, str], failed: Iterable[Failed] = ()
) -> dict[str, Any]:
    """An episode with what people decided in it, what failed before it, and what can be done now."""
    held = told.screening
    return {
        **brief(held),
        "record_version": held.patient.record_version,
        "following": None if told.following is None else str(told.following.pk),
        "confirmation": _confirmation(told),
        "signature": _signature(told),
        "registration": _registration(told),
        "deviations": [
            {
                "criterion": one.criterion or None,
                "text": one.text,
                "occurred_on": one.occurred_on.isoformat(),
                "recorded_at": one.recorded_at.isoformat(),
                "by": one.by_name,
            }
            for one in told.deviations
        ],
        "retests": [_failed(one) for one in failed],
        "acts": [
            {"act": WORDS[act], "possible": not because, "because": because or None}
            for act, because in refused.items()
        ],
    }


def event(one: Event) -> dict[str, Any]:
    """One transition: who, when, why, from, to."""
    return {
        "sequence": one.sequence,
        "act": WORDS[Act(one.transition)],
        "from": one.from_state or None,
        "to": one.to_state,
        "at": one.at.isoformat(),
        "by": one.by_name,
        "client": one.client or None,
        "reason": one.reason or None,
        "note": one.note or None,
        "criteria": list(one.detail.get("criteria", ())),
        "changes": [
            {"criterion": change["criterion"] or None, "text": change["text"]}
            for change in one.detail.get("changes", ())
        ],
    }


def _confirmation(told: Story) -> dict[str, Any] | None:
    held = told.standing
    if held is None:
        return None
    return {
        "by": held.by_name,
        "at": held.at.isoformat(),
        "on": held.covers["on"],
        "version": held.covers["version"],
        "record_version": held.covers["record_version"],
        "digest": held.digest,
    }


def _signature(told: Story) -> dict[str, Any] | None:
    held = told.signed
    if held is None:
        return None
    return {
        "by": held.by_name,
        "at": held.at.isoformat(),
        "meaning": held.meaning,
        "digest": held.digest,
        "intact": not told.signature_fault,
    }


def _registration(told: Story) -> dict[str, Any] | None:
    held = told.registration
    if held is None:
        return None
    return {
        "subject_number": held.subject_number,
        "part": held.part.name,
        "registered_on": held.registered_on.isoformat(),
        "consent_version": held.consent_version,
        "consent_on": held.consent_on.isoformat(),
    }


def _failed(one: Failed) -> dict[str, Any]:
    given = one.reason
    return {
        "criterion": one.criterion,
        "title": one.now["title"],
        "before": one.before["text"],
        "now": one.now["text"],
        "verdict": one.now["verdict"],
        "repeated": one.repeated,
        "reason": None
        if given is None
        else {
            "reason": given.reason,
            "text": given.text or None,
            "results": given.results,
            "by": given.by_name,
            "at": given.at.isoformat(),
        },
    }


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()
