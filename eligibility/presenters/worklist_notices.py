"""What came of something done on the worklist: one sentence, kept for the next page. JSON-ready."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eligibility.policies import Refusal


def given(count: int, name: str, *, undo: str) -> dict[str, Any]:
    """So many screenings were given to somebody, or with an empty name to nobody."""
    if not count:
        return _notice(_("None of these is open any more: nothing was changed."), went_well=False)
    if name:
        said = ngettext(
            "%(n)d screening given to %(name)s.", "%(n)d screenings given to %(name)s.", count
        )
    else:
        said = ngettext(
            "%(n)d screening is nobody’s now.", "%(n)d screenings are nobody’s now.", count
        )
    return _notice(said % {"n": count, "name": name}, undo=undo)


def given_back(count: int, *, of: int) -> dict[str, Any]:
    """What an undo did; somebody else may have been given some of them since."""
    said = ngettext(
        "Undone: %(n)d screening is with whom it was before.",
        "Undone: %(n)d screenings are with whom they were before.",
        count,
    ) % {"n": count}
    if count < of:
        more = _("%(n)d had been given to somebody else since and stayed there.")
        said += " " + more % {"n": of - count}
    return _notice(said)


def undo_is_over() -> dict[str, Any]:
    return _notice(_("This can no longer be undone: give them to somebody anew."), went_well=False)


def nothing_chosen(form: Form) -> dict[str, Any]:
    if "screening" in form.errors:
        return _notice(_("Choose at least one screening first."), went_well=False)
    return _notice(_("Choose whom to give them to."), went_well=False)


def refused(refusal: Exception) -> dict[str, Any]:
    said = refusal.sentence if isinstance(refusal, Refusal) else _("There is no such person here.")
    return _notice(said, went_well=False)


def _notice(text: str, *, undo: str = "", went_well: bool = True) -> dict[str, Any]:
    return {"text": text, "undo": undo, "went_well": went_well}
