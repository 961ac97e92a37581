"""Webhooks: where they go, what they tell, and from when it is told again."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.actions import webhooks
from eligibility.administration_forms.fields import ReasonForm, choose_site
from eligibility.forms import WholeNumberField
from eligibility.models import Endpoint
from eligibility.telling.addresses import LONGEST
from eligibility.telling.kinds import WORDS, Kind
from trialscreen.institution.administration import lists
from trialscreen.institution.models import Site

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


class ChangeWebhookForm(forms.Form):
    """What can be changed of an endpoint."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("The system, like “Trial office, Edmonton”.")
    )
    url = forms.CharField(
        label=_("URL"),
        max_length=LONGEST,
        help_text=_(
            "Like https://integration.hospital.example/trialscreen. The same for every message, so "
            "nothing of a patient is in it."
        ),
    )
    events = forms.TypedMultipleChoiceField(
        label=_("It is told that"),
        choices=[(one.value, words) for one, words in WORDS.items()],
        coerce=Kind,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    format = forms.ChoiceField(
        label=_("Format"),
        choices=Endpoint.FORMATS,
        help_text=_("A notification of FHIR names the screening and holds nothing else of it."),
    )


class WebhookForm(ChangeWebhookForm):
    """A new endpoint of a site."""

    site = forms.ChoiceField(label=_("Site"))
    field_order = ("site", "name", "url", "events", "format")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choose_site(self.fields["site"], lists.sites())

    def clean_site(self) -> Site:
        held = lists.site_of(self.cleaned_data["site"])
        if held is None:
            raise forms.ValidationError(_("No such site."))
        return held


class WebhookSecretForm(ReasonForm):
    overlap_hours = WholeNumberField(
        label=_("Hours for which the old secret still signs"),
        min_value=0,
        max_value=webhooks.LONGEST_OVERLAP,
        help_text=_("Beside the new one, so that the receiver can change over in between."),
    )
    field_order = ("overlap_hours", "reason")


class SinceForm(forms.Form):
    """From which moment on everything is told again."""

    since = forms.CharField(
        label=_("Since"),
        max_length=40,
        help_text=_("A moment with its offset, like 2026-11-25T08:00:00-07:00 or …Z."),
    )

    def clean_since(self) -> datetime:
        given = self.cleaned_data["since"]
        fault = forms.ValidationError(
            _("A moment with its offset, like 2026-11-25T08:00:00-07:00.")
        )
        if not _MOMENT.fullmatch(given):
            raise fault
        try:
            moment = datetime.fromisoformat(given)
            # What is near the ends of the calendar cannot be told in another zone.
            is_usual = 1970 <= moment.year <= 9000
        except ValueError:
            raise fault from None
        if not is_usual:
            raise fault
        return moment
