"""New facts of the tumour: the size of a lesion, its morphology, the tissue that is kept."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.entry_forms import choices
from eligibility.entry_forms.base import (
    CHOOSE,
    OTHER,
    FactForm,
    implausible,
    line,
)
from eligibility.entry_forms.fields import NumberField, WholeDay
from eligibility.presenters import held as told
from eligibility.rules.verdicts import Reason
from patients.intake.forms import (
    Form,
    HistologyForm,
    LesionForm,
    Measurement,
    SpecimenForm,
)

METHOD_WORDS = (
    ("", _("Not known")),
    ("ct-spiral", _("CT, spiral (helical)")),
    ("ct-non-spiral", _("CT, not spiral")),
    ("ct-unspecified", _("CT, spiral or not is not known")),
    ("x-ray", _("X-ray")),
    ("physical-exam", _("Physical examination")),
    ("mri", _("MRI")),
    ("ultrasound", _("Ultrasound")),
    ("pet", _("PET")),
)
_BRAIN = "12738006"


class LesionEntry(FactForm):
    """The size of a lesion."""

    way = "lesion"
    title = _("Enter the size of a lesion")
    hint = _("A lesion that was measured before is chosen: its measurements are then compared.")
    past = ("collected",)

    NEW: ClassVar[str] = ""

    which = forms.ChoiceField(required=False, label=_("Lesion"))
    lesion = line(
        longest=100,
        required=False,
        label=_("Name of a new lesion"),
        help_text=_("For example: liver 1"),
    )
    size = NumberField(bounds=True, label=_("Longest diameter"))
    unit = forms.ChoiceField(choices=[("mm", "mm"), ("cm", "cm")], label=_("Unit"))
    method = forms.ChoiceField(choices=METHOD_WORDS, required=False, label=_("Measured by"))
    collected = WholeDay(label=_("Measured on"))
    site = line(longest=200, required=False, label=_("Where in the body"))
    brain = forms.BooleanField(
        required=False, label=_("It lies in the brain or the cerebral meninges")
    )

    def prepare(self) -> None:
        which = self.fields["which"]
        assert isinstance(which, forms.ChoiceField)
        known = told.lesions(self.desk)
        which.choices = [(self.NEW, _("A lesion not measured before")), *known]
        if self.desk.found.reason is Reason.TOO_OLD:
            # The lesion whose last measurement has lapsed is the one to be measured again.
            lapsed = [getattr(one.fact, "focus", None) for one in self.desk.found.evidence]
            foci = [focus for focus, _said in known if focus in lapsed]
            self.initial["which"] = foci[0] if foci else self.NEW

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if (
            given.get("which") == self.NEW
            and not given.get("lesion")
            and "lesion" not in self.errors
        ):
            self.add_error("lesion", _("Give the lesion a name."))
        if given.get("which") and given.get("lesion"):
            self.add_error("lesion", _("Leave the name empty, or choose “not measured before”."))
        size, unit = given.get("size"), given.get("unit")
        if size is not None and unit and implausible("lesion", size, unit):
            self.add_error("size", _("Outside of what is possible: check the number and the unit."))
        return given

    def facts(self) -> list[Form]:
        given = self.cleaned_data
        measured = Measurement(
            collected=given["collected"].isoformat(),
            size=given["size"].value,
            unit=given["unit"],
            comparator=given["size"].comparator,
            method=given["method"],
        )
        return [
            LesionForm(
                lesion=given["lesion"],
                focus=given["which"],
                measurements=(measured,),
                site_code=_BRAIN if given["brain"] else "",
                site_text=given["site"],
            )
        ]


class HistologyEntry(FactForm):
    """A morphology, from the pathology report."""

    way = "histology"
    title = _("Enter the histology")
    past = ("collected",)
    WORDS: ClassVar[tuple[tuple[str, Any], ...]] = (
        CHOOSE,
        ("8720/3", _("Malignant melanoma 8720/3")),
        ("8721/3", _("Nodular melanoma 8721/3")),
        ("8743/3", _("Superficial spreading melanoma 8743/3")),
        ("8742/3", _("Lentigo maligna melanoma 8742/3")),
        ("8744/3", _("Acral lentiginous melanoma 8744/3")),
        ("8720/2", _("Melanoma in situ 8720/2")),
        (OTHER, _("Another, by its ICD-O-3 code")),
    )

    what = forms.ChoiceField(choices=WORDS, label=_("Morphology"))
    code = line(longest=20, required=False, label=_("ICD-O-3 code"), help_text="8772/3")
    collected = WholeDay(label=_("Date of the report"))
    text = line(required=False, label=_("Report number"))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        code, other = given.get("code", ""), given.get("what") == OTHER
        if other and not re.fullmatch(r"[0-9]{4}/[0-9]", code, re.ASCII):
            self.add_error("code", _("Write morphology and behaviour as 8772/3."))
        if not other and code:
            self.add_error("code", _("Leave the code empty, or choose “another”."))
        return given

    def facts(self) -> list[Form]:
        given = self.cleaned_data
        code = given["code"] if given["what"] == OTHER else given["what"]
        return [
            HistologyForm(code=code, collected=given["collected"].isoformat(), text=given["text"])
        ]


class SpecimenEntry(FactForm):
    """Tissue that is kept."""

    way = "specimen"
    title = _("Enter archived tissue")

    what = forms.ChoiceField(
        choices=[
            ("snomed|441652008", _("Paraffin block (FFPE)")),
            ("specimen-type|TUMOR", _("Other tumour tissue")),
        ],
        label=_("Tissue"),
    )
    status = forms.ChoiceField(
        choices=[
            CHOOSE,
            ("available", _("Available: pathology can release it")),
            ("unavailable", _("Not available")),
            ("unsatisfactory", _("Not satisfactory")),
        ],
        label=_("Can it be had"),
    )
    text = line(label=_("Block or accession number"))

    def facts(self) -> list[Form]:
        given = self.cleaned_data
        system, code = choices.parts(given["what"])
        return [SpecimenForm(code=code, system=system, status=given["status"], text=given["text"])]
