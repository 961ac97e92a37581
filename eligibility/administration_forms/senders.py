"""Senders of HL7 v2 messages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.administration_forms.fields import ReasonForm
from patients.actions.registering_senders import NewSender
from patients.intake.hl7v2.charsets import CHARSETS


class SenderForm(ReasonForm):
    """What an administrator says of a sender."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("How people call it, like “General laboratory”."),
    )
    application = forms.CharField(label=_("MSH-3, sending application"), max_length=200)
    facility = forms.CharField(label=_("MSH-4, sending facility"), max_length=200, required=False)
    laboratory = forms.CharField(
        label=_("Laboratory"),
        max_length=200,
        required=False,
        help_text=_("Which performs its tests where a message names none."),
    )
    client = forms.CharField(
        label=_("API client"),
        max_length=200,
        required=False,
        help_text=_("The id of the client that hands its messages over by HTTP."),
    )
    networks = forms.CharField(
        label=_("Networks"),
        max_length=500,
        required=False,
        help_text=_("From which it connects to the listener, like 10.4.0.0/16; several by commas."),
    )
    certificate = forms.CharField(
        label=_("Certificate"),
        max_length=100,
        required=False,
        help_text=_("SHA-256 of the certificate that it has to show, where the listener uses TLS."),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=100,
        required=False,
        help_text=_(
            "Systems with one source mean the same patient by an identifier: an API client’s id, "
            "to share its patients. Empty: that of all senders of the site."
        ),
    )
    charset = forms.ChoiceField(
        label=_("Character set"),
        choices=[(name, name) for name in CHARSETS if name != "UTF-8"],
        initial="ASCII",
        help_text=_("Of messages that name none in MSH-18."),
    )
    authorities = forms.CharField(
        label=_("Assigning authorities"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Where identifiers have a URI, a line for each: GENERAL = urn:oid:2.16.840.1.113883.19.5"
        ),
    )
    field_order = (
        *("name", "application", "facility", "laboratory", "client", "networks"),
        *("certificate", "source", "charset", "authorities", "reason"),
    )

    def clean_networks(self) -> list[str]:
        said: str = self.cleaned_data["networks"]
        return [one.strip() for one in said.split(",") if one.strip()]

    def clean_authorities(self) -> dict[str, str]:
        found = {}
        for line in str(self.cleaned_data["authorities"]).splitlines():
            name, equals, system = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not (name and equals and system):
                raise forms.ValidationError(_("Each line is a name, an equals sign and a URI."))
            found[name] = system
        return found

    def said(self) -> tuple[NewSender, str]:
        """The sender and the reason, of a form that is valid."""
        given: dict[str, Any] = dict(self.cleaned_data)
        reason = str(given.pop("reason"))
        return NewSender(**given), reason


OPTIONAL = (
    *("facility", "laboratory", "client", "networks", "certificate", "source", "authorities"),
)
