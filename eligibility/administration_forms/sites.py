"""Sites and their approvals."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.administration_forms.fields import ReasonForm
from eligibility.forms import ZONES, DayField
from eligibility.models import SiteApproval


class PlaceForm(forms.Form):
    """What a site is called and where it is."""

    name = forms.CharField(label=_("Name"), max_length=200)
    city = forms.CharField(label=_("City"), max_length=100)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)


class NewSiteForm(PlaceForm):
    code = forms.RegexField(
        r"^[a-z][a-z0-9-]*$",
        label=_("Code"),
        max_length=40,
        help_text=_("In addresses and numbers: small letters, digits, hyphens. It stays as it is."),
        error_messages={"invalid": _("Small letters, digits and hyphens; a letter first.")},
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Where the site's midnight is. It stays as it is.")
    )
    opened_on = DayField(
        required=True, label=_("Screens from"), help_text=_("Like 2026-11-25 or 25 Nov 2026.")
    )
    field_order = ("code", "name", "city", "postal_code", "time_zone", "opened_on")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)
        named = {key for key, _name in ZONES}
        others = [(key, key) for key in sorted(available_timezones() - named) if "/" in key]
        zone.choices = [("", ""), *ZONES, *others]


class ChangeForm(PlaceForm, ReasonForm):
    field_order = ("name", "city", "postal_code", "reason")


class ClosingForm(ReasonForm):
    closed_on = DayField(
        label=_("Closes on"), help_text=_("The first day without screening. Empty: it stays open.")
    )
    field_order = ("closed_on", "reason")


class ApprovalForm(forms.Form):
    """An approval, as its document says."""

    kind = forms.ChoiceField(label=_("Given by"), choices=SiteApproval.KINDS)
    reference = forms.CharField(
        label=_("Reference"),
        max_length=100,
        help_text=_("Under which the document is found, like REB 2026-114."),
    )
    approved_on = DayField(required=True, label=_("Approved on"))
    expires_on = DayField(label=_("Holds until"), help_text=_("Its last day."))
