"""Corrections: a record with its values as they are, to be put right. Only what is changed is said."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.entries import Desk, Held
from eligibility.entry_forms import choices
from eligibility.entry_forms.base import EntryForm, line, why
from eligibility.entry_forms.conditions import ConditionEntry
from eligibility.entry_forms.disease import METHOD_WORDS
from eligibility.entry_forms.fields import Known, Number, NumberField, PartialDay
from eligibility.entry_forms.laboratory import ScoreForm
from eligibility.entry_forms.therapies import ROUTE_WORDS, SETTINGS
from eligibility.presenters import held as told
from patients.facts import Condition, Course, Lesion, Operation, Result, Specimen
from patients.intake.fhir.specimens import STATUSES
from patients.values import Amount, Days, Score, Sign


class CorrectionForm(EntryForm):
    """A record to be put right; what it said stays readable."""

    way = "correct"
    title = _("Correct a record")
    verb = _("Save the correction")
    past = ("collected", "start", "onset", "abated")

    def __init__(self, desk: Desk, held: Held, data: Any = None) -> None:
        self.held = held
        super().__init__(desk, data, part=held.key)

    @staticmethod
    def fits(held: Held) -> bool:
        """Whether there is something in the record that can be put right here."""
        return type(held.fact) in _FIELDS

    @property
    def record(self) -> str:
        return told.named(self.held)

    def prepare(self) -> None:
        _FIELDS[type(self.held.fact)](self, self.held.fact)
        self.add("reason", why(longest=500, label=_("Reason for the correction")))

    def choice(
        self, name: str, offered: Any, label: Any, initial: str, *, required: bool = False
    ) -> None:
        known = [code for code, _said in offered]
        if initial not in known:
            offered = [(initial, initial), *offered]
        self.add(name, forms.ChoiceField(choices=offered, required=required, label=label), initial)

    def day(self, name: str, label: Any, days: Days | None, *, required: bool = False) -> None:
        self.add(name, PartialDay(required=required, label=label), _day(days))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self.in_order("start", "end")
        self.in_order("onset", "abated")
        if given.get("ongoing") and given.get("end"):
            self.add_error("end", _("What still goes on has no end: clear one of the two."))
        if not self.errors and not self.said():
            self.add_error(None, _("Nothing was changed."))
        return given

    def said(self) -> dict[str, Any]:
        """What is to be different, by the names that corrections go by; None takes a value away."""
        different: dict[str, Any] = {}
        for name in self.fields:
            if name in ("key", "reason"):
                continue
            value, before = self.cleaned_data.get(name), self.initial.get(name)
            if _plain(value) != (before if isinstance(before, bool) else before or ""):
                different |= self._named(name, value)
        return different

    def _named(self, name: str, value: Any) -> dict[str, Any]:
        match name, value:
            case "high", _:
                low = _only_low(self.held.fact)
                limits = {"high": value.value} if value else {}
                return {"reference_range": limits | ({"low": low} if low is not None else {})}
            case "score", _:
                return {"value": Decimal(value), "comparator": None, "unit": "{score}"}
            case (("value" | "size"), Number()):
                return {name: value.value, "comparator": value.comparator or None}
            case _, Known():
                return {name: value.text}
            case _, bool():
                return {name: value}
            case _:
                return {_NAMES.get(name, name): value or None}


class BirthForm(EntryForm):
    """The date of birth, where it is missing, not whole or wrong."""

    way = "birth"
    title = _("Enter the date of birth")
    past = ("born",)

    def prepare(self) -> None:
        self.add("born", PartialDay(label=_("Born on")), _day(self.desk.record.facts.person.birth))
        self.add("reason", why(longest=500, label=_("Source, or reason for the correction")))

    def said(self) -> dict[str, Any]:
        """By the names that corrections go by."""
        return {"birth_date": self.cleaned_data["born"].text}


_NAMES = {"setting": "intent"}


def _plain(value: Any) -> Any:
    match value:
        case None:
            return ""
        case Number():
            return f"{value.comparator}{value.value:f}"
        case Known():
            return value.text
        case _:
            return value


def _day(days: Days | None) -> str:
    """A date as reported, its day at the site where there was a time of day too."""
    if days is None or not days.text:
        return ""
    if "T" in days.text and days.first is not None:
        return days.first.isoformat()
    return days.text


def _only_low(result: Result) -> Decimal | None:
    lows = [one.low.value for one in result.ranges if one.low is not None]
    return lows[0] if len(lows) == len(result.ranges) == 1 else None


def _amount(amount: Any) -> str:
    return f"{amount.comparator or ''}{amount.value:f}" if isinstance(amount, Amount) else ""


def _result(form: CorrectionForm, fact: Result) -> None:
    match fact.value:
        case Score():
            score = str(fact.value.value)
            form.choice("score", ScoreForm.WORDS, _("ECOG"), score, required=True)
        case Sign():
            _in_words(form, fact, fact.value)
        case _:
            _in_numbers(form, fact)
    form.day("collected", _("Collected on"), fact.collected, required=True)
    form.add(
        "laboratory", line(longest=200, required=False, label=_("Laboratory")), fact.laboratory
    )


def _in_words(form: CorrectionForm, fact: Result, sign: Sign) -> None:
    if fact.analyte == "pregnancy-status":
        offered = [("pregnant", _("Pregnant")), ("not-pregnant", _("Not pregnant"))]
        before = "pregnant" if sign.positive else "not-pregnant"
    else:
        offered = [("positive", _("Positive")), ("negative", _("Negative"))]
        before = "positive" if sign.positive else "negative"
    form.choice("answer", offered, _("Result"), before, required=True)


def _in_numbers(form: CorrectionForm, fact: Result) -> None:
    value = NumberField(bounds=True, label=_("Result"))
    form.add("value", value, _amount(fact.value))
    unit = fact.value.unit if isinstance(fact.value, Amount) else ""
    known = choices.units_or_none(fact.analyte)
    form.choice("unit", known or [], _("Unit"), unit)
    highs = {_amount(one.high) for one in fact.ranges if one.high is not None}
    high = NumberField(required=False, label=_("Upper limit of normal"))
    form.add("high", high, highs.pop() if len(highs) == 1 else "")


def _lesion(form: CorrectionForm, fact: Lesion) -> None:
    form.add("size", NumberField(bounds=True, label=_("Longest diameter")), _amount(fact.size))
    unit = fact.size.unit if isinstance(fact.size, Amount) else "mm"
    form.choice("unit", [("mm", "mm"), ("cm", "cm")], _("Unit"), unit)
    method = fact.method or ""
    form.choice("method", METHOD_WORDS, _("Measured by"), "" if method == "other" else method)
    form.day("collected", _("Measured on"), fact.collected, required=True)


def _course(form: CorrectionForm, fact: Course) -> None:
    if not fact.ref.startswith("Condition/"):
        if fact.exposure is None:
            form.choice("setting", SETTINGS, _("Setting"), fact.intent or "")
        elif not fact.ref.startswith("Procedure/"):
            form.choice("route", ROUTE_WORDS, _("Route"), "")
    _span(form, fact)


def _span(form: CorrectionForm, fact: Course | Operation) -> None:
    form.day("start", _("Begun"), fact.start)
    form.day("end", _("Ended"), fact.end)
    if not fact.ref.startswith("Condition/"):
        ongoing = forms.BooleanField(required=False, label=_("It still goes on"))
        form.add("ongoing", ongoing, fact.ended == "ongoing")


def _condition(form: CorrectionForm, fact: Condition) -> None:
    form.choice("clinical", ConditionEntry.CLINICAL, _("Clinical status"), fact.clinical or "")
    certain = "provisional" if fact.provisional else "confirmed"
    form.choice("verification", ConditionEntry.VERIFICATION, _("How certain it is"), certain)
    form.day("onset", _("Since"), fact.onset)
    form.day("abated", _("Until"), fact.abated)


def _specimen(form: CorrectionForm, fact: Specimen) -> None:
    offered = [(one, one) for one in STATUSES if one != "entered-in-error"]
    form.choice("status", offered, _("Can it be had"), fact.status or "")


_FIELDS: dict[type, Callable[[CorrectionForm, Any], None]] = {
    Result: _result,
    Lesion: _lesion,
    Course: _course,
    Operation: _span,
    Condition: _condition,
    Specimen: _specimen,
}
