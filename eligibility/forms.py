"""What a person hands in on the evaluation page: a bundle, and the day it is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from eligibility import demonstration, worklist
from patients.intake import strict_json
from patients.intake.problems import Refused

DEFAULT_ZONE = "America/Toronto"
ZONES = (
    ("America/St_Johns", "St. John's"),
    ("America/Halifax", "Halifax"),
    ("America/Toronto", "Toronto, Hamilton, Montréal"),
    ("America/Winnipeg", "Winnipeg"),
    ("America/Regina", "Regina"),
    ("America/Edmonton", "Edmonton"),
    ("America/Vancouver", "Vancouver, Surrey"),
    ("UTC", "UTC"),
)
YEARS = range(1900, 2201)
_WHOLE = re.compile(r"[0-9]{1,12}|-[1-9][0-9]{0,11}")
DATE_FORMATS = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y")


class DayField(forms.DateField):
    """A typed day: ``2026-11-25``, or the way our pages write it, ``25 Nov 2026``."""

    widget = forms.TextInput(attrs={"placeholder": "2026-11-25", "autocomplete": "off"})
    default_error_messages = {"invalid": _("Write the day as 2026-11-25 or 25 Nov 2026.")}

    def __init__(self, *, required: bool = False, **options: Any) -> None:
        super().__init__(input_formats=DATE_FORMATS, required=required, **options)

    def to_python(self, value: Any) -> date | None:
        """The day, None for blanks; digits of another script and days no registration can be on are refused."""
        day = super().to_python(value.strip() if isinstance(value, str) else value)
        if day is not None and (not str(value).isascii() or day.year not in YEARS):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class WholeNumberField(forms.IntegerField):
    """A whole number as it is counted: digits alone, so neither ``1_000`` nor ``1.0`` nor those of another script."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {
        "invalid": _("Enter a whole number in digits, without separators."),
    }

    def to_python(self, value: Any) -> int | None:
        said = value.strip() if isinstance(value, str) else value
        if isinstance(said, str) and said and not _WHOLE.fullmatch(said):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(said)


class EvaluationForm(forms.Form):
    """One question. A file goes before the text, which may be what the page kept from before."""

    bundle = forms.CharField(
        label=_("FHIR R4 Bundle"),
        help_text=_(
            "Paste the JSON of one patient, or drop a file here. An envelope with statements, "
            "policy and reference ranges is taken too."
        ),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false"}),
    )
    file = forms.FileField(label=_("or a file"), required=False, allow_empty_file=True)
    invented = forms.ChoiceField(label=_("or an invented patient"), required=False)
    on = DayField(label=_("Day of registration"), help_text=_("Empty means today."))
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=ZONES, required=False)
    received_on = DayField(
        label=_("Data received on"), help_text=_("Empty means the day of registration.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        invented = self.fields["invented"]
        assert isinstance(invented, forms.ChoiceField)
        invented.choices = [(one.key, one.title) for one in demonstration.catalogue()]
        self.fields["file"].widget.attrs["accept"] = ".json,application/json,application/fhir+json"

    @classmethod
    def asked_by(cls, request: HttpRequest) -> EvaluationForm:
        """Bound to what was posted or to the address of an invented patient; else empty."""
        if request.method == "POST":
            return cls(request.POST.copy(), request.FILES)
        if "invented" in request.GET:
            return cls(request.GET.copy())
        return cls(initial={"time_zone": DEFAULT_ZONE})

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.cleaned_data.get("time_zone") or DEFAULT_ZONE)

    @property
    def day(self) -> date | None:
        return self.cleaned_data["on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self._handed_in():
            self.add_error(
                "bundle", _("Paste a bundle, choose a file or pick an invented patient.")
            )
        return cleaned

    def _handed_in(self) -> bool:
        given = self.cleaned_data
        return bool(given.get("file") or given.get("invented") or given.get("bundle", "").strip())

    def document(self, *, today: Callable[[ZoneInfo], date]) -> bytes:
        """The bytes to evaluate, as handed in; a zone or day of receipt goes round a bare bundle."""
        raw = self._raw(today)
        self.keep(raw)
        options = {
            "time_zone": self.zone.key if self.zone.key != DEFAULT_ZONE else None,
            "received_on": self.cleaned_data["received_on"],
        }
        chosen = {name: str(value) for name, value in options.items() if value is not None}
        return _enveloped(raw, chosen) if chosen and _is_bare_bundle(raw) else raw

    def _raw(self, today: Callable[[ZoneInfo], date]) -> bytes:
        given = self.cleaned_data
        if given["invented"]:
            on = self.day or today(self.zone)
            document = demonstration.document(given["invented"], on=on)
            return demonstration.to_json(document).encode()
        if given["file"]:
            return given["file"].read()
        return given["bundle"].encode()

    def keep(self, raw: bytes) -> None:
        """Show what was evaluated in the text field: a next question needs no second file."""
        assert isinstance(self.data, QueryDict)
        self.data["bundle"] = raw.decode("utf-8", errors="replace")


def _is_bare_bundle(raw: bytes) -> bool:
    try:
        tree = strict_json.parse(raw)
    except Refused:
        return False
    return isinstance(tree, dict) and "resourceType" in tree


def _enveloped(raw: bytes, chosen: dict[str, str]) -> bytes:
    """The bundle's own bytes inside an envelope: parsed and written anew, 4.10 might become 4.1."""
    head = json.dumps(chosen).removesuffix("}").encode()
    return head + b', "bundle": ' + raw.removeprefix(b"\xef\xbb\xbf") + b"}"


class CandidateForm(forms.Form):
    """The day for which a patient's page is asked."""

    on = DayField(label=_("Day of registration"), help_text=_("Empty means today."))

    def day(self, today: date) -> date:
        """The day asked for; `today` for none, and for one that cannot be read."""
        on: date | None = self.cleaned_data.get("on") if self.is_valid() else None
        return today if on is None else on


class HistoryForm(forms.Form):
    """What is asked of a history. A kind or person that is none is left out, a day that cannot be read is refused."""

    kind = forms.CharField(label=_("What"), required=False)
    person = WholeNumberField(label=_("Who"), required=False)
    first = DayField(label=_("From"))
    last = DayField(label=_("until"))
    before = WholeNumberField(required=False)

    def __init__(
        self, data: Any, *, kinds: list[tuple[str, Any]], people: list[tuple[int, str]]
    ) -> None:
        super().__init__(data)
        self.kinds, self.people = kinds, people

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        given = self.cleaned_data
        return {
            "kind": given.get("kind") if given.get("kind") in dict(self.kinds) else "",
            "person": given.get("person"),
            "first": given.get("first"),
            "last": given.get("last"),
            "before": given.get("before"),
        }


class CalendarForm(forms.Form):
    """Day 1 of a treatment calendar, and how many cycles of it are shown."""

    first = DayField(label=_("Day of first treatment"))
    cycles = WholeNumberField(
        label=_("Cycles"),
        min_value=1,
        max_value=6,
        required=False,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Between 1 and 6 cycles, in digits.")
        ),
    )

    def first_day(self, registered_on: date) -> date:
        """The day asked for; that of registration for none, and for one that cannot be read."""
        self.is_valid()
        return self.cleaned_data.get("first") or registered_on

    def how_many(self) -> int:
        self.is_valid()
        return self.cleaned_data.get("cycles") or 1


class AssignForm(forms.Form):
    """Screenings that are given to somebody."""

    screening = forms.TypedMultipleChoiceField(coerce=UUID)
    to = forms.RegexField(rf"^(?:{worklist.ME}|{worklist.NOBODY}|[0-9]{{1,9}})$")

    def __init__(self, posted: QueryDict) -> None:
        super().__init__(posted)
        chosen = self.fields["screening"]
        assert isinstance(chosen, forms.TypedMultipleChoiceField)
        chosen.valid_value = _is_uuid  # type: ignore[method-assign]

    def to_account(self, me: int) -> int | None:
        """The account that they are given to; None: to nobody."""
        said: str = self.cleaned_data["to"]
        if said == worklist.NOBODY:
            return None
        return me if said == worklist.ME else int(said)


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
