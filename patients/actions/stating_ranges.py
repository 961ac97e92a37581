"""Reference ranges as administrators state them: who may, what makes sense, and whom a change concerns."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from patients.actions.ranges import Limit, NotInForce, add_range, correct_range, end_range
from patients.codes.units import read_amount
from patients.models import LabResult, RangeChange, ReferenceRange
from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration.rights import demand_administrator, demand_reason
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites
from trialscreen.institution.trail.acting import because

OLDEST: Final = 130


def state_range(
    limit: Limit, *, site: Site, reason: str, by: Account, instead_of: ReferenceRange | None = None
) -> ReferenceRange:
    """State a limit; `instead_of` one that was stated wrongly, which stays readable and counts for nothing.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    _makes_sense(limit)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        if instead_of is None:
            return add_range(limit, site=site, by=by, reason=why)
        if Limit.of(instead_of) == limit:
            raise NotDone("nothing", _("Nothing would change."))
        try:
            return correct_range(instead_of, limit, by=by, reason=why)
        except NotInForce:
            raise _moved() from None


def stop_range(held: ReferenceRange, *, last_day: date, reason: str, by: Account) -> ReferenceRange:
    """Let a limit be valid on `last_day` for the last time.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        if held.superseded_version is not None:
            raise _moved()
        begun = held.valid_from is None or held.valid_from <= last_day
        if not begun or (held.valid_to is not None and last_day >= held.valid_to):
            raise NotDone("days", _("The last day is one on which it is valid, before its end."))
        try:
            return end_range(held, last_day=last_day, by=by, reason=why)
        except NotInForce:
            raise _moved() from None


def ranges_of(site: Site) -> list[ReferenceRange]:
    """The limits that a site states now."""
    order = ("analyte", "laboratory", "sex", "age_low", "valid_from", "pk")
    return list(current(site).order_by(*order))


def current(site: Site) -> QuerySet[ReferenceRange]:
    """The same in no order."""
    return ReferenceRange.objects.filter(site=site, superseded_version=None)


def valid_on(ranges: QuerySet[ReferenceRange], day: date) -> QuerySet[ReferenceRange]:
    """Those of them that are valid on a day."""
    begun = Q(valid_from=None) | Q(valid_from__lte=day)
    return ranges.filter(begun, Q(valid_to=None) | Q(valid_to__gte=day))


def changes_of(site: Site, *, at_most: int) -> list[RangeChange]:
    """The latest changes of a site's ranges, the last first."""
    held = RangeChange.objects.filter(site=site).select_related("by")
    return list(held.order_by("-version", "-pk")[:at_most])


def concerned(site: Site, analytes: Collection[str]) -> int:
    """How many patients of a site have a result of these analytes: a number, and nobody of whom."""
    with use_sites([site.pk]):
        held = LabResult.objects.filter(
            Q(superseded_version=None), site=site, analyte__in=list(analytes)
        )
        return held.values("patient").distinct().count()


def _makes_sense(limit: Limit) -> None:
    fault = read_amount(limit.analyte, limit.high, unit=limit.unit).fault
    if fault == "unit":
        raise NotDone(
            "unit",
            _("Results of this analyte are not compared in that unit: check how it is written."),
        )
    if fault is not None or limit.high <= 0:
        raise NotDone("high", _("No laboratory has such a limit: check number and unit."))
    if limit.valid_from and limit.valid_to and limit.valid_to < limit.valid_from:
        raise NotDone("days", _("The last day is before the first."))
    low, high = limit.age_low, limit.age_high
    if low is not None and high is not None and high < low:
        raise NotDone("age", _("The ages are the wrong way round."))


def _moved() -> NotDone:
    return NotDone("moved", _("Somebody else has changed this since: look at it again."))
