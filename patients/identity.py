"""Who two records say that a person is: where they disagree, and what is certain all the same.

A wrong merge can harm a patient. So where two records that are said to be one person's disagree, neither is believed:
a day of birth becomes every day that lies between both, a sex becomes unknown, and a death in either is a death.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from patients.facts import Person
from patients.values import Days

BIRTH, SEX, DECEASED = "birth", "sex", "deceased"
DIFFERENCES: Final = (BIRTH, SEX, DECEASED)


def differences(one: Person, other: Person) -> list[str]:
    """In what two records cannot both be right about one person. Names change; what is missing contradicts nothing."""
    found = []
    if one.birth is not None and other.birth is not None and _apart(one.birth, other.birth):
        found.append(BIRTH)
    if one.sex is not None and other.sex is not None and one.sex != other.sex:
        found.append(SEX)
    if (one.deceased is None) != (other.deceased is None):
        found.append(DECEASED)
    return found


def reconciled(person: Person, others: Iterable[Person]) -> Person:
    """What is certain of a person of whom others tell as well: `person` speaks, except where it is contradicted."""
    known = person
    for other in others:
        apart = differences(known, other)
        if BIRTH in apart and known.birth is not None and other.birth is not None:
            known = replace(known, birth=_either(known.birth, other.birth))
        if SEX in apart:
            known = replace(known, sex=None, sex_note="contradictory")
        if DECEASED in apart and known.deceased is None:
            known = replace(known, deceased=other.deceased, own=other.own)
    return known


def _apart(one: Days, other: Days) -> bool:
    """Whether no day is possible in both."""
    return _before(one.last, other.first) or _before(other.last, one.first)


def _before(last: date | None, first: date | None) -> bool:
    return last is not None and first is not None and last < first


def _either(one: Days, other: Days) -> Days:
    """Every day from the first of both to the last of both."""
    early, late = sorted((one, other), key=lambda days: days.first or date.min)
    firsts, lasts = (early.first, late.first), (early.last, late.last)
    first = None if None in firsts else min(day for day in firsts if day is not None)
    last = None if None in lasts else max(day for day in lasts if day is not None)
    return Days(first, last, f"{early.text} or {late.text}")
