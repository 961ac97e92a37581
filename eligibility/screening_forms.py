"""What people hand in to move a screening episode. What may be done is said by the policies, not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.forms import DayField
from eligibility.models import Repeated, State
from eligibility.retests import LONGEST
from eligibility.workflow import REASONS


class ActForm(forms.Form):
    """Says which versions of episode and record were on the page."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    record = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    carried: ClassVar[tuple[str, ...]] = ("version", "record")
    """Fields that the page fills by itself."""
    places: ClassVar[Mapping[str, str]] = {}
    """Field at which a refusal of that code is shown; the others stand above the form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """What the page should have carried is nothing to be put right in a field."""
        given = super().clean() or {}
        if not self.errors.keys().isdisjoint(self.carried):
            self.add_error(None, _("Open this page again."))
        return given

    @property
    def asked(self) -> list[Any]:
        """The fields that somebody fills in."""
        return [field for field in self.visible_fields() if not field.is_hidden]

    def refuse(self, code: str, sentence: str) -> None:
        """Show a refusal where it belongs."""
        place = self.places.get(code)
        self.add_error(place if place in self.fields else None, sentence)

    def as_it_is(self, **shown: int) -> None:
        """Let the page carry what is shown on it now, whatever was sent: `version`, and `record` where it has one."""
        self.initial = {**self.initial, **shown}
        if self.is_bound:
            self.data = {**self.data.dict(), **shown}  # type: ignore[attr-defined]


class StartForm(ActForm):
    """Nothing but the wish."""


class ConfirmForm(ActForm):
    """Nothing but the wish, after reading."""


class SignForm(ActForm):
    password = forms.CharField(
        label=_("Your password"),
        help_text=_("Signing asks for it again."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password to sign.")},
    )
    places = {"password": "password"}


class DeclineForm(ActForm):
    note = forms.CharField(
        label=_("Why you decline to sign"),
        help_text=_("The coordinator reads it, and it stays in the history."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    places = {"reason": "note"}


class RescreenForm(ActForm):
    note = forms.CharField(
        label=_("Why the patient is screened again"),
        help_text=_("Which results are to be repeated, and for what reason. The monitor reads it."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    places = {"reason": "note"}


class RetestForm(ActForm):
    """Why one criterion was looked at again; several of these stand on one page."""

    record = None  # type: ignore[assignment] # the reason is of the episode, whatever the record says by now
    criterion = forms.CharField(max_length=60, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Why it was repeated"),
        choices=[("", _("Choose")), *Repeated.choices],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Choose one of the listed reasons.")
        ),
    )
    text = forms.CharField(
        label=_("In words"),
        help_text=_("Read at the site and at signing; the monitor reads the listed reason alone."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    carried = ("version", "criterion")
    places = {"reason": "reason", "text": "text"}

    def __init__(self, *args: Any, criterion: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"retest-{criterion}-%s")
        super().__init__(*args, **kwargs)
        self.of = criterion
        self.initial["criterion"] = criterion


class DeviationForm(ActForm):
    """What was not as the protocol asks."""

    record = None  # type: ignore[assignment] # it is about the episode, whatever the record says by now
    text = forms.CharField(
        label=_("What was not as the protocol asks"),
        help_text=_(
            "It is shown with the screening and on the filed checklist. No verdict changes by it."
        ),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    criterion = forms.ChoiceField(
        label=_("Which criterion it is about"),
        required=False,
        error_messages={"invalid_choice": _("Choose a criterion of the protocol, or none.")},
    )
    occurred_on = DayField(
        required=True,
        label=_("Day on which it happened"),
        help_text=_("2026-11-25 or 25 Nov 2026."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say on which day it happened.")},
    )
    carried = ("version",)
    places = {"text": "text", "criterion": "criterion", "occurred_on": "occurred_on"}

    def __init__(self, *args: Any, criteria: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = [("", _("None in particular")), *criteria]  # type: ignore[attr-defined]


class RegisterForm(ActForm):
    part = forms.ChoiceField(label=_("Part of the trial"), required=False, widget=forms.RadioSelect)
    consent_version = forms.CharField(
        label=_("Version of the consent form"),
        help_text=_("As printed on it, 3.0 for instance."),
        max_length=60,
        required=False,
    )
    consent_on = DayField(
        label=_("Day of consent"),
        help_text=_("2026-11-25 or 25 Nov 2026."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Not a day. Write 2026-11-25 or 25 Nov 2026.")},
    )
    places = {
        "consent": "consent_on",
        "part": "part",
        "part-closed": "part",
        "part-closed-here": "part",
        "part-full": "part",
        "site-full": "part",
    }

    def __init__(self, *args: Any, parts: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = list(parts)  # type: ignore[attr-defined]
        if len(parts) == 1:
            self.initial.setdefault("part", parts[0][0])


class CloseForm(ActForm):
    way = forms.ChoiceField(
        label=_("How it ended, and why"),
        error_messages={"required": _("Choose one of the listed reasons.")},
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    places = {"reason": "way", "nothing-fails": "way"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = [("", _("Choose")), *_WAYS]  # type: ignore[attr-defined]

    def ending(self) -> tuple[State, str]:
        """The state and the coded reason; of a valid form."""
        state, _slash, reason = self.cleaned_data["way"].partition("/")
        return State(state), reason


_WAYS = tuple(
    (state.label, [(f"{state.value}/{code}", words) for code, words in reasons.items()])
    for state, reasons in REASONS.items()
)
