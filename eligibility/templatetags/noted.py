"""The notes of one row of the checklist."""

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
def of_thread(forms: Mapping[int, object], thread: int) -> object:
    """The form that answers a thread."""
    return forms.get(thread)
