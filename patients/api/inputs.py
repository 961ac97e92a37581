"""What a writing request says, read strictly: no guess at a type, nothing unknown passed over."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from patients.api.refusals import CannotBeUsed
from patients.intake.forms import ANSWERS, LOINC, ConditionForm, Form, ResultForm, TherapyForm

NUMBER: dict[str, Any] = {
    "description": "Exact, as a JSON number or a string.",
    "type": ["number", "string"],
}
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_STATUSES = ("registered", "preliminary", "final", "amended", "corrected")
_CLINICAL = ("active", "recurrence", "relapse", "inactive", "remission", "resolved")
_VERIFICATION = ("unconfirmed", "provisional", "differential", "confirmed", "refuted")
_COMPARATORS = ("<", "<=", ">", ">=")


class StrictText(serializers.CharField):
    """A JSON string; a number is not taken for one."""

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(NUMBER)
class ExactNumber(serializers.Field[Decimal, Any, str, Any]):
    """An exact number, as a JSON number or as a string; every digit is kept."""

    default_error_messages = {"invalid": "This is a number, or a number as a string."}

    def to_internal_value(self, data: object) -> Decimal:
        if isinstance(data, Decimal | int) and not isinstance(data, bool):
            return Decimal(data)
        if isinstance(data, str) and data.isascii() and _NUMBER.fullmatch(data):
            return Decimal(data)
        self.fail("invalid")

    def to_representation(self, value: Decimal) -> str:
        return str(value)


@extend_schema_field(OpenApiTypes.DATE)
class CalendarDay(StrictText):
    """A day written 2026-11-25 and nothing else."""

    default_error_messages = {"day": "One calendar date, written YYYY-MM-DD."}

    def to_internal_value(self, data: object) -> Any:
        text = super().to_internal_value(data)
        day = serializers.DateField(input_formats=["%Y-%m-%d"]).run_validation(text)
        if day.isoformat() != text:
            self.fail("day")
        return day


class StrictSerializer(serializers.Serializer[Any]):
    """An object of named fields and no others."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(data.keys() - self.fields.keys())):
            raise serializers.ValidationError(
                {name: ["This field is not known here."] for name in unknown}
            )
        return super().to_internal_value(data)


def read(serializer: type[StrictSerializer], data: object) -> dict[str, Any]:
    """What a body says. Raises `CannotBeUsed` with the place of every fault."""
    held = serializer(data=data)
    if not held.is_valid():
        raise CannotBeUsed(held.errors)
    return dict(held.validated_data)


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
    comparator = serializers.ChoiceField(choices=_COMPARATORS, required=False)
    unit = StrictText(max_length=100, required=False)
    answer = serializers.ChoiceField(choices=ANSWERS, required=False)
    status = serializers.ChoiceField(choices=_STATUSES, default="final")
    laboratory = StrictText(max_length=200, required=False)
    reference_range = RangeInput(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("value" in attrs) == ("answer" in attrs):
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
    clinical = serializers.ChoiceField(choices=_CLINICAL, required=False)
    verification = serializers.ChoiceField(choices=_VERIFICATION, default="confirmed")


class StrictSwitch(serializers.BooleanField):
    """true or false; neither a text nor a number is taken for one."""

    def to_internal_value(self, data: object) -> Any:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class TherapyInput(StrictSerializer):
    """A course of a drug, an operation, or radiotherapy."""

    kind = serializers.ChoiceField(choices=("drug", "procedure"))
    code = StrictText(max_length=100)
    system = StrictText(max_length=300)
    text = StrictText(max_length=300, required=False)
    start = StrictText(max_length=40, required=False)
    end = StrictText(max_length=40, required=False)
    ongoing = StrictSwitch(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["ongoing"] and "end" in attrs:
            raise serializers.ValidationError({"end": ["What goes on has no end."]})
        return attrs


def result_form(data: object) -> ResultForm:
    """The form of a result. Raises `CannotBeUsed`."""
    said = read(ResultInput, data)
    limits = said.pop("reference_range", {})
    return ResultForm(**said, low=limits.get("low"), high=limits.get("high"))


def condition_form(data: object) -> ConditionForm:
    """The form of a condition. Raises `CannotBeUsed`."""
    return ConditionForm(**read(ConditionInput, data))


def therapy_form(data: object) -> TherapyForm:
    """The form of a therapy. Raises `CannotBeUsed`."""
    return TherapyForm(**read(TherapyInput, data))


ENTERED: dict[str, tuple[Callable[[object], Form], type[StrictSerializer]]] = {
    "lab-results": (result_form, ResultInput),
    "observations": (result_form, ResultInput),
    "conditions": (condition_form, ConditionInput),
    "prior-therapies": (therapy_form, TherapyInput),
}
"""How each kind of fact that may be entered by itself is read."""
