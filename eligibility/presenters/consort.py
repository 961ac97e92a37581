"""The flow of patients as a picture and as a table.

A picture is boxes and lines with their coordinates; the template only draws them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from eligibility.models import State
from eligibility.reports.figures import Flow
from eligibility.workflow import REASONS

WIDTH = 760
_LEFT, _MAIN, _SIDE, _SIDE_WIDTH = 10, 270, 340, 410
_LINE, _PAD, _GAP = 17, 10, 26
_LONGEST = 58
"""Characters in a line of a box; the table has the whole of it."""


@dataclass(frozen=True)
class Line:
    x: int
    y: int
    text: str
    strong: bool
    indent: int = 0


@dataclass(frozen=True)
class Box:
    x: int
    y: int
    width: int
    height: int
    lines: tuple[Line, ...]
    kind: str
    """main, side or end."""


@dataclass(frozen=True)
class Arrow:
    """Points of a line that ends in an arrow's head, as SVG writes them."""

    points: str


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    description: str


@dataclass(frozen=True)
class Item:
    """One line of the flow as a table; `level` 0 counts patients, 1 and 2 are parts of it."""

    level: int
    label: str
    count: int
    note: str = ""


def items(flow: Flow, named: Mapping[str, str]) -> tuple[Item, ...]:
    """The flow as a table."""
    return tuple(_items(flow, named))


def _items(flow: Flow, named: Mapping[str, str]) -> Iterator[Item]:
    again = _("%(n)d screened more than once") % {"n": flow.screened_again}
    yield Item(0, _("Candidates"), flow.patients, again if flow.screened_again else "")
    closed = sum(flow.closed.values())
    before = _("%(n)d of them before screening was started") % {"n": flow.never_started}
    yield Item(0, _("Closed"), closed, before if flow.never_started else "")
    for state, count in flow.closed.items():
        if count:
            yield Item(1, str(State(state).label), count)
            yield from _why(flow, State(state), named)
    yield Item(0, _("Still open"), sum(flow.open.values()))
    for state, count in flow.open.items():
        if count:
            yield Item(1, str(State(state).label), count)
    yield Item(0, _("Registered"), flow.registered)
    for part, count in flow.parts.items():
        yield Item(1, _("Part %(part)s") % {"part": part}, count)


def _why(flow: Flow, state: State, named: Mapping[str, str]) -> Iterator[Item]:
    if state is State.INELIGIBLE:
        order = list(named)
        rank = {
            criterion: order.index(criterion) if criterion in named else len(order)
            for criterion in flow.failed
        }
        for criterion in sorted(flow.failed, key=lambda one: (-flow.failed[one], rank[one], one)):
            only = flow.failed_only.get(criterion, 0)
            note = _("%(n)d × only that one") % {"n": only} if only else ""
            yield Item(2, named.get(criterion, criterion), flow.failed[criterion], note)
        return
    for (of, reason), count in sorted(flow.reasons.items()):
        if of == state:
            yield Item(2, str(REASONS[state].get(reason, reason)), count)


def drawing(flow: Flow, named: Mapping[str, str]) -> Drawing:
    """The flow as boxes: candidates, beside them who left and who is still open, then the registered by part."""
    every = items(flow, named)
    marks = [place for place, item in enumerate(every) if item.level == 0]
    candidates, closed, still, registered = (
        every[begin:end] for begin, end in zip(marks, [*marks[1:], len(every)], strict=True)
    )
    top = _box(_LEFT, 8, _MAIN, candidates, "main")
    left = _box(_SIDE, top.y + top.height + _GAP, _SIDE_WIDTH, closed, "side")
    opened = _box(_SIDE, left.y + left.height + _GAP, _SIDE_WIDTH, still, "side")
    ends = _box(_LEFT, opened.y + opened.height + _GAP, _MAIN, registered[:1], "main")
    parts = tuple(_parts(registered[1:], ends.y + ends.height + _GAP * 2))
    middle = _LEFT + _MAIN // 2
    arrows = [
        Arrow(f"{middle},{top.y + top.height} {middle},{ends.y - 2}"),
        *(
            Arrow(f"{middle},{one.y + one.height // 2} {one.x - 2},{one.y + one.height // 2}")
            for one in (left, opened)
        ),
    ]
    bottom = ends.y + ends.height
    for one in parts:
        across = one.x + one.width // 2
        arrows.append(
            Arrow(
                f"{middle},{bottom} {middle},{bottom + _GAP} {across},{bottom + _GAP} {across},{one.y - 2}"
            )
        )
    last = parts[-1] if parts else ends
    return Drawing(
        WIDTH,
        last.y + last.height + 8,
        (top, left, opened, ends, *parts),
        tuple(arrows),
        "; ".join(f"{item.label}: {item.count}" for item in every if item.level < 2) + ".",
    )


def _parts(found: Sequence[Item], y: int) -> Iterator[Box]:
    width = (WIDTH - 20) // max(len(found), 1) - 10
    for place, item in enumerate(found):
        yield _box(_LEFT + place * (width + 10), y, min(width, _MAIN), (item,), "end")


def _box(x: int, y: int, width: int, found: Sequence[Item], kind: str) -> Box:
    lines = []
    at = y + _PAD + 11
    longest = _LONGEST if width > _MAIN else 40
    for item in found:
        level = item.level if kind != "end" else 0
        said = f"{item.label} (n = {item.count})"
        whole = f"{said}, {item.note}" if item.note and level else said
        lines.append(Line(x + _PAD, at, _cut(whole, longest - 3 * level), not level, level * 14))
        at += _LINE
        if item.note and not level:
            lines.append(Line(x + _PAD, at, _cut(item.note, longest), False, 14))
            at += _LINE
    return Box(x, y, width, at - y - 11 + _PAD // 2, tuple(lines), kind)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
