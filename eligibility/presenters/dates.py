"""Dates as the clinic writes them: ``22 Nov 2026``, ranges as ``3–17 Dec 2026`` with an en dash."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext, gettext_lazy

MONTHS = (
    gettext_lazy("Jan"),
    gettext_lazy("Feb"),
    gettext_lazy("Mar"),
    gettext_lazy("Apr"),
    gettext_lazy("May"),
    gettext_lazy("Jun"),
    gettext_lazy("Jul"),
    gettext_lazy("Aug"),
    gettext_lazy("Sep"),
    gettext_lazy("Oct"),
    gettext_lazy("Nov"),
    gettext_lazy("Dec"),
)
_ISO = re.compile(r"(?<![\w-])(\d{4})-(\d{2})(?:-(\d{2}))?(?![\w-])")


def as_date(value: date | str | None) -> date | None:
    """The date behind an ISO day of the answer; None for none and for what is not a whole date."""
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def day(value: date | str | None) -> str:
    """``2026-11-22`` as ``22 Nov 2026``; a partial or odd date stays as it was reported."""
    found = as_date(value)
    if found is None:
        return in_prose(str(value)) if value is not None else ""
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"


def day_and_month(value: date) -> str:
    return f"{value.day} {MONTHS[value.month - 1]}"


def span(first: date | str, last: date | str) -> str:
    """Both days included: ``3–17 Dec 2026``, ``28 Nov–3 Dec 2026``, ``28 Dec 2026–3 Jan 2027``."""
    start, end = as_date(first), as_date(last)
    if start is None or end is None:
        return f"{day(first)}–{day(last)}"
    if start == end:
        return day(start)
    if start.year != end.year:
        return f"{day(start)}–{day(end)}"
    if start.month != end.month:
        return f"{day_and_month(start)}–{day(end)}"
    return f"{start.day}–{day(end)}"


def in_prose(text: str) -> str:
    """A sentence with its ISO dates (``2026-11-18``, ``2026-03``) written the clinic's way."""
    return _ISO.sub(_reworded, text)


def _reworded(match: re.Match[str]) -> str:
    year, month, number = match.groups()
    if not 1 <= int(month) <= len(MONTHS):
        return match[0]
    if number is None:
        return f"{MONTHS[int(month) - 1]} {year}"
    return day(match[0]) if as_date(match[0]) else match[0]


def days_between(first: date, last: date) -> str:
    """``1 day``, ``15 days``: how long a span with both ends included lasts."""
    count = (last - first).days + 1
    return gettext("1 day") if count == 1 else gettext("%(count)d days") % {"count": count}
