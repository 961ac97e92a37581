"""Looking for patients of the sites in use by what somebody types; each question is answered from an index.

It is bounded: who types too little is told so, and is not kept waiting until a million rows are read.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower

from patients.merged import is_merged, survivors
from patients.models import Demographics

_SHORT = 3
"""Fewer letters than these are looked for at the beginning of a word alone: an index knows three in a row."""


def by_name_or_identifier(words: Collection[str], whole: str, *, at_most: int) -> list[UUID]:
    """Patients in whose name is every one of `words`, or of whom `whole` is part of an identifier.

    The words are in small letters without accents. Who is recorded as another is found as that one.

    Two letters are initials as well as the beginning of a name.
    """
    letters = "".join(letter for word in words for letter in word if letter.isalnum())
    sought = [letters] if len(letters) == 2 else sorted(words, key=len, reverse=True)
    names = [_pattern(word, before="% ") for word in sought]
    said: list[Any] = [names, _pattern(whole.lower(), before=""), at_most]
    with connection.cursor() as cursor:
        cursor.execute("SELECT patients_sought(%s, %s, %s)", said)
        return survivors([row[0] for row in cursor.fetchall()])


def _pattern(text: str, *, before: str) -> str:
    """For `LIKE`: anywhere, or for a short text at the beginning, after what stands `before` one."""
    plain = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"{before}{plain}%" if len(text) < _SHORT else f"%{plain}%"


def by_birth(day: date, *, at_most: int) -> list[UUID]:
    """Patients who were, or may have been, born on a day; instead of who is recorded as another, that one."""
    about = Q(birth_first__lt=F("birth_last"), birth_first__lte=day, birth_last__gte=day)
    found = _current().filter(Q(birth_first=day, birth_last__gte=day) | about)
    return survivors(found.values_list("patient", flat=True)[:at_most])


def first_by_name(*, at_most: int) -> list[UUID]:
    """The first patients by site and name."""
    named = (
        _current()
        .filter(~is_merged("patient"))
        .order_by("site_id", Lower("family_name"), Lower("given_name"), "patient")
    )
    return list(named.values_list("patient", flat=True)[:at_most])


def _current() -> QuerySet[Demographics]:
    return Demographics.objects.filter(superseded_version=None)
