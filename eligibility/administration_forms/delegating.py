"""What is typed in the delegation log, and about who answers for the trial at a site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.forms import DayField
from trialscreen.institution.models import Account, Duty


class EntryForm(forms.Form):
    """A new line of the log."""

    account = forms.TypedChoiceField(label=_("Person"), coerce=int)
    duty = forms.TypedChoiceField(label=_("May"), coerce=Duty, choices=Duty.choices)
    first_day = DayField(
        required=True, label=_("From"), help_text=_("Like 2026-11-25 or 25 Nov 2026.")
    )
    last_day = DayField(label=_("Until"), help_text=_("Both days count."))

    def __init__(self, staff: list[Account], typed: Any = None) -> None:
        super().__init__(typed, auto_id="id_new_%s")
        account = self.fields["account"]
        assert isinstance(account, forms.ChoiceField)
        account.choices = [("", ""), *((one.pk, one.name or one.username) for one in staff)]


class EndForm(forms.Form):
    last_day = DayField(required=True, label=_("Last day"))


class PrincipalForm(forms.Form):
    """Who answers for the trial at a site, and from which day."""

    account = forms.TypedChoiceField(label=_("Investigator"), coerce=int)
    first_day = DayField(
        required=True,
        label=_("First day"),
        help_text=_("Who answers for it until then ends the day before."),
    )

    def __init__(self, people: list[Account], *args: Any) -> None:
        super().__init__(*args)
        account = self.fields["account"]
        assert isinstance(account, forms.ChoiceField)
        account.choices = [("", ""), *((one.pk, one.name or one.username) for one in people)]
