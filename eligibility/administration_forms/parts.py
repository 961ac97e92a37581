"""Where a trial is open, and for how many."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.actions import opening
from eligibility.actions.opening import Opening
from eligibility.forms import DayField, WholeNumberField


class OpeningForm(forms.Form):
    """From when until when, for how many, and why."""

    opened_on = DayField(label=_("Opens on"), help_text=_("Empty: not open."))
    closed_on = DayField(
        label=_("Closes on"), help_text=_("The first day on which it takes nobody.")
    )
    ceiling = WholeNumberField(label=_("Ceiling"), min_value=0, max_value=opening.LARGEST)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Kept with the change and shown to the sites."),
        error_messages={"required": _("Say why.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, *args: Any, at_a_site: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if at_a_site:
            self.fields["ceiling"].required = False
            self.fields["ceiling"].help_text = _("Empty: those of the part and the trial alone.")

    def clean(self) -> dict[str, Any]:
        """What the page should have carried is nothing to be put right in a field."""
        given = super().clean() or {}
        if "seen" in self.errors:
            self.add_error(None, _("Open this page again."))
        return given

    @property
    def wanted(self) -> Opening:
        given = self.cleaned_data
        return Opening(given["opened_on"], given["closed_on"], given["ceiling"])


class PartForm(OpeningForm):
    """A part that the trial does not have yet."""

    name = forms.RegexField(
        r"^[A-Za-z0-9]{1,10}$",
        label=_("Name"),
        required=False,
        strip=True,
        help_text=_("A letter or number, like A. Empty: the whole trial."),
        error_messages={"invalid": _("Letters and digits, at most ten.")},
    )
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    field_order = ("name", "title", "opened_on", "closed_on", "ceiling", "reason")
