"""Which measurements of lesions count, and the ways in which they can be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from eligibility.rules.case import Case
from eligibility.rules.selection import Placed, later_on_a_day
from patients.facts import Lesion


class Seen(NamedTuple):
    """The lesions of one reading: those measured in the window, and the last earlier one of those that were not."""

    measured: list[Lesion]
    earlier: list[Lesion]


def usable(case: Case) -> list[Lesion]:
    return case.record.measured


def ways_to_read(way: Sequence[Placed[Lesion]], low: date, on: date) -> list[Seen]:
    """What was seen, for each way in which measurements on these days can be read.

    A lesion with a body structure is known by it, and its last measurement in the window counts. Without one, different
    resources of one day are different lesions; of different days at one site they may be the same lesion or not, so
    both readings are made. A tie between two measurements of one lesion is read either way.
    """
    placed = [(day, lesion) for day, lesion in way if day <= on]
    foci = {lesion.focus for _, lesion in placed}
    if None not in foci and len(foci) == len(placed):
        # Each lesion known and measured once: there is nothing to choose.
        return [_each_its_own(placed, low)]
    known = [_known(group, low) for group in _by_focus(placed)]
    loose = [(day, lesion) for day, lesion in placed if lesion.focus is None]
    readings = [_each_its_own(loose, low)]
    if len({lesion.site for _, lesion in loose}) < len(loose):
        readings.append(_last_of_each_site(loose, low))
    if not known:
        return readings
    return [
        Seen([*choice.measured, *rest.measured], [*choice.earlier, *rest.earlier])
        for choice in _choices(known)
        for rest in readings
    ]


def _by_focus(placed: Sequence[Placed[Lesion]]) -> list[list[Placed[Lesion]]]:
    groups: dict[str, list[Placed[Lesion]]] = {}
    for day, lesion in placed:
        if lesion.focus is not None:
            groups.setdefault(lesion.focus, []).append((day, lesion))
    return list(groups.values())


def _known(group: list[Placed[Lesion]], low: date) -> list[Seen]:
    """A lesion known by its body structure: its last measurement in the window, else the last before; ties apart."""
    current = [(day, lesion) for day, lesion in group if low <= day]
    last = _last_measured(current or group)
    return [Seen([lesion], []) if current else Seen([], [lesion]) for lesion in last]


def _last_measured(group: list[Placed[Lesion]]) -> tuple[Lesion, ...]:
    if len(group) == 1:
        return (group[0][1],)
    day = max(day for day, _ in group)
    same = [lesion for placed, lesion in group if placed == day]
    standing = [x for x in same if not any(later_on_a_day(y, x) for y in same if y is not x)]
    return tuple(standing or same)


def _choices(known: list[list[Seen]]) -> list[Seen]:
    """Every way to settle the ties of the known lesions."""
    untied = [options[0] for options in known if len(options) == 1]
    ways = [
        Seen(
            [lesion for seen in untied for lesion in seen.measured],
            [lesion for seen in untied for lesion in seen.earlier],
        )
    ]
    for options in known:
        if len(options) == 1:
            continue
        ways = [
            Seen([*way.measured, *option.measured], [*way.earlier, *option.earlier])
            for way in ways
            for option in options
        ][:256]
    return ways


def _each_its_own(loose: list[Placed[Lesion]], low: date) -> Seen:
    return Seen(
        [lesion for day, lesion in loose if day >= low],
        [lesion for day, lesion in loose if day < low],
    )


def _last_of_each_site(loose: list[Placed[Lesion]], low: date) -> Seen:
    days: dict[str | None, date] = {}
    for day, lesion in loose:
        days[lesion.site] = max(day, days.get(lesion.site, day))
    return _each_its_own([(day, x) for day, x in loose if day == days[x.site]], low)
