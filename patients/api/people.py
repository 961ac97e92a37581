"""What is said of who a patient is."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from patients.api.inputs import StrictSerializer, StrictSwitch, StrictText, Word, with_reason

_SEXES = ("female", "male", "other", "unknown")
_MOST = 20
OURS = "urn:trialscreen:"


class IdentifierInput(StrictSerializer):
    """A number by which a system knows the patient."""

    system = StrictText(max_length=300, required=False)
    value = StrictText(max_length=300)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "value" not in attrs:
            raise serializers.ValidationError({"value": ["This field is required."]})
        if (attrs.get("system") or "").startswith(OURS):
            raise serializers.ValidationError({"system": ["Nobody gives numbers of this system."]})
        return {key: one for key, one in attrs.items() if one is not None}


class PersonInput(StrictSerializer):
    """Who a patient is, with dates as precise as they are known."""

    identifiers = serializers.ListField(
        child=IdentifierInput(), min_length=1, max_length=_MOST, allow_empty=False
    )
    family_name = StrictText(max_length=200, required=False)
    given_name = StrictText(max_length=200, required=False)
    birth_date = StrictText(max_length=10, required=False)
    sex = Word(_SEXES, required=False)
    deceased = StrictSwitch(required=False)
    deceased_on = StrictText(max_length=40, required=False)
    postal_code = StrictText(max_length=20, required=False)
    city = StrictText(max_length=100, required=False)
    country = StrictText(max_length=100, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("deceased_on") is not None and attrs.get("deceased") is False:
            raise serializers.ValidationError({"deceased": ["There is a day of death."]})
        return attrs

    def validate_identifiers(self, said: list[dict[str, str]]) -> list[dict[str, str]]:
        """Each once."""
        if len({(one.get("system"), one["value"]) for one in said}) < len(said):
            raise serializers.ValidationError("An identifier is given twice.")
        return said


PersonCorrection = with_reason(PersonInput)
