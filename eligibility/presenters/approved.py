"""That an ethics board's approval runs out soon, or has run out, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

from eligibility.models import SiteApproval
from eligibility.presenters.dates import day
from eligibility.presenters.words import Look

AHEAD: Final = timedelta(days=30)
"""So long before its last day an approval is warned of: a board meets once a month."""


def warned(approvals: Iterable[SiteApproval], *, on: date, opened: bool) -> Look | None:
    """What is to be said of a site's approvals by its ethics board on a day; None where nothing is.

    `opened`: a part of the trial was opened at the site, so that an approval is missing where there is none.
    """
    held = list(approvals)
    good = [one for one in held if one.holds(on=on)]
    if any(one.expires_on is None for one in good):
        return None
    if not held:
        never = _(
            "No approval of the ethics board is on record: nobody is confirmed or registered."
        )
        return Look(never, "fail", "ban", "missing") if opened else None
    if not good:
        over = _(
            "No approval of the ethics board holds any more: nobody is confirmed or registered."
        )
        return Look(over, "fail", "ban", "over")
    last = max(good, key=lambda one: one.expires_on or on)
    assert last.expires_on is not None
    if last.expires_on - on > AHEAD:
        return None
    said = _(
        "The ethics board’s approval %(reference)s holds until %(day)s; after that day nobody is "
        "confirmed or registered."
    )
    told = said % {"reference": last.reference, "day": day(last.expires_on)}
    return Look(told, "wait", "clock", "ends")
