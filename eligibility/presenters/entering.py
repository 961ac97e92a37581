"""The words around the forms of a criterion: its question, who answers it, for how long, what is looked at first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.entries import Desk, Held
from eligibility.presenters.checklist import Row, who_of
from eligibility.presenters.dates import day
from eligibility.presenters.evaluation import Evaluation
from eligibility.presenters.examples import EXAMPLES
from eligibility.presenters.held import named
from eligibility.presenters.words import Words, number_of, sentence
from eligibility.rules.criterion import Criterion
from eligibility.rules.record import Attestation
from eligibility.rules.verdicts import ABSENCE, UNKNOWN
from patients.facts import Notice
from patients.intake.problems import REASONS

SOURCE_HINT = gettext_lazy(
    "A reference to the document, not the document: “clinic note, Dr A, chart 1234”."
)
NOT_APPLICABLE = {
    "pregnancy-test-negative": gettext_lazy(
        "Not applicable: the patient is not of childbearing potential"
    ),
    "not-pregnant-or-nursing": gettext_lazy(
        "Not applicable: the patient can be neither pregnant nor nursing"
    ),
    "contraception": gettext_lazy(
        "Not applicable: the patient can neither conceive nor father a child"
    ),
}
"""What “not applicable” means where that goes without saying only for who wrote the protocol."""
_NEVER_HAD = gettext_lazy("Not applicable: there has been none")
_COUNTS = {
    "patient": gettext_lazy(
        "a dated note of what the patient said, or a document the patient brought"
    ),
    "chart": gettext_lazy("a dated document of the chart: a report, a letter, a clinic note"),
    "lab": gettext_lazy("the dated report of the laboratory"),
    "imaging": gettext_lazy("the dated report of the scan or of the examination"),
    "attestation": gettext_lazy("the dated note of the visit at which it was judged"),
}
"""What counts as a source, by what a criterion asks of."""
_PILES = (
    ("unrecognised", gettext_lazy("Unrecognised"), True),
    ("unread", gettext_lazy("Could not be read"), True),
    ("set-aside", gettext_lazy("Set aside"), True),
    ("not-used", gettext_lazy("Not used by any criterion"), False),
)
_SAID = {
    "met": gettext_lazy("met"),
    "not_met": gettext_lazy("not met"),
    "not_applicable": gettext_lazy("not applicable"),
}


@dataclass(frozen=True)
class Pile:
    """Records of one standing that are looked at before an absence is confirmed."""

    title: Words
    records: tuple[str, ...]
    open: bool


@dataclass(frozen=True)
class Stated:
    """An answer that was given before."""

    answer: Words
    on: str
    by: str
    source: str
    note: str


@dataclass(frozen=True)
class Question:
    """What stands above the forms of one criterion."""

    id: str
    number: str
    title: str
    requirement: str
    quote: str
    ask: str
    data: str
    counts: Words
    """What counts as a source."""
    example: Words
    who: str
    refusal: str
    """Why the person who looks may not answer."""
    valid: str
    piles: tuple[Pile, ...]
    nothing_hidden: bool
    """There is no record of the kind that counts for nothing."""
    stated: tuple[Stated, ...]


@dataclass(frozen=True)
class Beside:
    """What a row of the checklist needs for its forms."""

    patient: UUID
    query: str
    """The rest of the address: the day that is looked at."""
    saved: str
    """The criterion at which something has just been saved; empty for none."""


def beside(patient: UUID, *, on: str, saved: str) -> Beside:
    return Beside(patient, f"?{urlencode({'on': on})}" if on else "", saved)


def question(desk: Desk) -> Question:
    """View objects of one criterion of one patient."""
    criterion = desk.criterion
    return Question(
        id=criterion.id,
        number=number_of(criterion.place),
        title=criterion.title,
        requirement=criterion.text,
        quote=criterion.quote,
        ask=_ask(desk),
        data=criterion.data,
        counts=_COUNTS[criterion.ask_of],
        example=EXAMPLES.get(criterion.id, ""),
        who=who_of(desk.asked),
        refusal=desk.refusal,
        valid=valid(desk.validity) if desk.asked else "",
        piles=tuple(_piles(desk.notices)) if rests_on_absence(desk) else (),
        nothing_hidden=rests_on_absence(desk) and not desk.notices,
        stated=tuple(
            Stated(_SAID[one.answer], day(one.stated_on), one.by, _source(one), one.note)
            for one in reversed(desk.record.statements(criterion.id))
        ),
    )


@dataclass(frozen=True)
class Shown:
    """One form as it stands in a row."""

    form: Any
    address: str
    title: Words
    of: str
    """The record that it is of, where it is of one."""
    open: bool
    question: bool
    """Whether it is the answer to the question, which stands above its fields."""
    panel: tuple[Any, ...]
    """The lines of a laboratory panel."""


def _ask(desk: Desk) -> str:
    """The question of the criterion while it is open; once decided, what an answer would state."""
    if desk.found.verdict is UNKNOWN and desk.criterion.ask:
        return desk.criterion.ask
    return _("Does this hold? %s") % desk.criterion.text


def laid_out(desk: Desk, forms: Iterable[Any]) -> tuple[Shown, ...]:
    """The forms in their order: open is the one with a fault in it, else the first."""
    every = list(forms)
    faulty = [form for form in every if form.is_bound]
    return tuple(_shown(desk, form, is_open=form in (faulty or every[:1])) for form in every)


def _shown(desk: Desk, form: Any, *, is_open: bool) -> Shown:
    held: Held | None = getattr(form, "held", None)
    where: list[Any] = [desk.patient.pk, desk.criterion.id, form.way]
    return Shown(
        form=form,
        address=reverse(
            "enter-record" if held else "enter", args=[*where, *([held.key] if held else [])]
        ),
        title=form.title,
        of=named(held) if held else "",
        open=is_open,
        question=form.way == "statement",
        panel=tuple(getattr(form, "rows", ())),
    )


def row_of(evaluation: Evaluation, criterion: str) -> Row:
    """The row of a criterion."""
    return next(row for group in evaluation.groups for row in group.rows if row.id == criterion)


def changed(before: Evaluation, after: Evaluation, *, but: str) -> tuple[Row, ...]:
    """The other rows that read differently now."""
    was = {row.id: row for group in before.groups for row in group.rows}
    rows = (row for group in after.groups for row in group.rows)
    return tuple(row for row in rows if row.id != but and was.get(row.id) != row)


def valid(days: int | None) -> str:
    """For how long an answer counts, in words."""
    if days is None:
        return _("An answer counts without limit.")
    return ngettext(
        "An answer counts on the day it is stated and for %(n)d day after; “not met” without limit.",
        "An answer counts on the day it is stated and for %(n)d days after; “not met” without limit.",
        days,
    ) % {"n": days}


def statement_title(desk: Desk) -> str:
    """What the answer is called: the confirmation of an absence, or a statement in a role."""
    if desk.found.basis is ABSENCE:
        return _("Confirm that there is none")
    if desk.asked == "investigator":
        return _("Answer, as investigator")
    return _("Answer the question")


def answers(criterion: Criterion) -> list[tuple[str, Any]]:
    """The answers that a criterion takes, each in words that say what it means for the patient."""
    allowed = criterion.attestable.answers if criterion.attestable is not None else ()
    exclusion = criterion.type == "exclusion"
    holds = _("Absent – this holds: %s") if exclusion else _("Met – this holds: %s")
    fails = _("Present – it does not hold") if exclusion else _("Not met – it does not hold")
    said: dict[str, Any] = {
        "met": holds % criterion.text.rstrip("."),
        "not_met": fails,
        "not_applicable": NOT_APPLICABLE.get(criterion.id, _NEVER_HAD),
    }
    return [(name, said[name]) for name in allowed]


def rests_on_absence(desk: Desk) -> bool:
    """Whether an answer in the patient's favour means that there is nothing of the kind."""
    if desk.asked is None:
        return False
    return desk.criterion.type == "exclusion" or desk.found.basis is ABSENCE


def _source(one: Attestation) -> str:
    """The source document with its date; before there was a field for it, the date stood in the text."""
    if one.source_dated is None:
        return one.source
    return _("%(source)s of %(day)s") % {"source": one.source, "day": day(one.source_dated)}


def _piles(notices: Iterable[Notice]) -> Iterable[Pile]:
    held = list(notices)
    for kind, title, is_open in _PILES:
        records = tuple(_notice(one) for one in held if one.kind == kind)
        if records:
            yield Pile(title, records, is_open)


def _notice(notice: Notice) -> str:
    what = sentence(notice.text or notice.code or notice.type)
    code = notice.code if notice.text else ""
    reason = REASONS.get(notice.reason, notice.reason) if notice.kind == "set-aside" else ""
    where = f"{notice.type}/{notice.id}" if notice.id else notice.type
    return ", ".join(part for part in (what, code, where, sentence(reason)) if part)
