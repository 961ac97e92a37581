"""What stands around the checklist on the page of one patient, each part from a module of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest

from eligibility.actions import notes as noting
from eligibility.listing import Candidate, Examined
from eligibility.pairs import standing
from eligibility.past import turns
from eligibility.presenters import entering, history, merging, notes, past
from eligibility.rules.protocol import Protocol
from eligibility.views import screenings


def around(
    request: HttpRequest, held: Candidate, examined: Examined, *, protocol: Protocol, on: date
) -> dict[str, Any]:
    """Template context by the name of each part; a part without anything to show is None."""
    episodes = noting.episodes(held.patient.pk, trial=protocol.trial)
    return {
        "one_person": merging.standing(standing(held.patient.pk), patient=held.patient),
        "screening": screenings.around(request, held, examined, protocol=protocol, on=on),
        "pictures": history.present(examined, protocol=protocol, on=on),
        "entry": entering.beside(
            held.patient.pk, on=request.GET.get("on", ""), saved=request.GET.get("saved", "")
        ),
        "past": past.present(
            turns(held.patient.pk, protocol=protocol),
            protocol=protocol,
            zone=held.patient.site.zone,
        ),
        "notes": notes.of_patient(noting.notes_of(episodes), episodes=episodes, protocol=protocol),
    }
