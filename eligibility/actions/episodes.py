"""Where people begin and end episodes: adding a candidate by hand, closing, screening again.

Each rests on the record as it stands at that moment, so each assesses it, and the lists follow.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from eligibility.actions.assessing import assess
from eligibility.actions.publishing import publish
from eligibility.actions.screenings import Actor, look_up, may_at_site, move, open_next
from eligibility.actions.screenings import open_screening as open_first
from eligibility.models import Assessment, Screening, State
from eligibility.policies import (
    NotNow,
    may_close,
    may_rescreen,
    must_be_unmoved,
    must_say_why,
    when_may,
)
from eligibility.rules.protocol import Protocol
from eligibility.workflow import Act
from patients.models import Patient


def add_candidate(patient: Patient, *, by: Actor, protocol: Protocol, on: date) -> Screening:
    """Open the first episode of a patient by hand; one that is open already is returned as it is.

    Raises:
        NotAllowed, NotNow: with the reason.
    """
    with transaction.atomic():
        held = open_first(patient=patient, trial=publish(protocol).trial, by=by, on=on)
        assess(patient.pk, protocol=protocol, on=on)
    return look_up(held.pk)


def close(
    screening: UUID,
    *,
    by: Actor,
    protocol: Protocol,
    on: date,
    seen: int,
    to: State,
    reason: str,
    note: str = "",
) -> Screening:
    """Close an open episode for a coded reason. Of an ineligible one the reasons are the criteria that fail today.

    Raises:
        NotAllowed, NotNow, Moved: with the reason.
    """
    held = look_up(screening)
    may_at_site(Act.CLOSE, held, by, on)
    must_be_unmoved(held, seen)
    when_may(Act.CLOSE, held)
    may_close(to, reason)
    with transaction.atomic():
        detail: dict[str, Any] = {}
        if to is State.INELIGIBLE:
            detail = _failing(assess(held.patient_id, protocol=protocol, on=on))
            # What is assessed may void a confirmation, and then the episode has moved by itself.
            held = look_up(screening)
            seen = held.version
        move(held, Act.CLOSE, to, by=by, seen=seen, reason=reason, note=note, detail=detail)
    return held


def _failing(found: Assessment) -> dict[str, Any]:
    failing = [one["id"] for one in found.answer["criteria"] if one["verdict"] == "not_met"]
    if not failing:
        raise NotNow("nothing-fails", _("No criterion fails: choose another reason."))
    return {"criteria": failing, "record_version": found.record_version}


def rescreen(
    screening: UUID, *, by: Actor, protocol: Protocol, on: date, seen: int, note: str
) -> Screening:
    """Open the next episode of a patient whose last one is closed, and say why; the old one stays as it is.

    Raises:
        NotAllowed, NotNow, Moved: with the reason.
    """
    previous = look_up(screening)
    may_at_site(Act.RESCREEN, previous, by, on)
    must_be_unmoved(previous, seen)
    may_rescreen(previous)
    if not previous.site.is_open(on=on):
        raise NotNow("site-closed", _("The site is not open for screening."))
    must_say_why(note, _("Say why the patient is screened again."))
    with transaction.atomic():
        held = open_next(
            previous.patient, previous.trial, by=by, on=on, previous=previous, note=note
        )
        assess(held.patient_id, protocol=protocol, on=on)
    return look_up(held.pk)
