"""Fields that several acts ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from trialscreen.institution.models import Site


class ReasonForm(forms.Form):
    """Why something is done; kept in the trail."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Kept in the trail."),
        error_messages={"required": _("Say why.")},
    )


def choose_site(field: forms.Field, sites: list[Site], *, none: Any = "") -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", none), *((one.code, f"{one.city} · {one.name}") for one in sites)]
