"""New results: a laboratory panel, a performance status, tests that are answered in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.entry_forms import choices
from eligibility.entry_forms.base import (
    FactForm,
    implausible,
    line,
)
from eligibility.entry_forms.fields import Number, NumberField, WholeDay
from patients.intake.forms import (
    Form,
    ResultForm,
)


class ResultsForm(FactForm):
    """A laboratory result, or all of the panel that are missing."""

    way = "results"
    title = _("Enter laboratory results")
    hint = _(
        "Leave empty what was not measured. “<” and “>” are kept as printed. Without an upper limit of its own a "
        "result is compared with the range of the site."
    )
    past = ("collected",)

    def prepare(self) -> None:
        self.add("collected", WholeDay(label=_("Collected on")))
        self.add(
            "laboratory", line(longest=200, required=False, label=_("Laboratory")), self._usual()
        )
        for name in self.desk.panel:
            units = choices.units(name)
            self.add(
                f"value-{name}",
                NumberField(bounds=True, required=False, label=choices.label(name)),
            )
            unit = forms.ChoiceField(choices=units, required=False, label=_("Unit"))
            self.add(f"unit-{name}", unit, self._unit(name, [code for code, _said in units]))
            self.add(
                f"high-{name}",
                NumberField(required=False, label=_("Upper limit of normal")),
            )

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        """One line of the panel for each analyte."""
        for name in self.desk.panel:
            yield {
                "label": choices.label(name),
                "own": name in self.desk.reads.panel,
                "value": self[f"value-{name}"],
                "unit": self[f"unit-{name}"],
                "high": self[f"high-{name}"] if name in self.desk.to_uln else None,
            }

    def _usual(self) -> str | None:
        named = [one.laboratory for one in self.desk.record.facts.results if one.laboratory]
        return named[-1] if named else None

    def _unit(self, analyte: str, known: list[str]) -> str:
        """The unit of the last result on record, where it is one of those offered."""
        for result in reversed(self.desk.record.results([analyte])):
            unit = getattr(result.value, "unit", "")
            if unit in known:
                return unit
        return known[0]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for name in self.desk.panel:
            self._check(name, given)
        rows = [name for name in self.desk.panel if f"value-{name}" in self.errors]
        entered = [name for name in self.desk.panel if given.get(f"value-{name}") is not None]
        if not entered and not rows:
            self.add_error(f"value-{self.desk.panel[0]}", _("Enter at least one result."))
        return given

    def _check(self, name: str, given: dict[str, Any]) -> None:
        value, unit = given.get(f"value-{name}"), given.get(f"unit-{name}")
        if value is None:
            if given.get(f"high-{name}") is not None and f"value-{name}" not in self.errors:
                self.add_error(f"value-{name}", _("Enter the result too."))
            return
        if not unit:
            if f"unit-{name}" not in self.errors:
                self.add_error(f"unit-{name}", _("Choose the unit."))
            return
        if implausible(name, value, unit):
            self.add_error(
                f"value-{name}",
                _("Outside of what is possible in this unit: check the number and the unit."),
            )

    def facts(self) -> list[Form]:
        given = self.cleaned_data
        made: list[Form] = []
        for name in self.desk.panel:
            value: Number | None = given[f"value-{name}"]
            high: Number | None = given[f"high-{name}"]
            if value is not None:
                made.append(
                    ResultForm(
                        code=choices.code_of(name),
                        collected=given["collected"].isoformat(),
                        value=value.value,
                        comparator=value.comparator,
                        unit=given[f"unit-{name}"],
                        laboratory=given["laboratory"],
                        high=None if high is None else high.value,
                    )
                )
        return made


class ScoreForm(FactForm):
    """An ECOG performance status."""

    way = "score"
    title = _("Enter the ECOG performance status")
    past = ("collected",)
    WORDS: ClassVar[tuple[tuple[str, Any], ...]] = (
        ("0", _("0 – fully active")),
        ("1", _("1 – restricted in strenuous activity")),
        ("2", _("2 – up and about more than half of the day, unable to work")),
        ("3", _("3 – in bed or chair more than half of the day")),
        ("4", _("4 – confined to bed or chair")),
        ("5", _("5 – dead")),
    )

    score = forms.ChoiceField(choices=WORDS, widget=forms.RadioSelect, label=_("ECOG"))
    collected = WholeDay(label=_("Assessed on"))

    def facts(self) -> list[Form]:
        given = self.cleaned_data
        return [
            ResultForm(
                code=choices.code_of("ecog"),
                collected=given["collected"].isoformat(),
                value=Decimal(given["score"]),
                unit="{score}",
            )
        ]


class TestForm(FactForm):
    """A test that is answered in words."""

    way = "test"
    title = _("Enter a test result")
    past = ("collected",)
    __test__ = False

    def prepare(self) -> None:
        offered = choices.tests(self.desk.reads.tests)
        words = [("negative", _("Negative, not detected")), ("positive", _("Positive, detected"))]
        if any(name.startswith("pregnancy-status") for name, _said in offered):
            words += [
                ("not-pregnant", _("Not pregnant (a status)")),
                ("pregnant", _("Pregnant (a status)")),
            ]
        self.add("test", forms.ChoiceField(choices=offered, label=_("Test")))
        answer = forms.ChoiceField(choices=words, widget=forms.RadioSelect, label=_("Result"))
        self.add("answer", answer)
        self.add("collected", WholeDay(label=_("Collected on")))
        self.add("laboratory", line(longest=200, required=False, label=_("Laboratory")))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        status = str(given.get("test", "")).startswith("pregnancy-status")
        answer = given.get("answer")
        if answer is not None and given.get("test") and status != answer.endswith("pregnant"):
            self.add_error("answer", _("This is not a result of that test."))
        return given

    def facts(self) -> list[Form]:
        given = self.cleaned_data
        return [
            ResultForm(
                code=given["test"].partition("|")[2],
                collected=given["collected"].isoformat(),
                answer=given["answer"],
                laboratory=given["laboratory"],
            )
        ]
