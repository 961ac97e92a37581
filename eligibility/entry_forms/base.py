"""What the forms of a criterion have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.entries import Desk
from eligibility.entry_forms import choices
from eligibility.entry_forms.fields import Known, Number
from patients.actions.reasons import NoReason, in_words
from patients.codes.lookup import classify
from patients.codes.units import read_amount
from patients.intake.forms import Form
from patients.intake.problems import Refused

Words = Any
OTHER = "other"
CHOOSE = ("", _("Choose…"))


class EntryForm(forms.Form):
    """A form at a criterion. `past` names days that cannot lie ahead of today at the site."""

    way: ClassVar[str]
    title: Words
    hint: ClassVar[Words] = ""
    verb: ClassVar[Words] = _("Save")
    past: ClassVar[tuple[str, ...]] = ()
    use_required_attribute = False

    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, desk: Desk, data: Any = None, *, part: str = "") -> None:
        self.desk = desk
        name = f"{self.way}-{part}" if part else self.way
        super().__init__(
            data, auto_id=f"{desk.criterion.id}-{name}-%s", initial={"key": str(uuid4())}
        )
        self.prepare()

    def prepare(self) -> None:
        """Fields that depend on the criterion."""

    def add(self, name: str, field: forms.Field, initial: Any = None) -> None:
        self.fields[name] = field
        if initial is not None:
            self.initial[name] = initial

    def shown(self) -> Iterator[forms.BoundField]:
        """The fields that a person fills, in their order."""
        return (self[name] for name in self.fields if name not in ("key", "seen"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in self.past:
            day = given.get(name)
            first = day.first if isinstance(day, Known) else day
            if isinstance(first, date) and first > self.desk.today:
                self.add_error(name, _("This day lies ahead: today is %s.") % self.desk.today)
        return given

    def in_order(self, start: str, end: str) -> None:
        """The end is not certainly before the start."""
        first, last = self.cleaned_data.get(start), self.cleaned_data.get(end)
        if isinstance(first, Known) and isinstance(last, Known) and last.last < first.first:
            self.add_error(end, _("The end lies before the start."))

    def new_id(self) -> Callable[[], str]:
        """Ids of the records to be made: the same for the same form sent twice, others for anything else."""
        base = uuid5(_uuid(str(self.cleaned_data.get("key", ""))), self._said())
        numbers = iter(range(1_000))
        return lambda: str(uuid5(base, str(next(numbers))))

    def _said(self) -> str:
        said = repr(sorted((name, str(value)) for name, value in self.cleaned_data.items()))
        return sha256(said.encode(errors="replace")).hexdigest()

    def refuse(self, refused: Refused, places: dict[str, str] | None = None) -> None:
        """What the intake found wrong, beside the field that it is about."""
        for issue in refused.issues:
            place = (places or {}).get(issue.place, issue.place.rpartition("/")[2])
            self.add_error(place if place in self.fields else None, issue.detail or issue.code)


class FactForm(EntryForm):
    """A form that makes records: each kind says which, by its own `facts`."""

    facts: Callable[..., list[Form]]
    """What it says, each to become a record."""

    def place(self, number: int, of: str) -> str:
        """The field that a fault of one of the facts is shown beside."""
        return of


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid5(NAMESPACE_URL, "trialscreen:entry")


def line(**options: Any) -> forms.CharField:
    """A line of text."""
    return forms.CharField(max_length=options.pop("longest", 300), **options)


def why(**options: Any) -> forms.CharField:
    """A line that says why, in words."""
    return line(validators=[says_why], **options)


def says_why(said: str) -> None:
    try:
        in_words(said)
    except NoReason as fault:
        raise forms.ValidationError(fault.sentence, code="reason") from None


def text(**options: Any) -> forms.CharField:
    """Some lines of text."""
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(max_length=2_000, widget=widget, **options)


def check_other(form: EntryForm, given: dict[str, Any], kind: Any, system: str) -> None:
    """A code that is typed is one that can be understood; there is one where “another” was chosen."""
    code = given.get("code", "")
    if given.get("what") == OTHER and not code and "code" not in form.errors:
        form.add_error("code", _("Enter the code."))
    if given.get("what") not in (OTHER, "", None) and code:
        form.add_error("code", _("Leave the code empty, or choose “another”."))
    elif code and classify(kind, choices.uri(system), code).state == "unrecognised":
        form.add_error(
            "code",
            _("This is no code that is understood here: a record with it would decide nothing."),
        )


def chosen(given: dict[str, Any], system: str) -> tuple[str, str]:
    """System and code of what was chosen, or of the code that was typed."""
    if given["what"] == OTHER:
        return choices.uri(system), given["code"]
    return choices.parts(given["what"])


def implausible(analyte: str, value: Number, unit: str) -> bool:
    """Whether a number cannot be right in its unit, by the limits of the dictionary."""
    comparator: Any = value.comparator or None
    amount = read_amount(analyte, value.value, comparator=comparator, unit=unit)
    return amount.fault is not None
