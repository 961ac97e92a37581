"""One document through the product and through the naive reading: where do they differ?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Any

from tests import naive
from tests.differential.generator import decode, encode

TRIAL = "NCT00514085"
WHOLE = "(whole answer)"
OF_CRITERION = ("verdict", "basis", "reason", "remedy", "clears_on")
OF_ANSWER = ("status", "earliest_date", "to_confirm")
OF_HORIZON = ("windows", "possible_windows")

Json = dict[str, Any]


@dataclass(frozen=True)
class Disagreement:
    """One value of an answer on which the two readings differ."""

    criterion: str
    field: str
    product: object
    naive: object

    @property
    def place(self) -> tuple[str, str]:
        return self.criterion, self.field

    def __str__(self) -> str:
        return (
            f"{self.criterion} {self.field}: product says {self.product}, naive says {self.naive}"
        )


def disagreements(document: Json, *, horizon: bool) -> list[Disagreement]:
    """Everything on which the two differ; ``horizon`` includes the windows and timelines."""
    on = date.fromisoformat(document["on"])
    first = _product(document, on, horizon=horizon)
    second = _naive(document, on, horizon=horizon)
    if isinstance(first, str) or isinstance(second, str):
        words = [each if isinstance(each, str) else "answered" for each in (first, second)]
        return [] if words[0] == words[1] else [Disagreement(WHOLE, "refusal", *words)]
    return list(_differences(first, second, horizon=horizon))


def _product(document: Json, on: date, *, horizon: bool) -> Json | str:
    """The product's answer, or "refused", or its crash in words."""
    from eligibility.dryrun import answer_document
    from patients.intake.problems import Refused

    def today(_zone: tzinfo) -> date:
        return on

    try:
        return answer_document(
            encode(document), trial=TRIAL, on=None, today=today, timeline=horizon
        )
    except Refused:
        return "refused"
    except Exception as fault:  # noqa: BLE001 - a crash is a finding, not the end of the search
        return f"crashed: {type(fault).__name__}: {fault}"


def _naive(document: Json, on: date, *, horizon: bool) -> Json | str:
    try:
        return naive.evaluate(document, on=on, days=naive.HORIZON if horizon else 0)
    except naive.Refused:
        return "refused"


def _differences(product: Json, second: Json, *, horizon: bool) -> Iterator[Disagreement]:
    answered = {each["id"]: each for each in product["criteria"]}
    if answered.keys() != second["criteria"].keys():
        yield Disagreement(WHOLE, "criteria", sorted(answered), sorted(second["criteria"]))
        return
    for criterion, theirs in second["criteria"].items():
        ours = answered[criterion]
        for field in OF_CRITERION:
            if ours.get(field) != theirs[field]:
                yield Disagreement(criterion, field, ours.get(field), theirs[field])
        if horizon:
            yield from _timeline(criterion, ours, theirs)
    for field in OF_ANSWER + (OF_HORIZON if horizon else ()):
        one, two = _plain(field, product[field]), _plain(field, second[field])
        if one != two:
            yield Disagreement(WHOLE, field, one, two)


def _timeline(criterion: str, ours: Json, theirs: Json) -> Iterator[Disagreement]:
    """The first day on which verdict or basis differ."""
    expanded = by_day(ours["timeline"])
    for day, expected in theirs["timeline"].items():
        if expanded.get(day) != expected:
            yield Disagreement(criterion, "timeline", (day, expanded.get(day)), (day, expected))
            return


def by_day(timeline: list[Json]) -> dict[str, tuple[str, str | None]]:
    """A timeline of pieces as one (verdict, basis) a day."""
    found = {}
    for piece in timeline:
        day, last = date.fromisoformat(piece["from"]), date.fromisoformat(piece["to"])
        while day <= last:
            found[day.isoformat()] = (piece["verdict"], piece["basis"])
            day += timedelta(days=1)
    return found


def _plain(field: str, value: Any) -> object:
    """A value without what the two need not agree on: the order of ids, the day to repeat."""
    if field == "to_confirm":
        return sorted(value)
    if field == "windows":
        return [(each["from"], each["to"]) for each in value]
    if field == "possible_windows":
        return [(each["from"], each["to"], sorted(_repeated(each["repeat"]))) for each in value]
    return value


def _repeated(repeat: list[Any]) -> set[str]:
    return {each["criterion"] if isinstance(each, dict) else each for each in repeat}


# shrinking


def shrink(document: Json, still_fails: Callable[[Json], bool]) -> Json:
    """Leave out one thing after the other for as long as the disagreement stays."""
    changed = True
    while changed:
        changed = False
        for smaller in _smaller(document):
            if still_fails(smaller):
                document, changed = smaller, True
                break
    return document


def _copy(document: Json) -> Json:
    return decode(encode(document))


def _smaller(document: Json) -> Iterator[Json]:
    """The document without one entry, statement, row, setting or element of a resource."""
    entries = document["bundle"]["entry"]
    for place in reversed(range(len(entries))):
        if entries[place]["resource"].get("resourceType") != "Patient":
            copy = _copy(document)
            del copy["bundle"]["entry"][place]
            yield copy
    for name in ("attestations", "reference_ranges", "set_aside"):
        for place in reversed(range(len(document.get(name, [])))):
            copy = _copy(document)
            del copy[name][place]
            yield copy
    for name in ("policy", "received_on", "reference_ranges", "set_aside", "attestations"):
        if name in document:
            copy = _copy(document)
            del copy[name]
            yield copy
    for place, entry in enumerate(entries):
        for name in list(entry["resource"]):
            if name not in KEPT:
                copy = _copy(document)
                del copy["bundle"]["entry"][place]["resource"][name]
                yield copy


KEPT = {
    *("resourceType", "id", "status", "intent", "subject", "individual", "patient", "code"),
    *("study", "medicationCodeableConcept", "medicationReference"),
}


def minimal(document: Json, place: tuple[str, str]) -> tuple[Json, Disagreement]:
    """The smallest document found with a disagreement at the place, and that disagreement."""
    horizon = place[1] in (*OF_HORIZON, "timeline")

    def at_place(candidate: Json) -> list[Disagreement]:
        return [each for each in disagreements(candidate, horizon=horizon) if each.place == place]

    smallest = shrink(document, lambda candidate: bool(at_place(candidate)))
    return smallest, at_place(smallest)[0]


def shown(document: Json) -> str:
    return json.dumps(json.loads(encode(document)), indent=1, ensure_ascii=False)
