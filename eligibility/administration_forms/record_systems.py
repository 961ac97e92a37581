"""Record systems that ask by CDS Hooks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.administration_forms.fields import ReasonForm, choose_site
from trialscreen.institution.models import Site


class SystemForm(forms.Form):
    """Which system asks, and for which site; the site's code is turned into the site."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("The system, like “Records, Edmonton”.")
    )
    site = forms.ChoiceField(
        label=_("Site"), help_text=_("It asks for this site alone, and that stays so.")
    )
    issuer = forms.CharField(
        label=_("Issuer"),
        max_length=500,
        help_text=_("The “iss” of its tokens, exactly as it is written there. It is never called."),
    )
    contact = forms.CharField(
        label=_("Contact"), max_length=200, help_text=_("Who answers for it: a person or a team.")
    )

    def __init__(self, *given: Any, sites: list[Site]) -> None:
        super().__init__(*given)
        self._sites = {one.code: one for one in sites}
        choose_site(self.fields["site"], sites, none=_("Choose a site"))

    def clean_site(self) -> Site:
        return self._sites[self.cleaned_data["site"]]


class StoringForm(ReasonForm):
    stores = forms.TypedChoiceField(
        label=_("What it sends with a question"),
        choices=[
            ("no", _("is looked at and nothing of it is kept")),
            ("yes", _("is received as a delivery of the site")),
        ],
        coerce=lambda said: said == "yes",
    )
    field_order = ("stores", "reason")
