"""Condition codes that stand for a treatment: history of irradiation, encounter for chemotherapy and their like."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from patients.facts import Condition, Course, Operation
from patients.intake.fhir.record import Record
from patients.intake.fhir.spans import Span, in_order, open_past
from patients.values import Days, ended_by

_ACTIVE: Final = (None, "active", "recurrence", "relapse")


def read_treatments(record: Record, condition: Condition) -> list[Course | Operation]:
    """The courses and operations that the classes of `condition` stand for."""
    return [
        TREATMENTS[name](record, condition)
        for name in sorted(condition.classes)
        if name in TREATMENTS
    ]


def _some_time_ago(record: Record, condition: Condition) -> Span:
    """Dates not stated: begun and over, each on some day up to receipt."""
    return Span(open_past(record), open_past(record), "unknown")


def _encounter(record: Record, condition: Condition) -> Span:
    """From onset to abatement, else over without an end date."""
    start, end = condition.onset, condition.abated
    if end is not None:
        known = end.first is not None and bool(end.text)
        span = in_order(start or Days(None, end.last), end)
        return span if known else span._replace(ended="unknown")
    return Span(start or open_past(record), ended_by(start, record.received_on), "unknown")


def _course(
    condition: Condition, span: Span, drug: str, *, uncertain: bool = False, steroid: bool = False
) -> Course:
    return Course(
        ref=condition.ref,
        label=condition.label,
        code=condition.code,
        classes=frozenset({drug}),
        exposure="systemic" if steroid else None,
        start=span.start,
        end=span.end,
        ended=span.ended,
        uncertain=uncertain or condition.provisional,
        own=condition.own,
        not_before=condition.onset,
    )


def _past_chemotherapy(record: Record, condition: Condition) -> Course:
    # A class of its own: it says that chemotherapy was given, not for which disease nor when.
    # Who has the code has had the treatment, whatever the day.
    span = _some_time_ago(record, condition)._replace(start=None)
    return _course(condition, span, "chemotherapy-history")


def _past_checkpoint_inhibitor(record: Record, condition: Condition) -> Course:
    return _course(condition, _some_time_ago(record, condition), "immunotherapy")


def _chemotherapy(record: Record, condition: Condition) -> Course:
    return _course(condition, _encounter(record, condition), "chemotherapy", uncertain=True)


def _immunotherapy(record: Record, condition: Condition) -> Course:
    return _course(condition, _encounter(record, condition), "immunotherapy")


def _past_irradiation(record: Record, condition: Condition) -> Operation:
    span = _some_time_ago(record, condition)
    return Operation(
        ref=condition.ref,
        label=condition.label,
        code=condition.code,
        classes=frozenset({"radiotherapy"}),
        start=span.start,
        end=span.end,
        ended=span.ended,
        uncertain=condition.provisional,
        own=condition.own,
        not_before=condition.onset,
    )


def _long_term_steroid(record: Record, condition: Condition) -> Course:
    """Uncertain while the condition is active; its last day is the one before the abatement."""
    start, abated = condition.onset, condition.abated
    if abated is not None:
        last = Days(_day_before(abated.first), _day_before(abated.last), abated.text)
        span = Span(start, last, "known" if abated.text else "unknown")
    elif condition.clinical in _ACTIVE:
        span = Span(start, None, "ongoing")
    else:
        span = Span(start or open_past(record), ended_by(start, record.received_on), "unknown")
    return _course(condition, span, "corticosteroid", uncertain=True, steroid=True)


def _day_before(day: date | None) -> date | None:
    return day if day is None or day == date.min else day - timedelta(days=1)


TREATMENTS: Final[dict[str, Callable[[Record, Condition], Course | Operation]]] = {
    "history-of-chemotherapy": _past_chemotherapy,
    "history-of-irradiation": _past_irradiation,
    "history-of-checkpoint-inhibitor": _past_checkpoint_inhibitor,
    "encounter-for-chemotherapy": _chemotherapy,
    "encounter-for-immunotherapy": _immunotherapy,
    "long-term-systemic-steroid": _long_term_steroid,
}
