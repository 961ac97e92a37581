"""What the addresses of the lists ask, and what is typed above them."""

from __future__ import annotations

from django import forms

from eligibility import listing, tabs, worklist
from patients import arrived
from patients.models.messages import OUTCOMES
from trialscreen.institution.sealed import unsealed

LARGEST_KEY = 2**63 - 1


class SearchForm(forms.Form):
    """What somebody looks for: as it was typed, or as an address holds it."""

    q = forms.CharField(max_length=100, required=False)
    find = forms.CharField(max_length=1000, required=False)
    """Sealed (`trialscreen.institution.sealed`). What is typed goes before it."""

    def searched(self) -> str:
        said: str = self.cleaned_data.get("q", "")
        return said or unsealed(self.cleaned_data.get("find", ""))


class PatientsForm(SearchForm):
    """What an address of the list of patients asks. What cannot be meant is left out, not refused."""

    status = forms.ChoiceField(
        choices=[(status, status) for status in (*listing.STATUSES, listing.UNASSESSED)],
        required=False,
    )
    sort = forms.ChoiceField(choices=[(sort, sort) for sort in listing.SORTS], required=False)
    page = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)

    def asked(self) -> listing.Asked:
        self.is_valid()
        given = self.cleaned_data
        return listing.Asked(
            self.searched(),
            given.get("status", ""),
            given.get("sort") or listing.SORTS[0],
            given.get("page") or 1,
        )


class WorklistForm(SearchForm):
    """What an address of the worklist asks. What cannot be meant is left out, not refused."""

    tab = forms.ChoiceField(choices=[(tab.value, tab.value) for tab in tabs.Tab])
    who = forms.RegexField(rf"^(?:{worklist.ME}|{worklist.NOBODY}|[0-9]{{1,9}})$", required=False)
    sort = forms.ChoiceField(choices=[(sort, sort) for sort in worklist.SORTS], required=False)
    at = forms.CharField(max_length=300, required=False)

    def asked(self) -> worklist.Asked:
        self.is_valid()
        given = self.cleaned_data
        return worklist.Asked(
            tabs.Tab(given.get("tab") or tabs.Tab.OPEN),
            self.searched(),
            given.get("who", ""),
            given.get("sort", ""),
            given.get("at", ""),
        )


class MessagesForm(forms.Form):
    """What an address of the list of messages asks. What cannot be meant is left out, not refused."""

    outcome = forms.ChoiceField(choices=[(one, one) for one in OUTCOMES], required=False)
    sender = forms.IntegerField(min_value=1, max_value=LARGEST_KEY, required=False)
    day = forms.DateField(input_formats=["%Y-%m-%d"], required=False)
    before = forms.IntegerField(min_value=1, max_value=LARGEST_KEY, required=False)

    def asked(self) -> arrived.Asked:
        self.is_valid()
        given = self.cleaned_data
        return arrived.Asked(
            given.get("outcome", ""), given.get("sender"), given.get("day"), given.get("before")
        )
