"""New diagnoses, and parts in other studies."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.entry_forms import choices
from eligibility.entry_forms.base import (
    CHOOSE,
    OTHER,
    FactForm,
    check_other,
    chosen,
    line,
)
from eligibility.entry_forms.fields import PartialDay
from patients.intake.forms import (
    ConditionForm,
    Form,
    ParticipationForm,
)


class ConditionEntry(FactForm):
    """A diagnosis."""

    way = "condition"
    title = _("Enter a diagnosis")
    hint = _("Dates as precise as they are known: a day, a month or a year.")
    past = ("onset", "abated")
    CLINICAL: ClassVar[tuple[tuple[str, Any], ...]] = (
        ("", _("Not stated")),
        ("active", _("Active")),
        ("recurrence", _("Recurrence")),
        ("relapse", _("Relapse")),
        ("inactive", _("Inactive")),
        ("remission", _("In remission")),
        ("resolved", _("Resolved")),
    )
    VERIFICATION: ClassVar[tuple[tuple[str, Any], ...]] = (
        ("confirmed", _("Confirmed")),
        ("provisional", _("Provisional")),
        ("unconfirmed", _("Unconfirmed")),
        ("differential", _("Differential")),
        ("refuted", _("Refuted")),
    )

    def prepare(self) -> None:
        known = choices.conditions(self.desk.reads.conditions)
        offered = [CHOOSE, *known, (OTHER, _("Another diagnosis, by its ICD-10 code"))]
        self.add("what", forms.ChoiceField(choices=offered, label=_("Diagnosis")))
        self.add("code", line(longest=20, required=False, label=_("ICD-10 code")))
        self.add("text", line(required=False, label=_("In the words of the chart")))
        self.add(
            "clinical",
            forms.ChoiceField(choices=self.CLINICAL, required=False, label=_("Clinical status")),
        )
        self.add(
            "verification",
            forms.ChoiceField(choices=self.VERIFICATION, label=_("How certain it is")),
        )
        self.add("onset", PartialDay(required=False, label=_("Since")))
        self.add("abated", PartialDay(required=False, label=_("Until")))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        check_other(self, given, "condition", "icd-10")
        self.in_order("onset", "abated")
        return given

    def facts(self) -> list[Form]:
        given = self.cleaned_data
        system, code = chosen(given, "icd-10")
        return [
            ConditionForm(
                code=code,
                system=system,
                onset=given["onset"].text if given["onset"] else "",
                abated=given["abated"].text if given["abated"] else "",
                clinical=given["clinical"],
                verification=given["verification"],
                text=given["text"],
            )
        ]


class StudyEntry(FactForm):
    """A part in another study."""

    way = "study"
    title = _("Enter a part in another study")
    past = ("start",)

    study = line(longest=200, label=_("Registry number of the study"), help_text="NCT01234567")
    status = forms.ChoiceField(
        choices=[
            CHOOSE,
            ("on-study-intervention", _("Under the study's intervention")),
            ("follow-up", _("In follow-up")),
            ("off-study", _("Off study")),
            ("withdrawn", _("Withdrawn")),
        ],
        label=_("Where the patient stands"),
    )
    start = PartialDay(required=False, label=_("Since"))
    end = PartialDay(required=False, label=_("Until"))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self.in_order("start", "end")
        return given

    def facts(self) -> list[Form]:
        given = self.cleaned_data
        return [
            ParticipationForm(
                study=given["study"],
                status=given["status"],
                start=given["start"].text if given["start"] else "",
                end=given["end"].text if given["end"] else "",
            )
        ]
