"""What a writing request says, read strictly: no guess at a type, nothing unknown passed over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from patients.api.refusals import CannotBeUsed

NUMBER: dict[str, Any] = {
    "description": "Exact, as a JSON number or a string.",
    "type": ["number", "string"],
}
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


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


class Word(serializers.ChoiceField):
    """One of a closed list of words."""

    def to_internal_value(self, data: object) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class StrictSerializer(serializers.Serializer[Any]):
    """An object of named fields and no others.

    With ``partial=True`` it is a correction: what is named is to be different, and null takes away what need not be
    there.
    """

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for field in fields.values() if self.partial else ():
            if not field.required and field.default is serializers.empty:
                field.allow_null = True
        return fields

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(data.keys() - self.fields.keys())):
            raise serializers.ValidationError(
                {name: ["This field is not known here."] for name in unknown}
            )
        return super().to_internal_value(data)


def read(
    serializer: type[StrictSerializer], data: object, *, partial: bool = False
) -> dict[str, Any]:
    """What a body says. Raises `CannotBeUsed` with the place of every fault."""
    held = serializer(data=data, partial=partial)
    if not held.is_valid():
        raise CannotBeUsed(held.errors)
    return dict(held.validated_data)


class StrictSwitch(serializers.BooleanField):
    """true or false; neither a text nor a number is taken for one."""

    def to_internal_value(self, data: object) -> Any:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


def with_reason(serializer: type[StrictSerializer]) -> type[StrictSerializer]:
    """The same fields for a correction, and why it is made."""
    name = serializer.__name__.removesuffix("Input").removesuffix("Correction")
    fields = {"reason": StrictText(max_length=500, required=False), "__doc__": serializer.__doc__}
    return type(f"{name}Correction", (serializer,), fields)
