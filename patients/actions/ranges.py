"""What changes a site's reference ranges: each change is numbered, and says which results it can concern.

Numbers are given in the order of commits: who gives one holds the site's row until its transaction ends. The lock is
the one that an update of the row would take, so patients' records, which only refer to the site, go on being written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from django.db import transaction
from django.db.models import Max

from patients.models import RangeChange, ReferenceRange
from trialscreen.institution.models import Account, Site

_LIMIT = ("analyte", "sex", "age_low", "age_high", "high", "unit", "laboratory")
"""What a range says beside its validity."""


class NotInForce(Exception):
    """The range has been superseded already, or never ran on the day it is to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """An upper limit of normal as a site states it; both days of validity count, and either may be open."""

    analyte: str
    high: Decimal
    unit: str
    sex: Literal["any", "female", "male"] = "any"
    age_low: Decimal | None = None
    age_high: Decimal | None = None
    laboratory: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    @classmethod
    def of(cls, held: ReferenceRange) -> Limit:
        said = {name: getattr(held, name) for name in (*_LIMIT, "valid_from", "valid_to")}
        return cls(**said | ({"high": Decimal(held.stated)} if held.stated else {}))


def add_range(limit: Limit, *, site: Site, by: Account | None, reason: str = "") -> ReferenceRange:
    """State another limit."""
    with transaction.atomic():
        version = _next_version(site)
        _note("added", version, site, limit.analyte, (limit.valid_from, limit.valid_to), by, reason)
        return _stated(limit, site, version)


def end_range(
    held: ReferenceRange, *, last_day: date, by: Account | None, reason: str = ""
) -> ReferenceRange:
    """Let a limit be valid on `last_day` for the last time.

    Raises:
        NotInForce: it has been superseded, begins later, or ends before that day by itself.
    """
    with transaction.atomic():
        version = _next_version(held.site)
        old = Limit.of(_superseded(held, version))
        if not _within(last_day, old):
            raise NotInForce
        new = replace(old, valid_to=last_day)
        concerned = last_day + timedelta(days=1), old.valid_to
        _note("ended", version, held.site, old.analyte, concerned, by, reason)
        return _stated(new, held.site, version)


def correct_range(
    held: ReferenceRange, limit: Limit, *, by: Account | None, reason: str = ""
) -> ReferenceRange:
    """Replace a limit that was stated wrongly: the old row stays readable and counts for nothing.

    Raises:
        NotInForce: it has been superseded.
    """
    with transaction.atomic():
        version = _next_version(held.site)
        old = Limit.of(_superseded(held, version))
        for analyte in sorted({old.analyte, limit.analyte}):
            concerned = _both([one for one in (old, limit) if one.analyte == analyte])
            _note("corrected", version, held.site, analyte, concerned, by, reason)
        return _stated(limit, held.site, version)


def _next_version(site: Site) -> int:
    """The number of this change; until the transaction ends nobody else at the site gets one."""
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    last = RangeChange.objects.filter(site=site).aggregate(last=Max("version"))["last"]
    return (last or 0) + 1


def _superseded(held: ReferenceRange, version: int) -> ReferenceRange:
    mine = ReferenceRange.objects.filter(pk=held.pk, superseded_version=None)
    if not mine.update(superseded_version=version):
        raise NotInForce
    return ReferenceRange.objects.get(pk=held.pk)


def _stated(limit: Limit, site: Site, version: int) -> ReferenceRange:
    return ReferenceRange.objects.create(
        site=site, since_version=version, stated=str(limit.high), **_values(limit)
    )


def _values(limit: Limit) -> dict[str, object]:
    return {name: getattr(limit, name) for name in (*_LIMIT, "valid_from", "valid_to")}


def _note(
    kind: str,
    version: int,
    site: Site,
    analyte: str,
    concerned: tuple[date | None, date | None],
    by: Account | None,
    reason: str,
) -> None:
    first, last = concerned
    RangeChange.objects.create(
        site=site,
        version=version,
        kind=kind,
        analyte=analyte,
        first=first,
        last=last,
        by=by,
        reason=reason,
    )


def _within(day: date, limit: Limit) -> bool:
    begun = limit.valid_from is None or limit.valid_from <= day
    return begun and (limit.valid_to is None or day <= limit.valid_to)


def _both(limits: list[Limit]) -> tuple[date | None, date | None]:
    """From the first day of any of them to the last; open where one is."""
    first = [limit.valid_from for limit in limits]
    last = [limit.valid_to for limit in limits]
    return (
        None if None in first else min(day for day in first if day is not None),
        None if None in last else max(day for day in last if day is not None),
    )
