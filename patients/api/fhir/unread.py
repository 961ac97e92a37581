"""Which entries of a Bundle could not be read, and why."""

from __future__ import annotations

import re

from patients.facts import Intake

_PLACE = re.compile(r"Bundle\.entry\[([0-9]{1,7})\]")


def unread_entries(intake: Intake) -> dict[int, str]:
    """Why an entry could not be read, by its position: every such notice begins with its place."""
    found = {}
    for notice in intake.facts.notices:
        place = _PLACE.match(notice.detail) if notice.kind == "unread" else None
        if place is not None:
            found[int(place[1])] = notice.detail
    return found
