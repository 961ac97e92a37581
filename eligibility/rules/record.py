"""The record: all that is known of one patient, indexed for the statements that ask, and what people have stated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from patients.facts import Condition, Course, Facts, Lesion, Operation, Result
from patients.values import Amount

Answer = Literal["met", "not_met", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Attestation:
    """A person's answer to one criterion, as stated on a day. A later statement supersedes, nothing is edited."""

    criterion: str
    answer: Answer
    stated_on: date
    by: str = ""
    detail: str = ""
    """``low-dose-exception`` for radiotherapy that was low-dose, non-myelosuppressive and recovered from."""
    note: str = ""
    source: str = ""
    version: int | None = None
    """The version of the stored record that it made; None where records are not stored."""
    source_dated: date | None = None
    """The day of the source. It decides nothing: a statement counts from the day it was stated."""


@dataclass(frozen=True, slots=True)
class SiteRange:
    """A site's configured upper limit of normal; it applies where a result has no range of its own that fits."""

    analyte: str
    high: Amount
    sex: Literal["any", "female", "male"] = "any"
    age_low: Decimal | None = None
    age_high: Decimal | None = None
    laboratory: str = ""
    """Case-folded, white space collapsed; empty: every laboratory."""
    first: date | None = None
    last: date | None = None

    @property
    def specificity(self) -> tuple[int, int]:
        """A row for this laboratory goes before one for all; then the one that says more of sex and age."""
        ages = self.age_low is not None or self.age_high is not None
        return (1 if self.laboratory else 0, (1 if self.sex != "any" else 0) + (1 if ages else 0))


class Dated(NamedTuple):
    """Results with a day of collection: every one, and those that count and have a value."""

    every: list[Result]
    usable: list[Result]


@dataclass(frozen=True, slots=True)
class Record:
    """Facts and statements of one patient. Index it once, ask it of many days.

    The order in which facts arrive does not matter: they are read in the order of their names.
    """

    facts: Facts
    attestations: tuple[Attestation, ...] = ()
    ranges: tuple[SiteRange, ...] = ()
    arrived: Mapping[int, int] = field(default_factory=dict, compare=False, repr=False)
    """Of a stored record: the version with which each fact arrived, by the identity of the fact."""
    condition_count: int = field(init=False, repr=False, compare=False)
    """Conditions on record, those that no criterion uses included."""
    _results: dict[str, list[Result]] = field(init=False, repr=False, compare=False)
    _conditions: dict[str, list[Condition]] = field(init=False, repr=False, compare=False)
    _operations: dict[str, list[Operation]] = field(init=False, repr=False, compare=False)
    _courses: dict[str, list[Course]] = field(init=False, repr=False, compare=False)
    measured: list[Lesion] = field(init=False, repr=False, compare=False)
    """Measurements of lesions that count, are dated, and are not of a removed specimen."""
    _statements: dict[str, list[Attestation]] = field(init=False, repr=False, compare=False)
    _dated: dict[tuple[str, ...], Dated] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        facts = _in_order(self.facts)
        put(self, "facts", facts)
        put(self, "_results", _grouped([(r.analyte, r) for r in facts.results]))
        put(self, "_conditions", _grouped([(k, c) for c in facts.conditions for k in c.classes]))
        put(self, "_dated", {})
        put(self, "_operations", _grouped([(k, o) for o in facts.operations for k in o.classes]))
        put(self, "_courses", _grouped([(k, c) for c in facts.courses for k in c.classes]))
        put(self, "measured", [lesion for lesion in facts.lesions if _is_measured(lesion)])
        unused = [n for n in facts.notices if n.kind == "not-used" and n.about == "condition"]
        put(self, "condition_count", len(facts.conditions) + len(unused))
        # A stable sort keeps the order of the list within a day: the later in the list counts.
        ordered = sorted(self.attestations, key=lambda statement: statement.stated_on)
        put(self, "_statements", _grouped([(a.criterion, a) for a in ordered]))

    def arrived_after(self, fact: Any, statement: Attestation) -> bool:
        """Whether a fact was first received after the statement was recorded. The dry run cannot know: never."""
        version = self.arrived.get(id(fact))
        return version is not None and statement.version is not None and version > statement.version

    def results(self, analytes: Iterable[str]) -> list[Result]:
        """All results of these analytes, those that do not count included."""
        return [result for analyte in analytes for result in self._results.get(analyte, ())]

    def has(self, analyte: str) -> bool:
        """Whether there is any result of the analyte."""
        return analyte in self._results

    def dated(self, analytes: tuple[str, ...]) -> Dated:
        """The results of these analytes that have a day of collection, and which of them can be used."""
        known = self._dated.get(analytes)
        if known is None:
            every = [r for r in self.results(analytes) if r.collected is not None]
            known = Dated(every, [r for r in every if r.value is not None and r.counts])
            self._dated[analytes] = known
        return known

    def conditions(self, classes: Sequence[str]) -> list[Condition]:
        """The conditions of any of these classes, each once."""
        return _each_once(self._conditions, classes)

    def operations(self, classes: Sequence[str]) -> list[Operation]:
        return _each_once(self._operations, classes)

    def courses(self, classes: Sequence[str]) -> list[Course]:
        return _each_once(self._courses, classes)

    def statements(self, criterion: str) -> Sequence[Attestation]:
        """All statements on one criterion, in the order in which they count."""
        return self._statements.get(criterion, ())


def _is_measured(lesion: Lesion) -> bool:
    return (
        lesion.counts
        and not lesion.removed
        and lesion.size is not None
        and lesion.collected is not None
    )


def _of_course(course: Course) -> tuple[str, str, str]:
    return course.ref, course.intent or "", course.exposure or ""


_NAMES: dict[str, Callable[[Any], Any]] = {
    "conditions": attrgetter("ref"),
    # One record may stand for several facts, a course for each of its settings: what differs tells them apart.
    "results": attrgetter("ref", "analyte"),
    "lesions": attrgetter("ref"),
    "histologies": attrgetter("ref"),
    "courses": _of_course,
    "operations": attrgetter("ref"),
    "specimens": attrgetter("ref"),
    "participations": attrgetter("ref"),
}
"""The name of each kind of fact."""


def _in_order(facts: Facts) -> Facts:
    """The same facts, each kind in the order of its names; those of one name in the order of what they say."""
    changed: dict[str, Any] = {}
    for kind, name in _NAMES.items():
        held = getattr(facts, kind)
        if len(held) > 1:
            apart = len({name(one) for one in held}) == len(held)
            key = name if apart else _named_and_spelled(name)
            changed[kind] = tuple(sorted(held, key=key))
    return replace(facts, **changed) if changed else facts


def _named_and_spelled(name: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def key(fact: Any) -> tuple[Any, str]:
        # A set is spelled in another order by another process.
        parts = (getattr(fact, part.name) for part in fields(fact))
        spelled = [sorted(part) if isinstance(part, frozenset) else part for part in parts]
        return name(fact), repr(spelled)

    return key


def _grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for key, value in pairs:
        if key in groups:
            groups[key].append(value)
        else:
            groups[key] = [value]
    return groups


def _each_once(groups: Mapping[str, list[Any]], classes: Sequence[str]) -> list[Any]:
    if len(classes) == 1:
        return groups.get(classes[0], [])
    if not groups:
        return []
    found = [fact for name in classes if name in groups for fact in groups[name]]
    return list({id(fact): fact for fact in found}.values()) if len(found) > 1 else found
