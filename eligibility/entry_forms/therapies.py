"""New courses of drugs, operations and radiotherapy."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.entry_forms import choices
from eligibility.entry_forms.base import CHOOSE, OTHER, FactForm, check_other, chosen, line
from eligibility.entry_forms.fields import PartialDay
from patients.intake.forms import ROUTES, Form, TherapyForm

SETTINGS: tuple[tuple[str, Any], ...] = (
    ("", _("Not stated in the chart")),
    ("adjuvant", _("Adjuvant")),
    ("neoadjuvant", _("Neoadjuvant")),
    ("palliative", _("For metastatic disease (palliative)")),
    ("curative", _("Curative")),
)
ROUTE_WORDS = [("", _("Not stated in the chart")), *((one, one) for one in ROUTES)]


class _Course(FactForm):
    """Dates of a treatment, as precise as they are known."""

    hint = _("Dates as precise as they are known: a day, a month or a year.")
    past = ("start",)

    def dates(self, start: Any, end: Any, ongoing: Any) -> None:
        self.add("start", PartialDay(required=False, label=start))
        self.add("end", PartialDay(required=False, label=end))
        self.add("ongoing", forms.BooleanField(required=False, label=ongoing))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("ongoing") and given.get("end"):
            self.add_error("end", _("What still goes on has no end: clear one of the two."))
        elif given.get("end") and given["end"].first > self.desk.today:
            self.add_error("end", _("This day lies ahead: tick that it still goes on."))
        self.in_order("start", "end")
        return given

    def _dates(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "start": given["start"].text if given["start"] else "",
            "end": given["end"].text if given["end"] else "",
            "ongoing": given["ongoing"],
            "text": given["text"],
        }


class DrugForm(_Course):
    """A course of a drug."""

    way = "drug"
    title = _("Enter a course of a drug")

    def prepare(self) -> None:
        drugs = choices.drugs(self.desk.reads.drugs)
        offered = [CHOOSE, *drugs, (OTHER, _("Another drug, by its ATC code"))]
        self.add("what", forms.ChoiceField(choices=offered, label=_("Drug")))
        self.add("code", line(longest=20, required=False, label=_("ATC code")))
        if self._steroids:
            route = forms.ChoiceField(choices=ROUTE_WORDS, required=False, label=_("Route"))
            self.add("route", route)
        else:
            setting = forms.ChoiceField(choices=SETTINGS, required=False, label=_("Setting"))
            self.add("setting", setting)
        self.dates(_("First dose"), _("Last dose"), _("It is still being given"))
        self.add("text", line(required=False, label=_("In the words of the chart")))

    @property
    def _steroids(self) -> bool:
        return any(name.startswith("corticosteroid") for name in self.desk.reads.drugs)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        check_other(self, given, "drug", "atc")
        return given

    def facts(self) -> list[Form]:
        given = self.cleaned_data
        system, code = chosen(given, "atc")
        return [
            TherapyForm(
                kind="drug",
                code=code,
                system=system,
                intent=given.get("setting", ""),
                route=given.get("route", ""),
                **self._dates(),
            )
        ]


class ProcedureForm(_Course):
    """An operation, or radiotherapy."""

    way = "procedure"
    title = _("Enter an operation or radiotherapy")
    NAMES: ClassVar[dict[str, Any]] = {"radiotherapy": _("Enter radiotherapy")}

    def prepare(self) -> None:
        classes = self.desk.reads.operations
        offered = [CHOOSE, *choices.procedures(classes)]
        self.add("what", forms.ChoiceField(choices=offered, label=_("What was done")))
        self.dates(
            _("Performed on, or begun"), _("Ended, if on another day"), _("It still goes on")
        )
        self.add("text", line(required=False, label=_("In the words of the chart")))

    def facts(self) -> list[Form]:
        system, code = choices.parts(self.cleaned_data["what"])
        dates = self._dates()
        # What was done on one day ended on it.
        if not dates["ongoing"] and dates["start"] and not dates["end"] and not self._lasts:
            dates["end"] = dates["start"]
        return [TherapyForm(kind="procedure", code=code, system=system, **dates)]

    @property
    def _lasts(self) -> bool:
        return "radiotherapy" in self.desk.reads.operations
