"""Opening and closing a trial, its parts and its sites, with the ceilings of each.

`set_part` and `set_site_part` make what there is at set-up; afterwards an administrator changes it, with a reason that
is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Final, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from eligibility.actions.approving import demand_approval
from eligibility.models import OpeningChange, SitePart, Trial, TrialPart
from eligibility.policies import Moved, NotAllowed, NotNow
from trialscreen.institution.models import Account, PrincipalInvestigator, Role, Site, StaffRole

LARGEST: Final = 100_000
"""Ceiling that can be set."""


class Opening(NamedTuple):
    """From when until when something is open, and for how many."""

    opened_on: date | None
    """Null: not open yet."""
    closed_on: date | None
    """The first day on which it takes nobody."""
    ceiling: int | None
    """Null only for a site: left to trial and part."""

    @classmethod
    def of(cls, row: TrialPart | SitePart) -> Opening:
        return cls(row.opened_on, row.closed_on, row.ceiling)

    def as_json(self) -> dict[str, Any]:
        days = {"opened_on": self.opened_on, "closed_on": self.closed_on}
        said = {name: day.isoformat() if day else None for name, day in days.items()}
        return said | {"ceiling": self.ceiling}


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


def add_part(
    *, trial: Trial, name: str, title: str, wanted: Opening, reason: str, by: Account, on: date
) -> TrialPart:
    """Add a part to a trial, or with an empty name the whole of it.

    Raises:
        NotAllowed, NotNow: with the reason.
    """
    _administers(by, on)
    _makes_sense(wanted, None, taken=0, on=on)
    if wanted.ceiling is None:
        raise NotNow("ceiling", _("Trial and parts have a ceiling."))
    why = _why(reason)
    try:
        with transaction.atomic():
            part = TrialPart.objects.create(trial=trial, name=name, title=title, **wanted._asdict())
            _file(part, None, None, wanted, reason=why, by=by)
    except IntegrityError:
        raise NotNow("part", _("The trial has that part already.")) from None
    return part


def change_part(
    part: int, *, wanted: Opening, reason: str, by: Account, on: date, seen: int
) -> TrialPart:
    """Open, close or resize a part of a trial, or the whole of it. `seen` is the last change that was on the page.

    Raises:
        TrialPart.DoesNotExist: there is none.
        NotAllowed, NotNow, Moved: with the reason.
    """
    _administers(by, on)
    if wanted.ceiling is None:
        raise NotNow("ceiling", _("Trial and parts have a ceiling."))
    why = _why(reason)
    with transaction.atomic():
        held = TrialPart.objects.select_for_update(no_key=True).get(pk=part)
        before = Opening.of(held)
        _unmoved(held, None, seen)
        _makes_sense(wanted, before, taken=held.registered, on=on)
        set_part(trial=held.trial, name=held.name, title=held.title, **wanted._asdict())
        _file(held, None, before, wanted, reason=why, by=by)
    held.refresh_from_db()
    return held


def change_site_part(
    part: int, *, site: Site, wanted: Opening, reason: str, by: Account, on: date, seen: int
) -> SitePart:
    """Open, close or resize a part of a trial at one site.

    Raises:
        TrialPart.DoesNotExist: there is none.
        NotAllowed, NotNow, Moved: with the reason.
    """
    _administers(by, on)
    why = _why(reason)
    with transaction.atomic():
        # The part's row is the lock of all its sites' rows, one of which may not exist yet.
        held = TrialPart.objects.select_for_update(no_key=True).get(pk=part)
        here = SitePart.objects.filter(part=held, site=site).first()
        before = Opening.of(here) if here is not None else None
        _unmoved(held, site, seen)
        _makes_sense(wanted, before, taken=here.registered if here is not None else 0, on=on)
        if wanted.opened_on is not None and _opens_further(wanted, before):
            demand_approval(site, trial=held.trial, on=max(wanted.opened_on, on))
        changed = set_site_part(site=site, part=held, **wanted._asdict())
        _file(held, site, before, wanted, reason=why, by=by)
    return changed


def trial_of(number: str) -> Trial | None:
    """The trial of a registry number."""
    return Trial.objects.filter(number=number).first()


def parts_of(trial: Trial) -> list[TrialPart]:
    """The whole of a trial first, then its parts."""
    return list(TrialPart.objects.filter(trial=trial).order_by("name"))


def parts_at(parts: Iterable[TrialPart], *, site_ids: Collection[int]) -> list[SitePart]:
    """What is set of these parts at these sites."""
    return list(SitePart.objects.filter(part__in=list(parts), site__in=list(site_ids)))


def changes_of(parts: Iterable[TrialPart], *, site_ids: Collection[int]) -> QuerySet[OpeningChange]:
    """What was changed of these parts, everywhere and at these sites, the latest first."""
    here = Q(site=None) | Q(site__in=list(site_ids))
    found = OpeningChange.objects.filter(here, part__in=list(parts))
    return found.select_related("site", "part")


def last_change(part: TrialPart, site: Site | None) -> int:
    """The number of the last change of a part, everywhere or at one site; 0 before the first."""
    found = OpeningChange.objects.filter(part=part, site=site)
    return found.aggregate(last=Max("pk"))["last"] or 0


def principals_of(trial: str, *, site_ids: Collection[int]) -> QuerySet[PrincipalInvestigator]:
    """Who answers for a trial at these sites, or did or will, the latest first."""
    found = PrincipalInvestigator.objects.filter(trial=trial, site__in=list(site_ids))
    return found.select_related("account", "named_by", "site").order_by("site", "-first_day")


def investigators_of(site: Site, *, on: date) -> list[Account]:
    """Who can be named as principal investigator of a site on a day or will be an investigator later, by name."""
    roles = StaffRole.objects.not_over(on).filter(site=site, role=Role.INVESTIGATOR)
    held = Account.objects.filter(pk__in=roles.values("account"), is_active=True)
    return list(held.order_by("name", "username"))


def _administers(by: Account, on: date) -> None:
    held = StaffRole.objects.on(on).filter(account=by, role=Role.ADMINISTRATOR)
    if not held.exists():
        raise NotAllowed("role", _("Only an administrator opens and closes trials and sites."))


def _why(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise NotNow("reason", _("Say why."))
    return said


def _makes_sense(wanted: Opening, before: Opening | None, *, taken: int, on: date) -> None:
    """Whether an opening can follow another, with so many places taken.

    Raises:
        NotNow: with the reason.
    """
    if before is not None and wanted == before:
        raise NotNow("nothing", _("Nothing would change."))
    if wanted.ceiling is not None and not 0 <= wanted.ceiling <= LARGEST:
        raise NotNow("ceiling", _("A ceiling lies between 0 and %(n)d.") % {"n": LARGEST})
    if wanted.ceiling is not None and wanted.ceiling < taken:
        raise _below_taken()
    if wanted.closed_on is not None:
        if wanted.opened_on is None or wanted.closed_on < wanted.opened_on:
            raise NotNow("days", _("It closes after it has opened."))
        if wanted.closed_on < on and (before is None or wanted.closed_on != before.closed_on):
            raise NotNow("past", _("It closes today or later: what was open has been open."))
    first = before.opened_on if before is not None else None
    if taken and first is not None and (wanted.opened_on is None or wanted.opened_on > first):
        raise NotNow("taken", _("Places are taken: its first day is no later than it was."))


def _opens_further(wanted: Opening, before: Opening | None) -> bool:
    """Whether there is a day on which it would be open and was not."""
    if before is None or before.opened_on is None or wanted.opened_on is None:
        return True
    longer = before.closed_on is not None and (
        wanted.closed_on is None or wanted.closed_on > before.closed_on
    )
    return longer or wanted.opened_on < before.opened_on


def _unmoved(part: TrialPart, site: Site | None, seen: int) -> None:
    if last_change(part, site) != seen:
        raise Moved("moved", _("Somebody else has changed this since: look at it again."))


def _file(
    part: TrialPart,
    site: Site | None,
    before: Opening | None,
    after: Opening,
    *,
    reason: str,
    by: Account,
) -> None:
    OpeningChange.objects.create(
        site=site,
        part=part,
        before=before.as_json() if before is not None else None,
        after=after.as_json(),
        reason=reason,
        by=by,
        by_name=by.name or by.username,
    )


def _below_taken() -> NotNow:
    return NotNow("ceiling", _("The ceiling lies below the number of places already taken."))
