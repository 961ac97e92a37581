"""Fields of clinical forms: exact numbers with their comparator, and days as precise as they are known."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.forms import YEARS, DayField

_NUMBER = re.compile(r"(<=|>=|<|>|≤|≥)?\s*([0-9]{1,12}(?:\.[0-9]{1,12})?)", re.ASCII)
_SIGNS = {"≤": "<=", "≥": ">="}
_MONTHS = ("%Y-%m", "%b %Y", "%B %Y")


class Number(NamedTuple):
    """A number as it was typed, to the digit; `comparator` is empty for an exact one."""

    value: Decimal
    comparator: str = ""


class NumberField(forms.CharField):
    """A number, never a guess: ``1,500`` can mean two things and is asked again."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": "8"})
    default_error_messages = {
        "number": _("Write a number such as 1.5, with a point, at most 12 digits."),
        "comma": _("Write the number with a point (1.5) and without separators (1500)."),
        "bound": _("Write the number alone, without < or >."),
    }

    def __init__(self, *, bounds: bool = False, **options: Any) -> None:
        self.bounds = bounds
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        match = _NUMBER.fullmatch(text)
        if match is None:
            code = "comma" if re.fullmatch(r"[\d.,\s]+", text) and "," in text else "number"
            raise forms.ValidationError(self.error_messages[code], code=code)
        sign = match[1] or ""
        if sign and not self.bounds:
            raise forms.ValidationError(self.error_messages["bound"], code="bound")
        return Number(Decimal(match[2]), _SIGNS.get(sign, sign))


class WholeDay(DayField):
    """One day, typed."""

    def __init__(self, *, required: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.required = required


class Known(NamedTuple):
    """A date as precise as it is known: its text for a record, and the days that it can be."""

    text: str
    first: date
    last: date


class PartialDay(forms.CharField):
    """A day, a month or a year: ``2026-03-14``, ``14 Mar 2026``, ``2026-03``, ``Mar 2026``, ``2026``."""

    widget = forms.TextInput(attrs={"placeholder": "2026-03-14", "autocomplete": "off"})
    default_error_messages = {
        "invalid": _("Write a day (2026-03-14 or 14 Mar 2026), a month (2026-03) or a year (2026).")
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        known = _known(" ".join(text.split())) if text.isascii() else None
        if known is None or known.first.year not in YEARS:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return known


def _known(text: str) -> Known | None:
    if re.fullmatch(r"\d{4}", text) and int(text) in YEARS:
        return Known(text, date(int(text), 1, 1), date(int(text), 12, 31))
    for form in _MONTHS:
        try:
            month = datetime.strptime(text, form).date()  # noqa: DTZ007 - a month, at no place
        except ValueError:
            continue
        last = month.replace(day=monthrange(month.year, month.month)[1])
        return Known(f"{month:%Y-%m}", month, last)
    try:
        day = WholeDay().clean(text)
    except forms.ValidationError:
        return None
    return None if day is None else Known(day.isoformat(), day, day)
