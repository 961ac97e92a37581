"""The notes of one row of the checklist, and the form of one line of a list."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from eligibility.presenters.notes import Threads

register = template.Library()


@register.filter
def on_criterion(notes: Mapping[str, Threads] | None, criterion: str) -> Threads | None:
    """What was noted of a criterion; None where nobody can note anything."""
    return notes.get(criterion) if notes else None


@register.filter
def by_number(forms: Mapping[int, object], number: int) -> object:
    """The form of one thread or entry; None where it has none."""
    return forms.get(number)
