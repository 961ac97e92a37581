"""What the latest result in a window says, whichever it may be: ties, partial dates, warnings, days of change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache

from eligibility.rules.days import edges, plus_days
from eligibility.rules.finding import Evidence, Finding, Ground, Need, Note
from eligibility.rules.selection import Choice, later_instant, later_on_a_day
from eligibility.rules.verdicts import EVIDENCE, UNKNOWN, Reason, first_reason
from patients.facts import Result
from patients.values import Days

Judge = Callable[[Result], Ground]


@cache
def later_result(analytes: tuple[str, ...]) -> Callable[[Result, Result], bool | None]:
    """Order two results of one day: by instant, by the preferred analyte, by issue; None where nothing tells."""
    rank = {analyte: position for position, analyte in enumerate(analytes)}

    def later(one: Result, other: Result) -> bool | None:
        apart = later_instant(one, other)
        if apart is not None:
            return apart
        if rank[one.analyte] != rank[other.analyte]:
            return rank[one.analyte] < rank[other.analyte]
        return later_on_a_day(one, other)

    return later


_LAST = {False: Note("last of the results in the window"), True: Note("last result")}


def of_latest(
    choice: Choice[Result],
    judge: Judge,
    *,
    what: str,
    on: date,
    window: int | None,
    needs: Callable[[date], tuple[Need, ...]],
) -> Finding:
    """The finding of whatever may be the latest result: one answer if all agree, else unknown with the reason why."""
    if len(choice.arrangements) == 1 and len(choice.arrangements[0]) == 1:
        ground = judge(choice.arrangements[0][0])
        if ground.verdict is not UNKNOWN:
            return of_only(ground, _LAST[window is None])
    since = on if window is None else plus_days(on, -window)
    grounds = {id(fact): judge(fact) for fact in choice.facts}
    listed = list(grounds.values())
    torn = any(
        len({grounds[id(fact)].verdict for fact in tied}) > 1 for tied in choice.arrangements
    )
    if any(not tied for tied in choice.arrangements):
        reason = Reason.TOO_OLD if choice.earlier else Reason.MISSING
        if not grounds:
            return nothing_in_window(what, reason, on, window, needs(since))
        return _open_dates(listed, needs(since), torn=torn, extra=(reason,))
    if len({ground.verdict for ground in listed}) > 1:
        if torn and all(ground.fact.collected.exact for ground in listed):
            return _open_tie(listed, needs(since))
        return _open_dates(listed, needs(since), torn=torn)
    verdict = listed[0].verdict
    because = _LAST[window is None]
    evidence = tuple(Evidence(ground.fact, ground.compared, because) for ground in listed)
    if verdict is UNKNOWN:
        return Finding(
            verdict,
            reason=first_reason(ground.reason for ground in listed),
            says=tuple(ground.note for ground in listed),
            evidence=evidence,
            needs=tuple(need for ground in listed for need in ground.needs) or needs(since),
            causes=tuple(ground.fact for ground in listed),
        )
    return Finding(verdict, EVIDENCE, says=(listed[0].note,), evidence=evidence)


def certainly_within(collected: Days | None, on: date, window: int) -> bool:
    """Whether something was collected on an exact day of the window."""
    if collected is None or collected.first is None or collected.first != collected.last:
        return False
    return 0 <= (on - collected.first).days <= window


def of_only(ground: Ground, because: Note = _LAST[False]) -> Finding:
    """The finding of the one result that can be the latest, decided."""
    evidence = (Evidence(ground.fact, ground.compared, because),)
    return Finding(ground.verdict, EVIDENCE, says=(ground.note,), evidence=evidence)


def nothing_in_window(
    what: str, reason: Reason, on: date, window: int | None, needs: tuple[Need, ...]
) -> Finding:
    """Nothing usable in the window: missing altogether, or only before it."""
    if reason is Reason.TOO_OLD:
        note = Note("The last {} is older than {} days on {}.", (what, window, on))
        return Finding(UNKNOWN, reason=reason, says=(note,), needs=needs, lapses=window)
    return Finding(
        UNKNOWN,
        reason=reason,
        says=(Note("No usable {} on record.", (what,)),),
        needs=needs,
    )


def _open_tie(grounds: Sequence[Ground], needs: tuple[Need, ...]) -> Finding:
    values = tuple(ground.fact.value for ground in grounds)
    says = Note("Results of the same time lead to different verdicts: {}.", (values,))
    return _open(grounds, (Reason.CONFLICTING,), says, needs)


def _open_dates(
    grounds: Sequence[Ground],
    needs: tuple[Need, ...],
    *,
    torn: bool,
    extra: tuple[Reason, ...] = (),
) -> Finding:
    dates = tuple(ground.fact.collected for ground in grounds)
    says = Note("The collection date decides: {}.", (dates,))
    tied = (Reason.CONFLICTING,) if torn else ()
    return _open(grounds, (*tied, Reason.PARTIAL_DATE, *extra), says, needs)


def _open(
    grounds: Sequence[Ground], reasons: tuple[Reason, ...], says: Note, needs: tuple[Need, ...]
) -> Finding:
    own = [ground.reason for ground in grounds if ground.verdict is UNKNOWN]
    return Finding(
        UNKNOWN,
        reason=first_reason([*reasons, *own]),
        says=(says,),
        evidence=tuple(Evidence(ground.fact, ground.compared) for ground in grounds),
        needs=needs,
        causes=tuple(ground.fact for ground in grounds),
    )


def result_days(results: Iterable[Result], window: int | None) -> Iterator[date]:
    """Where selection among results can change: they are collected, and they leave the window."""
    for day in edges(*(result.collected for result in results)):
        yield day
        yield plus_days(day, 1)
        if window is not None:
            yield plus_days(day, window + 1)
            yield plus_days(day, window + 2)


def warnings(
    results: Iterable[Result], choice: Choice[Result], on: date, window: int | None
) -> tuple[Note, ...]:
    """Results of the window that are preliminary, cancelled or without a value, and newer than the one used."""
    low = date.min if window is None else plus_days(on, -window)
    found = []
    for result in results:
        spoilt = result.status in ("preliminary", "cancelled") or (
            result.counts and result.value is None
        )
        if not spoilt or result.collected is None or not _in_window(result.collected, low, on):
            continue
        if all(_may_follow(result.collected, used.collected) for used in choice.facts):
            state = "without a value" if result.counts else result.status
            args = (result.label, result.value, result.collected, state)
            found.append(Note("{} {} of {} is {}: not used.", args))
    return tuple(found)


def others(
    results: Iterable[Result], choice: Choice[Result], on: date, window: int | None
) -> tuple[Evidence, ...]:
    """The results of the window that were not chosen."""
    low = date.min if window is None else plus_days(on, -window)
    used = {id(fact) for fact in choice.facts}
    return tuple(
        Evidence(result, because=Note("collected or issued earlier"))
        for result in results
        if id(result) not in used
        and result.collected is not None
        and _in_window(result.collected, low, on)
    )


def _in_window(span: Days, low: date, on: date) -> bool:
    return (span.first is None or span.first <= on) and (span.last is None or span.last >= low)


def _may_follow(span: Days, used: Days | None) -> bool:
    if used is None or used.first is None or span.last is None:
        return True
    if span.instant is not None and used.instant is not None:
        return span.instant > used.instant
    return span.last >= used.first
