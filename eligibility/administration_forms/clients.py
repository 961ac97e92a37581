"""API clients."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.administration_forms.fields import ReasonForm
from eligibility.forms import WholeNumberField
from trialscreen.institution.administration import clients
from trialscreen.institution.models import ApiClient
from trialscreen.institution.rights import IN_WORDS, May
from trialscreen.institution.signed_tokens.jwks import LONGEST_SET
from trialscreen.institution.smart_scopes import SystemScope, read_scope

PROOFS = [
    (ApiClient.SECRET, _("By a secret that is made here")),
    (ApiClient.KEYS, _("By signing with its own key, of which the public part is registered here")),
    (ApiClient.EITHER, _("By either, while it changes from one to the other")),
]
MOST_SCOPES = 50


class ClientForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("The system, like “Laboratory feed, Edmonton”."),
    )
    contact = forms.CharField(
        label=_("Contact"), max_length=200, help_text=_("Who answers for it: a person or a team.")
    )
    proof = forms.ChoiceField(
        label=_("How it shows who it is"),
        choices=PROOFS,
        initial=ApiClient.SECRET,
        required=False,
        help_text=_("The other way is then not taken."),
    )

    def clean_proof(self) -> str:
        return self.cleaned_data["proof"] or ApiClient.SECRET


class GrantForm(forms.Form):
    """What a client may do at a site."""

    rights = forms.TypedMultipleChoiceField(
        label=_("It may"),
        choices=[(str(may), words) for may, words in IN_WORDS.items()],
        coerce=May,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen, and no SMART scope: the client has no right at this site."),
    )
    smart = forms.CharField(
        label=_("SMART scopes"),
        max_length=1500,
        required=False,
        help_text=_(
            "For /fhir alone, where it shall have less than a right above gives there: "
            "system/Observation.rs system/Patient.rs, with spaces between."
        ),
    )

    def clean_smart(self) -> tuple[SystemScope, ...]:
        words = self.cleaned_data["smart"].split()
        read = [read_scope(one) for one in words]
        known = tuple(one for one in read if one is not None)
        if len(known) < len(read):
            raise forms.ValidationError(
                _("A SMART scope is written like system/Observation.rs or system/*.read.")
            )
        if len(known) > MOST_SCOPES:
            raise forms.ValidationError(_("At most %(n)d scopes.") % {"n": MOST_SCOPES})
        return known


class ProofForm(ReasonForm):
    proof = forms.ChoiceField(
        label=_("How it shows who it is"),
        choices=PROOFS,
        help_text=_("The tokens it has got the other way end now."),
    )
    field_order = ("proof", "reason")


class KeysForm(ReasonForm):
    jwks = forms.CharField(
        label=_("Public keys"),
        max_length=LONGEST_SET,
        widget=forms.Textarea(attrs={"rows": "12", "spellcheck": "false"}),
        help_text=_(
            "A JSON Web Key Set as its owner gives it: RSA from 2048 bits (RS384) or EC P-384 (ES384), "
            "each key with its name (kid). Public keys alone: a private key is refused."
        ),
    )
    field_order = ("jwks", "reason")


class EndKeyForm(ReasonForm):
    overlap_hours = WholeNumberField(
        label=_("Hours for which the key still works"),
        min_value=0,
        max_value=clients.LONGEST_OVERLAP,
        help_text=_("0 ends it now, with every token of the client."),
    )
    field_order = ("overlap_hours", "reason")


class SecretForm(ReasonForm):
    overlap_hours = WholeNumberField(
        label=_("Hours for which the old secret still works"),
        min_value=0,
        max_value=clients.LONGEST_OVERLAP,
        help_text=_("0 ends it now, with every token of the client."),
    )
    field_order = ("overlap_hours", "reason")
