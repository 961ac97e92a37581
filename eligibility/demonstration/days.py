"""The generator's own calendar: apart from the engine's, so that neither hides a slip."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """Return the day `months` calendar months later, cut back to the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def years_after(day: date, years: int) -> date:
    """Return the day `years` later; 29 February becomes 28 February where there is none."""
    return months_after(day, 12 * years)
