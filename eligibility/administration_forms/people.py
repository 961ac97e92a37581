"""Accounts and their roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.administration_forms.fields import ReasonForm, choose_site
from eligibility.forms import DayField
from trialscreen.institution.administration import lists
from trialscreen.institution.models import Role, Site

DAY_HINT = _("Like 2026-11-25 or 25 Nov 2026.")


class SearchForm(forms.Form):
    """What the address of the list asks; what cannot be meant is left out."""

    q = forms.CharField(max_length=100, required=False)
    show = forms.ChoiceField(choices=[(one, one) for one in lists.SHOWN], required=False)


class RoleForm(forms.Form):
    """A role, where, and from when until when."""

    role = forms.TypedChoiceField(label=_("Role"), coerce=Role, choices=[("", ""), *Role.choices])
    site = forms.ChoiceField(
        label=_("Site"),
        required=False,
        help_text=_("Of coordinators and investigators. Monitors and administrators have none."),
    )
    first_day = DayField(required=True, label=_("From"), help_text=DAY_HINT)
    last_day = DayField(label=_("Until"), help_text=_("Both days count."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._sites = lists.sites()
        choose_site(self.fields["site"], self._sites, none=_("All sites"))

    def clean_site(self) -> Site | None:
        code = self.cleaned_data["site"]
        return next((one for one in self._sites if one.code == code), None)


class InvitationForm(RoleForm):
    """Who is invited."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As it is printed under what the person signs."),
    )
    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]*$",
        label=_("User name"),
        max_length=100,
        help_text=_("Small letters, digits, dots and hyphens. It stays this person's for ever."),
        error_messages={"invalid": _("Small letters, digits, dots and hyphens alone.")},
    )
    email = forms.EmailField(label=_("E-mail address"))
    field_order = ("name", "username", "email", "role", "site", "first_day", "last_day")


class EndForm(ReasonForm):
    """The last day of a role; empty ends it at once."""

    last_day = DayField(
        label=_("Last day"), help_text=_("Empty: it ends now, with the next request.")
    )
    field_order = ("last_day", "reason")


class ReviewForm(forms.Form):
    """Which roles are still needed."""

    roles = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, offered: list[int], *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        roles = self.fields["roles"]
        assert isinstance(roles, forms.ChoiceField)
        roles.choices = [(one, one) for one in offered]
