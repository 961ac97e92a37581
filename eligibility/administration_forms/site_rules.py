"""What a site sets of the rules: reference ranges and policy windows."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from eligibility.administration_forms.fields import ReasonForm
from eligibility.forms import DayField, WholeNumberField
from eligibility.presenters import site_rules as words
from eligibility.rules.policy import Policy
from patients.actions import stating_ranges
from patients.actions.ranges import Limit

_AGE = {"max_digits": 4, "decimal_places": 1, "min_value": 0, "max_value": stating_ranges.OLDEST}


class PlainNumber(forms.DecimalField):
    """Digits and a point: a limit is kept with every digit of it, so it is written out. Nothing is minus zero."""

    def to_python(self, value: Any) -> Any:
        said = value.strip() if isinstance(value, str) else value
        if said and not re.fullmatch(r"(?!-[0.]+$)-?[0-9]+(?:\.[0-9]+)?", str(said), re.ASCII):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(said)


def _number(label: Any, **options: Any) -> PlainNumber:
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    return PlainNumber(label=label, widget=widget, **options)


class RangeForm(ReasonForm):
    """An upper limit of normal, as the laboratory states it."""

    analyte = forms.ChoiceField(label=_("Analyte"), choices=words.ANALYTES)
    high = _number(_("Upper limit"), max_digits=20, decimal_places=6)
    unit = forms.CharField(label=_("Unit"), max_length=40, help_text=_("Like umol/L or U/L."))
    laboratory = forms.CharField(
        label=_("Laboratory"),
        max_length=200,
        required=False,
        help_text=_("As its results name it. Empty: every laboratory."),
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=words.SEXES)
    age_low = _number(_("From age"), required=False, help_text=_("In years."), **_AGE)
    age_high = _number(_("To age"), required=False, help_text=_("In completed years."), **_AGE)
    valid_from = DayField(label=_("Valid from"), help_text=_("Empty: always was."))
    valid_to = DayField(label=_("Valid until"), help_text=_("Its last day. Empty: still valid."))
    field_order = (
        *("analyte", "high", "unit", "laboratory", "sex", "age_low", "age_high"),
        *("valid_from", "valid_to", "reason"),
    )

    def limit(self) -> Limit:
        given = {key: value for key, value in self.cleaned_data.items() if key != "reason"}
        # Compared as intake compares it.
        given["laboratory"] = " ".join(given["laboratory"].split()).casefold()
        return Limit(**given)


class StopForm(ReasonForm):
    last_day = DayField(
        required=True, label=_("Last day"), help_text=_("On which it is still valid.")
    )
    field_order = ("last_day", "reason")


class PolicyForm(ReasonForm):
    """The windows of a trial's policy, none longer than the protocol's; empty is the protocol's own."""

    effective_from = DayField(required=True, label=_("Holds from"))

    def __init__(self, policy: Policy, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._policy = policy
        for window in policy.windows:
            self.fields[window.name] = WholeNumberField(
                label=window.title,
                min_value=0,
                max_value=window.days,
                required=False,
                help_text=say("Days; the protocol's own are %(n)d, and a site only shortens them.")
                % {"n": window.days},
            )
        for switch in policy.switches:
            self.fields[switch.name] = forms.ChoiceField(
                label=switch.title,
                required=False,
                choices=[("", _("As in the protocol")), ("yes", _("Yes")), ("no", _("No"))],
            )
        self.order_fields(["effective_from", *names_of(policy), "reason"])

    def values(self) -> dict[str, int | bool]:
        given = self.cleaned_data
        days = {one.name: given[one.name] for one in self._policy.windows}
        said = {one.name: given[one.name] for one in self._policy.switches}
        set_days = {name: value for name, value in days.items() if value is not None}
        return set_days | {name: value == "yes" for name, value in said.items() if value}


def names_of(policy: Policy) -> tuple[str, ...]:
    windows = [one.name for one in policy.windows]
    return (*windows, *(one.name for one in policy.switches))
