"""What people hand in to record two patients as one person, or to take that back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class _Plain(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class FindForm(_Plain):
    """Another record, by one of its numbers."""

    number = forms.CharField(
        label=_("Number of the other record"),
        help_text=_("A medical record number or another identifier of this site, in full."),
        max_length=300,
    )


class MergeForm(_Plain):
    """That two records, as they were shown, are one person's."""

    other = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    seen_other = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why they are one person"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    source_document = forms.CharField(
        label=_("Document that says so"), max_length=300, required=False
    )
    confirmation = forms.CharField(
        label=_("How it was made sure, although they disagree"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, disagree: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not disagree:
            del self.fields["confirmation"]


class ReversalForm(_Plain):
    """That a merge was wrong."""

    reason = forms.CharField(
        label=_("Why they are two people"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
