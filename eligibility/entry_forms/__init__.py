"""The small forms that fill the gaps of a criterion: each says what is wrong beside the field and keeps what was typed.

A form reads; what it makes is handed to the actions that everything else goes through.
"""

from __future__ import annotations

from eligibility.entry_forms.base import EntryForm, FactForm
from eligibility.entry_forms.correcting import CorrectionForm
from eligibility.entry_forms.judging import AgainForm, SetAsideForm, StatementForm
from eligibility.entry_forms.offered import FORMS, bound, offered
from eligibility.entry_forms.saving import save

__all__ = [
    "FORMS",
    "AgainForm",
    "CorrectionForm",
    "EntryForm",
    "FactForm",
    "SetAsideForm",
    "StatementForm",
    "bound",
    "offered",
    "save",
]
