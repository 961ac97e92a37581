"""What is said of each kind of fact: of a new one, and of one that is corrected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from rest_framework import serializers

from patients.api.inputs import (
    ExactNumber,
    StrictSerializer,
    StrictSwitch,
    StrictText,
    Word,
    read,
    with_reason,
)
from patients.intake.fhir.specimens import STATUSES as SPECIMEN_STATUSES
from patients.intake.fhir.studies import STATUSES as STUDY_STATUSES
from patients.intake.forms import (
    ANSWERS,
    ICD_O,
    INTENTS,
    LOINC,
    METHODS,
    ROUTES,
    SNOMED,
    ConditionForm,
    Form,
    HistologyForm,
    LesionForm,
    Measurement,
    ParticipationForm,
    ResultForm,
    SpecimenForm,
    TherapyForm,
)

_STATUSES = ("registered", "preliminary", "final", "amended", "corrected")
_CLINICAL = ("active", "recurrence", "relapse", "inactive", "remission", "resolved")
_VERIFICATION = ("unconfirmed", "provisional", "differential", "confirmed", "refuted")
_COMPARATORS = ("<", "<=", ">", ">=")
_SPECIMEN = tuple(status for status in SPECIMEN_STATUSES if status != "entered-in-error")
_MOST = 20

Said = dict[str, Any]


class RangeInput(StrictSerializer):
    """What the laboratory printed beside the result, in the result's unit."""

    low = ExactNumber(required=False)
    high = ExactNumber(required=False)


class ResultInput(StrictSerializer):
    """A laboratory result, a score or a status: a number with its unit, or an answer in words."""

    code = StrictText(max_length=100)
    system = StrictText(max_length=300, default=LOINC)
    collected = StrictText(max_length=40)
    value = ExactNumber(required=False)
    comparator = Word(_COMPARATORS, required=False)
    unit = StrictText(max_length=100, required=False)
    answer = Word(ANSWERS, required=False)
    status = Word(_STATUSES, default="final")
    laboratory = StrictText(max_length=200, required=False)
    reference_range = RangeInput(required=False)

    def validate(self, attrs: Said) -> Said:
        both = "value" in attrs and "answer" in attrs
        neither = "value" not in attrs and "answer" not in attrs
        if both or (neither and not self.partial):
            raise serializers.ValidationError(
                {"value": ["Give a value or an answer, one of both."]}
            )
        if "answer" in attrs and attrs.keys() & {"comparator", "unit", "reference_range"}:
            raise serializers.ValidationError(
                {"answer": ["An answer in words has no unit or limit."]}
            )
        return attrs


class ConditionInput(StrictSerializer):
    """A diagnosis or a status, with dates as precise as they are known."""

    code = StrictText(max_length=100)
    system = StrictText(max_length=300)
    text = StrictText(max_length=300, required=False)
    onset = StrictText(max_length=40, required=False)
    abated = StrictText(max_length=40, required=False)
    clinical = Word(_CLINICAL, required=False)
    verification = Word(_VERIFICATION, default="confirmed")


class TherapyFields(StrictSerializer):
    """A treatment: which, from when, until when."""

    code = StrictText(max_length=100)
    system = StrictText(max_length=300)
    text = StrictText(max_length=300, required=False)
    start = StrictText(max_length=40, required=False)
    end = StrictText(max_length=40, required=False)
    ongoing = StrictSwitch(default=False)
    intent = Word(INTENTS, required=False)
    route = Word(ROUTES, required=False)

    def validate(self, attrs: Said) -> Said:
        if attrs.get("ongoing") and attrs.get("end") is not None:
            raise serializers.ValidationError({"end": ["What goes on has no end."]})
        return attrs


class TherapyInput(TherapyFields):
    """A course of a drug, an operation, or radiotherapy."""

    kind = Word(("drug", "procedure"))

    def validate(self, attrs: Said) -> Said:
        if attrs.get("kind") == "procedure" and "route" in attrs:
            raise serializers.ValidationError({"route": ["A route is that of a drug."]})
        return super().validate(attrs)


class BodySiteInput(StrictSerializer):
    """Where in the body: a code, words, or both."""

    code = StrictText(max_length=100, required=False)
    system = StrictText(max_length=300, required=False)
    text = StrictText(max_length=300, required=False)

    def validate(self, attrs: Said) -> Said:
        if not attrs.keys() & {"code", "text"}:
            raise serializers.ValidationError({"code": ["Give a code or a text."]})
        return {"code": "", "system": SNOMED} | attrs


class MeasurementInput(StrictSerializer):
    """The longest dimension of a tumour on one day."""

    collected = StrictText(max_length=40)
    size = ExactNumber()
    unit = Word(("mm", "cm"), default="mm")
    comparator = Word(_COMPARATORS, required=False)
    method = Word(METHODS, required=False)
    status = Word(_STATUSES, default="final")


class LesionFields(MeasurementInput):
    """One measurement of a lesion, and which lesion it is."""

    lesion = StrictText(max_length=100)
    body_site = BodySiteInput(required=False)
    removed = StrictSwitch(default=False)


class LesionInput(StrictSerializer):
    """A tumour under the name that it always has at the site, and how large it was found to be."""

    lesion = StrictText(max_length=100)
    body_site = BodySiteInput(required=False)
    removed = StrictSwitch(default=False)
    measurements = serializers.ListField(
        child=MeasurementInput(), min_length=1, max_length=_MOST, allow_empty=False
    )


class HistologyInput(StrictSerializer):
    """A morphology, by ICD-O-3 with its behaviour: 8720/3."""

    code = StrictText(max_length=100)
    system = StrictText(max_length=300, default=ICD_O)
    text = StrictText(max_length=300, required=False)
    collected = StrictText(max_length=40)
    status = Word(_STATUSES, default="final")


class SpecimenInput(StrictSerializer):
    """Tissue that is kept."""

    code = StrictText(max_length=100)
    system = StrictText(max_length=300, default=SNOMED)
    text = StrictText(max_length=300, required=False)
    status = Word(_SPECIMEN, required=False)


class ParticipationInput(StrictSerializer):
    """A part in a research study, which is named by an identifier such as its registry number."""

    study = StrictText(max_length=200)
    system = StrictText(max_length=300, required=False)
    title = StrictText(max_length=300, required=False)
    status = Word(STUDY_STATUSES)
    start = StrictText(max_length=40, required=False)
    end = StrictText(max_length=40, required=False)


def _result(said: Said) -> Form:
    limits = said.pop("reference_range", {})
    return ResultForm(**said, low=limits.get("low"), high=limits.get("high"))


def _lesion(said: Said) -> Form:
    site = said.pop("body_site", {})
    named = {f"site_{key}": value for key, value in site.items()}
    measured = tuple(Measurement(**one) for one in said.pop("measurements"))
    return LesionForm(**said, **named, measurements=measured)


class Kind(NamedTuple):
    """How one kind of fact is written."""

    reads: type[StrictSerializer]
    corrects: type[StrictSerializer]
    makes: Callable[[Said], Form]

    def form(self, data: object) -> Form:
        """The form of a body. Raises `CannotBeUsed`."""
        return self.makes(read(self.reads, data))


def _kind(
    reads: type[StrictSerializer],
    makes: Callable[[Said], Form],
    corrects: type[StrictSerializer] | None = None,
) -> Kind:
    return Kind(reads, with_reason(corrects or reads), makes)


_RESULT = _kind(ResultInput, _result)
WRITTEN: dict[str, Kind] = {
    "lab-results": _RESULT,
    "observations": _RESULT,
    "conditions": _kind(ConditionInput, lambda said: ConditionForm(**said)),
    "prior-therapies": _kind(TherapyInput, lambda said: TherapyForm(**said), TherapyFields),
    "lesions": _kind(LesionInput, _lesion, LesionFields),
    "histologies": _kind(HistologyInput, lambda said: HistologyForm(**said)),
    "specimens": _kind(SpecimenInput, lambda said: SpecimenForm(**said)),
    "study-participations": _kind(ParticipationInput, lambda said: ParticipationForm(**said)),
}
"""The kinds of facts that are entered by themselves, and corrected."""
