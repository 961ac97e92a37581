"""Every form of the pages, try by try: the answer of the table, nothing written, what was typed kept, never a 500."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from math import ceil

import pytest

from tests.refusals.clinic import Clinic
from tests.refusals.form import Form
from tests.refusals.kinds import Field
from tests.refusals.table import FORMS
from tests.refusals.trying import Sent, Trier, as_it_stands, encoded, filled, lost

pytestmark = pytest.mark.django_db

EVERY_TRY = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
"""Else each field gets a few of the tries of its kind and the next field of that kind the following: together all. That
it comes empty is tried of each."""
A_FEW = 2
Try = tuple[str, Field, str, str | None, str]


def family(field: Field) -> str:
    """Its kind; free texts of all lengths are one."""
    return "text" if field.kind.name.startswith("text of at most") else field.kind.name


_FIELDS = [
    (form.title, name, family(field)) for form in FORMS for name, field in form.fields.items()
]
_SHARED = Counter(kind for _title, _name, kind in _FIELDS)


def tries(form: Form, every: bool = EVERY_TRY) -> Iterator[Try]:
    """Field, its row, what the try is called, what is typed, what is said."""
    for name, field in form.fields.items():
        said_of = field.tries()
        kind, alone = family(field), set(said_of) - set(field.kind.tries) - set(_EMPTY)
        usual = [label for label in said_of if label not in alone]
        among = [one for one in _FIELDS if one[2] == kind].index((form.title, name, kind))
        few = max(A_FEW, ceil(len(usual) / _SHARED[kind]))
        chosen = {usual[(among * few + more) % len(usual)] for more in range(few)}
        for label, (typed, said) in said_of.items():
            if every or label in chosen or label in alone or label == "empty":
                yield name, field, label, typed, said


_EMPTY = ("missing", "empty", "blanks only")


def test_together_every_try_of_every_kind_is_made() -> None:
    made, wanted = (
        {
            (family(field), label)
            for form in FORMS
            for _n, field, label, _t, _s in tries(form, every)
        }
        for every in (False, True)
    )
    assert made == wanted


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.title)
def test_each_try_gets_its_answer(clinic: Clinic, form: Form) -> None:
    good = filled(clinic, form, as_it_stands(clinic, form))
    trier = Trier(clinic, form)
    well = trier.sends(encoded(good))
    assert well.status == form.done, well.words[:500]
    assert bool(well.written) is form.stores
    wrong = []
    for name, field, label, typed, said in tries(form):
        sent: Sent = {one: every for one, every in good.items() if one != name}
        if typed is not None:
            sent[name] = [typed]
        found = fault(trier, form, field, (name, label, said), sent)
        if found:
            wrong.append(f"{name}, {label}: {found}")
    assert not wrong, "\n".join(wrong)


def fault(trier: Trier, form: Form, field: Field, of: tuple[str, str, str], sent: Sent) -> str:
    """What is not as the table says; empty where all is."""
    name, label, said = of
    came = trier.sends(encoded(sent))
    wanted = field.status.get(label, form.refused) if said else form.done
    if came.status != wanted or said not in came.words:
        return f"{came.status} instead of {wanted}, {said!r} instead of: {came.words[:400]}"
    if came.raw:
        return "markup came back as markup"
    if bool(came.written) is not (form.stores and not said):
        return f"written: {came.written}"
    if said and form.refused == 422:
        gone = lost(came, sent, "" if field.kind.keeps else name)
        return f"lost: {gone}" if gone else ""
    return ""
