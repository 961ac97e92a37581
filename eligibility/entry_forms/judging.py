"""What people state: an answer to a criterion; a record set aside, and counted again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.actions.entering import Said
from eligibility.entry_forms.base import EntryForm, line, says_why, text
from eligibility.entry_forms.fields import WholeDay
from eligibility.presenters import entering as words
from eligibility.presenters import held as told
from patients.models import SetAside

EXCEPTION = "low-dose-exception"


class StatementForm(EntryForm):
    """An answer to a criterion, in one's own name."""

    way = "statement"
    verb = _("Save the answer")
    past = ("stated_on", "source_dated")

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16, required=False)

    def prepare(self) -> None:
        self.title = words.statement_title(self.desk)
        answers = words.answers(self.desk.criterion)
        radio = forms.ChoiceField(choices=answers, widget=forms.RadioSelect, label=_("Answer"))
        self.add("answer", radio)
        if self._has_exception:
            label = _(
                "“Met” by the exception: it was low-dose, non-myelosuppressive radiotherapy, and the patient has "
                "recovered"
            )
            self.add("exception", forms.BooleanField(required=False, label=label))
        if self.rests_on_absence and self.desk.notices:
            label = _("I have looked at the records listed above; none of them speaks against it")
            self.add("looked", forms.BooleanField(required=False, label=label))
            self.initial["seen"] = self.desk.seen
        source = line(longest=250, label=_("Source document"), help_text=words.SOURCE_HINT)
        self.add("source", source)
        self.add("source_dated", WholeDay(label=_("Date of the source")))
        self.add("stated_on", WholeDay(label=_("Stated on")), self.desk.today.isoformat())
        self.add("note", text(required=False, label=_("Note")))

    @property
    def _has_exception(self) -> bool:
        allowed = self.desk.criterion.attestable
        return allowed is not None and allowed.weighed_inside

    @property
    def rests_on_absence(self) -> bool:
        """Whether “met” means that there is nothing of the kind."""
        return words.rests_on_absence(self.desk)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("exception") and given.get("answer") not in ("met", None):
            self.add_error("exception", _("The exception goes with the answer “met”."))
        dated, stated = given.get("source_dated"), given.get("stated_on")
        if dated and stated and dated > stated:
            self.add_error("stated_on", _("The answer is older than its source."))
        if "looked" in self.fields and given.get("answer") in ("met", "not_applicable"):
            if not given.get("looked"):
                self.add_error("looked", _("Look at the listed records first, then tick this."))
            elif given.get("seen") != self.desk.seen:
                self.add_error("looked", _("These records have changed since: look at them again."))
        return given

    def said(self) -> Said:
        given = self.cleaned_data
        return Said(
            answer=given["answer"],
            stated_on=given["stated_on"],
            detail=EXCEPTION if given.get("exception") else "",
            source=" ".join(given["source"].split()),
            source_dated=given["source_dated"],
            note=given["note"],
        )


class SetAsideForm(EntryForm):
    """A record that is to count no more, and why."""

    way = "set-aside"
    title = _("Withdraw a record or set it aside")
    hint = _("It stays readable, with your name and the reason, and is shown at signing.")
    verb = _("Set aside")

    def prepare(self) -> None:
        records = [(one.key, told.to_set_aside(one)) for one in self.desk.records]
        self.add(
            "record",
            forms.ChoiceField(choices=records, widget=forms.RadioSelect, label=_("Record")),
        )
        reasons = [("", _("Choose…")), *SetAside.REASONS]
        self.add("reason", forms.ChoiceField(choices=reasons, label=_("Reason")))
        self.add("note", text(required=False, label=_("Note")))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if (
            given.get("reason") == "not-meant"
            and not given.get("note")
            and "note" not in self.errors
        ):
            self.add_error("note", _("Say why the criterion does not mean this record."))
        return given


class AgainForm(EntryForm):
    """A record that was set aside and is to count again."""

    way = "count-again"
    title = _("Let a record count again")
    verb = _("Count it again")

    def prepare(self) -> None:
        records = [(str(one.pk), told.aside(one)) for one in self.desk.asides]
        self.add(
            "record",
            forms.ChoiceField(choices=records, widget=forms.RadioSelect, label=_("Set aside")),
        )
        self.add("note", text(label=_("Why it counts after all"), validators=[says_why]))
