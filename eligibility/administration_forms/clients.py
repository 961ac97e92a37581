"""API clients."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.administration_forms.fields import ReasonForm
from trialscreen.institution.administration import clients
from trialscreen.institution.rights import IN_WORDS, May


class ClientForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("The system, like “Laboratory feed, Edmonton”."),
    )
    contact = forms.CharField(
        label=_("Contact"), max_length=200, help_text=_("Who answers for it: a person or a team.")
    )


class GrantForm(forms.Form):
    """What a client may do at a site."""

    rights = forms.TypedMultipleChoiceField(
        label=_("It may"),
        choices=[(str(may), words) for may, words in IN_WORDS.items()],
        coerce=May,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: the client has no right at this site."),
    )


class SecretForm(ReasonForm):
    overlap_hours = forms.IntegerField(
        label=_("Hours for which the old secret still works"),
        min_value=0,
        max_value=clients.LONGEST_OVERLAP,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("0 ends it now, with every token of the client."),
    )
    field_order = ("overlap_hours", "reason")
