"""Opening and closing a trial, its parts and its sites, with the ceilings of each."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from eligibility.models import SitePart, Trial, TrialPart
from eligibility.policies import NotNow
from trialscreen.institution.models import Site


def set_part(
    *,
    trial: Trial,
    name: str,
    title: str,
    ceiling: int,
    opened_on: date | None,
    closed_on: date | None = None,
) -> TrialPart:
    """A part of a trial, or with an empty name the whole of it: its ceiling, and the days on which it is open.

    Raises:
        NotNow: the ceiling lies below the places that are taken.
    """
    held, made = TrialPart.objects.get_or_create(
        trial=trial,
        name=name,
        defaults={
            "title": title,
            "ceiling": ceiling,
            "opened_on": opened_on,
            "closed_on": closed_on,
        },
    )
    if made:
        return held
    changed = TrialPart.objects.filter(pk=held.pk, registered__lte=ceiling).update(
        title=title, ceiling=ceiling, opened_on=opened_on, closed_on=closed_on
    )
    if not changed:
        raise _below_taken()
    held.refresh_from_db()
    return held


def set_site_part(
    *,
    site: Site,
    part: TrialPart,
    ceiling: int | None,
    opened_on: date | None,
    closed_on: date | None = None,
) -> SitePart:
    """A part of a trial at one site; a ceiling of None leaves it to those of part and trial.

    Raises:
        NotNow: the ceiling lies below the places that are taken here.
    """
    held, made = SitePart.objects.get_or_create(
        site=site,
        part=part,
        defaults={"ceiling": ceiling, "opened_on": opened_on, "closed_on": closed_on},
    )
    if made:
        return held
    fits = Q() if ceiling is None else Q(registered__lte=ceiling)
    changed = SitePart.objects.filter(fits, pk=held.pk).update(
        ceiling=ceiling, opened_on=opened_on, closed_on=closed_on
    )
    if not changed:
        raise _below_taken()
    held.refresh_from_db()
    return held


def _below_taken() -> NotNow:
    return NotNow("ceiling", _("The ceiling lies below the number of places already taken."))
