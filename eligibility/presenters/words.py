"""The one table from verdict, basis and status to label, tone and icon, and the other closed lists.

Tones are names of our style sheet: ``pass``, ``fail``, ``unknown``, ``presumed`` (nothing on
record, nobody has confirmed it), ``neutral``, ``wait``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from eligibility.presenters.dates import in_prose

Words = str | Promise


@dataclass(frozen=True)
class Look:
    """How one verdict looks: never colour alone, so each has a word and an icon of its own."""

    label: Words
    tone: str
    icon: str
    group: str
    """The filter it is found under: fails, unknown, confirm or met."""
    caption: Words = ""


PRESUMED = Look(_("None on record"), "presumed", "circle-dashed", "confirm", _("to be confirmed"))
UNKNOWN = Look(_("Unknown"), "unknown", "question-mark", "unknown")
NOT_APPLICABLE = Look(_("Not applicable"), "neutral", "minus", "met")

LOOKS = {
    ("inclusion", "met"): Look(_("Met"), "pass", "check", "met"),
    ("inclusion", "not_met"): Look(_("Not met"), "fail", "x", "fails"),
    ("inclusion", "unknown"): UNKNOWN,
    ("inclusion", "not_applicable"): NOT_APPLICABLE,
    ("exclusion", "met"): Look(_("Absent"), "pass", "check", "met"),
    ("exclusion", "not_met"): Look(_("Present"), "fail", "x", "fails"),
    ("exclusion", "unknown"): UNKNOWN,
    ("exclusion", "not_applicable"): NOT_APPLICABLE,
}
STATED = _("as stated")

STATUS = {
    "eligible": Look(_("Eligible"), "pass", "circle-check", "met"),
    "not_yet": Look(_("Not yet"), "wait", "hourglass", "fails"),
    "undetermined": Look(_("Undetermined"), "unknown", "help-circle", "unknown"),
    "ineligible": Look(_("Ineligible"), "fail", "ban", "fails"),
}

FILTERS = (
    ("all", _("All")),
    ("fails", _("Fails")),
    ("unknown", _("Unknown")),
    ("confirm", _("To confirm")),
    ("met", _("Met")),
)

REASONS: dict[str, Words] = {
    "newer-than-statement": _("A record is newer than the statement"),
    "attestation-expired": _("The statement is no longer valid"),
    "needs-statement": _("Only a statement decides"),
    "conflicting": _("The records contradict each other"),
    "unit": _("The unit cannot be used"),
    "implausible": _("The value is implausible; check the unit"),
    "unreadable": _("The value cannot be read"),
    "comparator": _("The value is a bound that straddles the limit"),
    "no-reference-range": _("No single upper limit of normal"),
    "partial-date": _("The date is not precise enough"),
    "provisional": _("The deciding record is uncertain"),
    "intent-not-stated": _("The setting of the therapy is not stated"),
    "route-not-stated": _("The route is not stated"),
    "extent-not-stated": _("The extent of the operation is not stated"),
    "method-not-stated": _("The method of measurement is not stated"),
    "site-not-stated": _("The site is not stated"),
    "needs-confirmation": _("A screening test needs confirmation"),
    "needs-judgement": _("A person must judge the record"),
    "missing": _("Nothing usable on record"),
    "too-old": _("The last result is too old"),
    "decided": "",
}

REMEDIES = {
    "time": _("Time alone clears this"),
    "new_data": _("A new result, answer or correction may change this"),
    "none": _("Nothing can change this"),
}

HEADINGS = {
    "Ages Eligible for Study": _("Age"),
    "DISEASE CHARACTERISTICS": _("Disease characteristics"),
    "PATIENT CHARACTERISTICS": _("Patient characteristics"),
    "PRIOR CONCURRENT THERAPY": _("Prior and concurrent therapy"),
}

_SIGNS = (
    (
        re.compile(r"[x×]?10[*^](\d+)"),
        lambda m: "×10" + m[1].translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")),
    ),
    (re.compile(r"\bu(?=(?:mol|kat|g|L|m)\b)"), lambda _m: "µ"),
    (re.compile(r">="), lambda _m: "≥"),
    (re.compile(r"<="), lambda _m: "≤"),
    (re.compile(r" \* "), lambda _m: " × "),
)


def look_of(criterion: Mapping[str, Any], to_confirm: frozenset[str]) -> Look:
    """How one verdict looks. What is presumed from silence never looks like shown evidence."""
    if criterion["basis"] == "absence" and criterion["id"] in to_confirm:
        return PRESUMED
    look = LOOKS[criterion["kind"], criterion["verdict"]]
    if criterion["basis"] != "attestation":
        return look
    icon = "user-check" if look.group == "met" else look.icon
    return Look(look.label, look.tone, icon, look.group, STATED)


def sentence(text: object) -> str:
    """A sentence for the eye: clinic dates, ``×10⁹/L``, ``µmol/L``, ``≤``; the words stay."""
    shown = in_prose("" if text is None else str(text))
    for sign, written in _SIGNS:
        shown = sign.sub(written, shown)
    return shown


def heading(of_registry: str) -> Words:
    return HEADINGS.get(of_registry) or of_registry.capitalize()


SECTIONS = {
    "disease": HEADINGS["DISEASE CHARACTERISTICS"],
    "patient": HEADINGS["PATIENT CHARACTERISTICS"],
    "prior-therapy": HEADINGS["PRIOR CONCURRENT THERAPY"],
}


def number_of(place: str) -> str:
    """The bullet of a place in the registry text: ``2.1`` of ``prior-therapy/2.1``."""
    bullet = place.rpartition("/")[2]
    return bullet if bullet[:1].isdigit() else "–"


def place_of(place: str) -> str:
    """A place in words: ``Disease characteristics, bullet 1.1``."""
    section, _slash, bullet = place.partition("/")
    if section not in SECTIONS:
        return str(_("structured field “Ages Eligible for Study”"))
    return str(_("%(section)s, bullet %(bullet)s")) % {
        "section": SECTIONS[section],
        "bullet": bullet,
    }


POLICY = {
    "hematology": _("haematology window"),
    "chemistry": _("chemistry window"),
    "pregnancy": _("pregnancy test window"),
    "imaging": _("imaging window"),
    "ecog": _("ECOG window"),
    "attestation_validity": _("a statement counts for"),
    "horizon": _("horizon"),
    "ct_is_spiral": _("all CT is spiral"),
}


def policy_of(values: Mapping[str, Any]) -> tuple[tuple[Words, str], ...]:
    """Policy values by name, for the eye: days as days, switches as yes or no."""
    return tuple((POLICY.get(name, name), _setting(value)) for name, value in values.items())


def _setting(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return ngettext("%(n)d day", "%(n)d days", value) % {"n": value}
