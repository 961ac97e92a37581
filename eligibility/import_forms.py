"""What people hand in to import files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eligibility.administration_forms.fields import choose_site
from patients.actions.sources import BY_HAND
from trialscreen.institution.models import Site


class _SeveralFiles(forms.FileInput):
    """A bulk export has a file for each type."""

    allow_multiple_selected = True


class _Files(forms.FileField):
    """One file or several, each as a file by itself."""

    widget = _SeveralFiles(attrs={"multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(_Files, self).clean(one, initial) for one in data or [None]]


class UploadForm(forms.Form):
    """Files of one source, for one site."""

    site = forms.ChoiceField(label=_("Site"))
    source = forms.CharField(
        label=_("Source"),
        help_text=_("The system whose patients they are, by the name under which it sends here."),
        max_length=100,
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )
    system = forms.CharField(
        label=_("System of the numbers"),
        help_text=_("Of a CSV file: if the source knows patients by numbers of several kinds."),
        max_length=300,
        required=False,
    )
    file = _Files(
        label=_("File, or the files of one export"),
        help_text=_(
            "Results as CSV, or a bulk export of FHIR resources as NDJSON; both may be packed with gzip."
        ),
        allow_empty_file=True,
        max_length=1000,
    )

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        choose_site(self.fields["site"], list(sites), none=_("Choose a site"))
        self.fields["source"].initial = BY_HAND
        if len(sites) == 1:
            self.fields["site"].initial = sites[0].code
