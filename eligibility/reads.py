"""Which kinds of facts a criterion reads: by the statement that it makes, whatever the trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from eligibility.rules.criterion import Criterion
from eligibility.rules.kinds.age import AgeAtLeast
from eligibility.rules.kinds.childbearing import (
    Contraception,
    NegativePregnancyTest,
    NotPregnantOrNursing,
)
from eligibility.rules.kinds.conditions import NeverHad, NoLesionInBrain, NoneActive
from eligibility.rules.kinds.courses import NoConcurrentSteroid, NoCourse, TopicalSteroidsAllowed
from eligibility.rules.kinds.disease import HistologicallyConfirmed, TissueAvailable
from eligibility.rules.kinds.infections import NoKnownInfection
from eligibility.rules.kinds.judgement import Stated
from eligibility.rules.kinds.latest import Compared
from eligibility.rules.kinds.lesions import MeasurableLesion, NoLesionAbove
from eligibility.rules.kinds.malignancy import NoMalignancyWithin
from eligibility.rules.kinds.radiotherapy import SinceRadiotherapy
from eligibility.rules.kinds.washout import SinceAnticancer, SinceCourse, SinceOperation
from eligibility.rules.limits import TimesUln


class Reads(NamedTuple):
    """Kinds of facts, by the names of the dictionary's classes."""

    panel: tuple[str, ...] = ()
    """Analytes in numbers with a unit; of several that answer alike the last named, which laboratories report most."""
    to_uln: tuple[str, ...] = ()
    score: bool = False
    tests: tuple[str, ...] = ()
    """Analytes answered in words."""
    conditions: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    lesions: bool = False
    histology: bool = False
    specimens: bool = False
    studies: bool = False
    birth: bool = False

    @property
    def about(self) -> frozenset[str]:
        """Kinds of records among which something may be hidden that would speak against an absence."""
        kinds: set[str] = set()
        if self.drugs:
            kinds |= {"drug", "procedure", "condition"}
        if self.operations:
            kinds |= {"procedure", "condition"}
        if self.conditions:
            kinds.add("condition")
        if self.panel or self.tests or self.lesions or self.histology:
            kinds.add("observation")
        if self.specimens:
            kinds.add("specimen")
        if self.studies:
            kinds.add("study")
        return frozenset(kinds or {"condition"})


_STEROIDS = ("corticosteroid-systemic", "corticosteroid-topical", "corticosteroid-either")


def _compared(one: Compared) -> Reads:
    if one.analytes == ("ecog",):
        return Reads(score=True)
    names = one.analytes[-1:]
    return Reads(panel=names, to_uln=names if isinstance(one.limit, TimesUln) else ())


_READS: dict[type, Callable[[Any], Reads]] = {
    AgeAtLeast: lambda one: Reads(birth=True),
    Compared: _compared,
    NegativePregnancyTest: lambda one: Reads(
        tests=("pregnancy-test",),
        operations=("hysterectomy", "bilateral-oophorectomy"),
        conditions=("postmenopausal", "uterus-absent", "ovaries-absent"),
    ),
    NotPregnantOrNursing: lambda one: Reads(
        tests=("pregnancy-status", "pregnancy-test"),
        conditions=("pregnancy", "lactation", "postmenopausal"),
    ),
    Contraception: lambda one: Reads(
        operations=("vasectomy", "tubal-ligation"),
        conditions=("vasectomy-status", "tubal-ligation-status"),
    ),
    NeverHad: lambda one: Reads(conditions=one.of + one.doubtful),
    NoneActive: lambda one: Reads(conditions=one.of),
    NoLesionInBrain: lambda one: Reads(lesions=True),
    HistologicallyConfirmed: lambda one: Reads(
        conditions=one.disease + one.open + one.in_situ + one.other, histology=True
    ),
    TissueAvailable: lambda one: Reads(specimens=True),
    NoKnownInfection: lambda one: Reads(
        conditions=(one.condition,),
        tests=tuple(name for name in (*one.decisive, one.screening, one.genome) if name),
    ),
    Stated: lambda one: Reads(conditions=one.quoting + one.showing),
    MeasurableLesion: lambda one: Reads(lesions=True),
    NoLesionAbove: lambda one: Reads(lesions=True),
    NoMalignancyWithin: lambda one: Reads(
        conditions=one.never_exempt + one.fails_while_active + one.of + one.history
    ),
    NoCourse: lambda one: Reads(drugs=_given(one.of)),
    SinceCourse: lambda one: Reads(drugs=_given(one.of)),
    SinceAnticancer: lambda one: Reads(drugs=_given(one.of), studies=True),
    NoConcurrentSteroid: lambda one: Reads(drugs=_STEROIDS),
    TopicalSteroidsAllowed: lambda one: Reads(drugs=_STEROIDS),
    SinceOperation: lambda one: Reads(operations=one.of + one.doubtful),
    SinceRadiotherapy: lambda one: Reads(operations=("radiotherapy",)),
}


def _given(classes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in classes if not name.endswith("-history"))


@lru_cache(maxsize=500)
def reads_of(criterion: Criterion) -> Reads:
    """All kinds of facts that the statements of a criterion read, each once."""
    found = [_READS[type(one)](one) for one in _within(criterion.holds) if type(one) in _READS]
    together: dict[str, Any] = {}
    for name in Reads._fields:
        values = [getattr(one, name) for one in found]
        if isinstance(getattr(Reads(), name), tuple):
            together[name] = tuple(dict.fromkeys(part for value in values for part in value))
        else:
            together[name] = any(values)
    return Reads(**together)


def _within(value: Any) -> Iterator[Any]:
    """A statement and every statement inside of it."""
    if isinstance(value, tuple):
        for inner in value:
            yield from _within(inner)
    elif is_dataclass(value) and not isinstance(value, type):
        yield value
        for part in fields(value):
            yield from _within(getattr(value, part.name))
