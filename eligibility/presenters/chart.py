"""Eligibility over time as a picture, measured in per cent so that its words never shrink.

The plot is one SVG whose horizontal measures are percentages and whose vertical ones are pixels;
the names of its bars stand beside it as text. The same drawing is legible at 768 and at 1280
pixels, and on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.presenters.dates import day, day_and_month, span
from eligibility.presenters.words import Words, look_of, sentence

DAYS = 90
ROW = 24
BAR = 14
AXIS = 22
TICK_EVERY = 14
_NARROWEST_PLOT = 470
"""Pixels of the plot on a page of 768: a word is written in a bar only where it fits there."""
_WIDTH_OF_LETTER = 6.4


@dataclass(frozen=True)
class Bar:
    x: str
    width: str
    tone: str
    word: str
    title: str


@dataclass(frozen=True)
class Line:
    anchor: str
    label: str
    y: int
    bars: tuple[Bar, ...]

    @property
    def bar_y(self) -> int:
        return self.y + (ROW - BAR) // 2


@dataclass(frozen=True)
class Tick:
    x: str
    label: str
    before: bool
    """The label stands before its line, so that it is not cut at the edge."""


@dataclass(frozen=True)
class Shade:
    x: str
    width: str
    kind: str
    title: str


SHADES = {"eligible": gettext_lazy("eligible window"), "possible": gettext_lazy("possible window")}


@dataclass(frozen=True)
class Entry:
    """One line of the table beneath the picture."""

    of: str
    dates: str
    verdict: str
    because: str


@dataclass(frozen=True)
class Chart:
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    shades: tuple[Shade, ...]
    today: str | None
    height: int
    description: str
    constant: str
    table: tuple[Entry, ...]
    bar: int = BAR
    axis: int = AXIS

    @property
    def shade_kinds(self) -> list[tuple[str, Words]]:
        """The kinds of window that are shaded, with their names for the legend."""
        drawn = {shade.kind for shade in self.shades}
        return [(kind, label) for kind, label in SHADES.items() if kind in drawn]


@dataclass(frozen=True)
class Phase:
    first: date
    last: date
    tone: str
    word: Words
    because: str


TOTAL = {
    "not_met": ("fail", _("fails")),
    "unknown": ("unknown", _("unknown")),
    "met": ("pass", _("all met")),
}


@dataclass(frozen=True)
class Scale:
    first: date

    @property
    def last(self) -> date:
        return self.first + timedelta(days=DAYS - 1)

    def x(self, on: date) -> str:
        return f"{(on - self.first).days * 100 / DAYS:.2f}%"

    def width(self, first: date, last: date) -> str:
        return f"{((last - first).days + 1) * 100 / DAYS:.2f}%"


def chart(answer: Mapping[str, Any], *, today: date) -> Chart | None:
    """The next 90 days of an answer with timelines; None of an answer without them."""
    if not any(one.get("timeline") for one in answer["criteria"]):
        return None
    scale = Scale(date.fromisoformat(answer["on"]))
    moving = [
        (one, phases) for one in answer["criteria"] if (phases := _moving(one, answer, scale))
    ]
    total = list(_total(answer["criteria"], scale))
    named = [("", _("All criteria"), total)]
    named += [(one["id"], one.get("title") or one["id"], phases) for one, phases in moving]
    lines = tuple(
        Line(
            anchor, label, AXIS + ROW * index, tuple(_bar(p, label, scale) for p in _joined(phases))
        )
        for index, (anchor, label, phases) in enumerate(named)
    )
    return Chart(
        lines=lines,
        ticks=tuple(_ticks(scale)),
        shades=tuple(_shades(answer, scale)),
        today=scale.x(today) if scale.first <= today <= scale.last else None,
        height=AXIS + ROW * len(lines) + 2,
        description=_description(answer, scale, total),
        constant=_constant(answer, len(moving)),
        table=tuple(
            Entry(label, span(p.first, p.last), str(p.word).capitalize(), p.because)
            for _anchor, label, phases in named
            for p in phases
        ),
    )


def _moving(
    criterion: Mapping[str, Any], answer: Mapping[str, Any], scale: Scale
) -> list[Phase] | None:
    """The phases of a criterion whose verdict changes within the picture, cut at its edges."""
    to_confirm = frozenset(answer["to_confirm"])
    phases: list[Phase] = []
    for part in _within(criterion.get("timeline", ()), scale):
        look = look_of({**criterion, **part}, to_confirm)
        phase = Phase(
            max(date.fromisoformat(part["from"]), scale.first),
            min(date.fromisoformat(part["to"]), scale.last),
            look.tone,
            str(look.label).lower() if look.tone != "presumed" else _("none on record"),
            sentence(part.get("because")),
        )
        phases.append(phase)
    return phases if len({(p.tone, p.word) for p in phases}) > 1 else None


def _within(timeline: Iterable[Mapping[str, Any]], scale: Scale) -> Iterator[Mapping[str, Any]]:
    first, last = scale.first.isoformat(), scale.last.isoformat()
    return (part for part in timeline if part["to"] >= first and part["from"] <= last)


def _total(criteria: Iterable[Mapping[str, Any]], scale: Scale) -> Iterator[Phase]:
    """All criteria together, in runs of days: any failure, else any unknown, else all met."""
    run: Phase | None = None
    timelines = [(one.get("title") or one["id"], one.get("timeline", ())) for one in criteria]
    for offset in range(DAYS):
        on = scale.first + timedelta(days=offset)
        verdict, names = _worst(timelines, on.isoformat())
        tone, word = TOTAL[verdict]
        because = ", ".join(names)
        if run is not None and (run.tone, run.because) == (tone, because):
            run = Phase(run.first, on, tone, word, because)
            continue
        if run is not None:
            yield run
        run = Phase(on, on, tone, word, because)
    if run is not None:
        yield run


def _worst(
    timelines: Iterable[tuple[str, Iterable[Mapping[str, Any]]]], on: str
) -> tuple[str, list[str]]:
    found: dict[str, list[str]] = {"not_met": [], "unknown": []}
    for title, timeline in timelines:
        for part in timeline:
            if part["from"] <= on <= part["to"] and part["verdict"] in found:
                found[part["verdict"]].append(title)
    for verdict, names in found.items():
        if names:
            return verdict, names
    return "met", []


def _bar(phase: Phase, label: str, scale: Scale) -> Bar:
    share = ((phase.last - phase.first).days + 1) / DAYS
    word = str(phase.word)
    fits = share * _NARROWEST_PLOT > len(word) * _WIDTH_OF_LETTER + 12
    because = f" ({phase.because})" if phase.because else ""
    return Bar(
        x=scale.x(phase.first),
        width=scale.width(phase.first, phase.last),
        tone=phase.tone,
        word=word if fits else "",
        title=f"{label}: {word} {span(phase.first, phase.last)}{because}",
    )


def _ticks(scale: Scale) -> Iterator[Tick]:
    for offset in range(0, DAYS, TICK_EVERY):
        on = scale.first + timedelta(days=offset)
        yield Tick(scale.x(on), day_and_month(on), offset > DAYS * 0.9)


def _shades(answer: Mapping[str, Any], scale: Scale) -> Iterator[Shade]:
    kinds = (("eligible", "windows"), ("possible", "possible_windows"))
    for kind, key in kinds:
        for window in _within(answer[key], scale):
            if kind == "possible" and not window.get("repeat"):
                continue
            first = max(date.fromisoformat(window["from"]), scale.first)
            last = min(date.fromisoformat(window["to"]), scale.last)
            said = _("Eligible") if kind == "eligible" else _("Possible after repeats")
            yield Shade(
                scale.x(first), scale.width(first, last), kind, f"{said}: {span(first, last)}"
            )


def _description(answer: Mapping[str, Any], scale: Scale, total: list[Phase]) -> str:
    parts = "; ".join(f"{span(p.first, p.last)} {p.word}" for p in _joined(total))
    return _("%(trial)s from %(first)s to %(last)s: %(parts)s.") % {
        "trial": answer["trial"],
        "first": day(scale.first),
        "last": day(scale.last),
        "parts": parts,
    }


def _joined(phases: Iterable[Phase]) -> list[Phase]:
    """Neighbouring phases of one tone as one."""
    joined: list[Phase] = []
    for phase in phases:
        before = joined[-1] if joined else None
        if before is not None and (before.tone, before.word) == (phase.tone, phase.word):
            joined[-1] = replace(before, last=phase.last, because="")
        else:
            joined.append(phase)
    return joined


def _constant(answer: Mapping[str, Any], moving: int) -> str:
    rest = len(answer["criteria"]) - moving
    return _("%(rest)d of %(all)d criteria keep their verdict for all 90 days and have no bar.") % {
        "rest": rest,
        "all": len(answer["criteria"]),
    }
