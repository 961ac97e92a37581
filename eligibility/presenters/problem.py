"""What is wrong with what was handed in, calmly: what, where, and what was kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.forms import Form
from django.utils.translation import gettext as _

from patients.intake.problems import Refused

SHOWN = 20


@dataclass(frozen=True)
class Fault:
    where: str
    what: str
    field: str = ""
    """The form field to go to; empty where the place is inside the bundle."""


@dataclass(frozen=True)
class Problem:
    title: str
    kept: str
    faults: tuple[Fault, ...]
    more: int


def of_form(form: Form) -> Problem:
    faults = tuple(
        Fault(str(form[name].label), str(message), form[name].id_for_label)
        for name, messages in form.errors.items()
        for message in messages
        if name in form.fields
    )
    kept = _("Nothing was evaluated. What you entered is still in the form.")
    return Problem(_("Something is missing or cannot be read"), kept, faults, 0)


def of_bundle(refused: Refused) -> Problem:
    faults = tuple(Fault(issue.place, issue.detail) for issue in refused.issues)
    kept = _("Nothing was evaluated and nothing was stored. Your text is still in the form.")
    title = _("This bundle cannot be evaluated")
    return Problem(title, kept, faults[:SHOWN], max(0, len(faults) - SHOWN))
