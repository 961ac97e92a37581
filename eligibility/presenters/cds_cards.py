"""The card of CDS Hooks: what is known of one patient and one trial, in words, for somebody else's screen.

Its detail is GitHub markdown. Whatever stands in a record or a protocol is text there and nothing else: it makes no
link, no picture, no heading and no element.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LONGEST_SUMMARY: Final = 139
SHOWN: Final = 12
"""Criteria of a kind in one card; the others are counted."""
_LONGEST_TEXT: Final = 400
_GRAMMAR: Final = re.compile(r"[\\`*_\[\]()!|~@#:${}^=]|(?<=[/:])/|/(?=/)")
_WORDS_AROUND: Final = re.compile(r"(?<=[^\W\d_])\.(?=\w)")
"""A dot as in the name of a host, of which some readers make a link."""
_AT_FIRST: Final = re.compile(r"^(\d{0,9})([-+.])")
"""What would begin a list."""
_NO_TEXT: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_PARTS: Final[Mapping[str, Any]] = {
    "patient": "Patient",
    "conditions": "Condition",
    "observations": "Observation",
    "procedures": "Procedure",
    "medicationAdministrations": "MedicationAdministration",
    "medicationRequests": "MedicationRequest",
    "medicationStatements": "MedicationStatement",
}
_DECIDED_BY: Final[Mapping[str, frozenset[str]]] = {
    "patient": frozenset({"patient"}),
    "lab-result": frozenset({"patient", "observations"}),
}
"""Kinds of evidence that no other part of a record can overturn, and the parts that can."""
OVERRIDES: Final = (
    ("considered", "The trial was considered with the patient"),
    ("declined", "The patient does not want to take part"),
    ("not-suitable", "The trial does not suit this patient"),
    ("later", "Not now"),
)
"""Why somebody sets a card aside: offered with it, and told back as feedback."""
OVERRIDE_SYSTEM: Final = "urn:trialscreen:card-override"


def as_text(said: object) -> str:
    """`said` as it reads in markdown, and nothing but text: every sign of its grammar is written out."""
    plain = _NO_TEXT.sub(" ", str(said))
    plain = " ".join(plain.encode(errors="replace").decode().split())
    if len(plain) > _LONGEST_TEXT:
        plain = plain[: _LONGEST_TEXT - 1] + "…"
    plain = _GRAMMAR.sub(r"\\\g<0>", plain)
    plain = _WORDS_AROUND.sub(r"\\.", plain)
    plain = _AT_FIRST.sub(r"\1\\\2", plain)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def allowing_for(document: Mapping[str, Any], missing: Sequence[str]) -> dict[str, Any]:
    """An answer to a record of which parts were not sent: what they could overturn is unknown.

    Met stays only what rests on the Patient or on results, while these were sent whole. What was found not met stays
    so, as what was sent shows it; but only what nothing can change makes somebody ineligible.
    """
    if not missing:
        return dict(document)
    criteria = [_allowing_for(one, missing) for one in document["criteria"]]
    for_good = any(one["verdict"] == "not_met" and one["remedy"] == "none" for one in criteria)
    status = "ineligible" if for_good else "undetermined"
    return {
        **document,
        "criteria": criteria,
        "status": status,
        "to_confirm": [],
        "earliest_date": None,
    }


def _allowing_for(one: Mapping[str, Any], missing: Sequence[str]) -> dict[str, Any]:
    parts = [_DECIDED_BY.get(piece["type"]) for piece in one["evidence"]]
    # Whatever else it rests on could be overturned by any part of a record.
    stands = bool(parts) and all(each is not None and not each & set(missing) for each in parts)
    if one["verdict"] in ("not_met", "unknown") or stands:
        return dict(one)
    return {**one, "verdict": "unknown", "basis": None, "evidence": [], "not_sent": True}


def card(
    document: Mapping[str, Any], *, missing: Sequence[str], base: str, link: str | None
) -> dict[str, Any]:
    """A card of one trial, from an answer as :func:`allowing_for` leaves it.

    `base` is our address, ending in a slash; `link` that of the patient's page here, for whom is known here.
    """
    trial = document["trial"]
    links = []
    if link is not None:
        label = _("Open the candidate in trialscreen")
        links.append({"label": label, "url": link, "type": "absolute"})
    return {
        "uuid": str(uuid.uuid4()),
        "summary": summary(document)[:LONGEST_SUMMARY],
        "indicator": "warning" if missing or document.get("unread") else "info",
        "detail": detail(document, missing),
        "source": {"label": "trialscreen", "url": f"{base}trials/{trial}/"},
        "overrideReasons": [
            {"code": code, "system": OVERRIDE_SYSTEM, "display": words} for code, words in OVERRIDES
        ],
        "links": links,
    }


def summary(document: Mapping[str, Any]) -> str:
    """One line, of numbers and our own words alone."""
    failed, unknown = (_of(document, verdict) for verdict in ("not_met", "unknown"))
    words = {
        "eligible": _("meets the criteria on record"),
        "not_yet": _("not yet: time alone decides"),
        "undetermined": _("cannot be said yet"),
        "ineligible": _("not eligible"),
    }[document["status"]]
    counted = []
    if failed:
        counted.append(_("%(n)d not met") % {"n": len(failed)})
    if unknown:
        counted.append(_("%(n)d need data") % {"n": len(unknown)})
    if document["to_confirm"]:
        counted.append(_("%(n)d to confirm") % {"n": len(document["to_confirm"])})
    return f"{document['trial']}: {words}" + (f" ({', '.join(counted)})" if counted else "")


def detail(document: Mapping[str, Any], missing: Sequence[str]) -> str:
    """Which criteria are not met, which need data and what, which are to be confirmed; and what was not sent."""
    lines = [
        _(
            "As of %(day)s, by version %(version)s of the criteria. Not a decision: people confirm and sign."
        )
        % {"day": as_text(document["on"]), "version": as_text(document["version"])}
    ]
    if document.get("earliest_date"):
        lines.append(_("Earliest date: %(day)s") % {"day": as_text(document["earliest_date"])})
    if missing:
        named = ", ".join(_PARTS[each] for each in missing)
        lines.append(
            "**"
            + _("Not sent, or not whole, by the record system: %(what)s.") % {"what": named}
            + "** "
            + _("What these could show is unknown here.")
        )
    failed = [
        f"{as_text(one['title'])}: {as_text(one['text'])}" for one in _of(document, "not_met")
    ]
    lines += _listed(_("Not met"), failed)
    unknown = _of(document, "unknown")
    needed = [_needs(one) for one in unknown if not one.get("not_sent")]
    lines += _listed(_("Needs data"), needed)
    unsent = [as_text(one["title"]) for one in unknown if one.get("not_sent")]
    lines += _listed(_("Unknown for want of what was not sent"), unsent)
    confirm = set(document["to_confirm"])
    asked = [as_text(one["title"]) for one in document["criteria"] if one["id"] in confirm]
    lines += _listed(_("None on record, to be confirmed"), asked)
    unread = sum(len(document.get(name, ())) for name in ("unread", "unrecognised"))
    if unread:
        said = ngettext(
            "%(n)d record could not be read and decides nothing.",
            "%(n)d records could not be read and decide nothing.",
            unread,
        )
        lines.append(said % {"n": unread})
    return "\n\n".join(lines)


def _of(document: Mapping[str, Any], verdict: str) -> list[Mapping[str, Any]]:
    return [one for one in document["criteria"] if one["verdict"] == verdict]


def _needs(one: Mapping[str, Any]) -> str:
    wanted = "; ".join(as_text(need["what"]) for need in one["needs"]) or as_text(one["text"])
    return f"{as_text(one['title'])}: {wanted}"


def _listed(heading: str, items: Sequence[str]) -> list[str]:
    if not items:
        return []
    shown = [f"- {one}" for one in items[:SHOWN]]
    if len(items) > SHOWN:
        shown.append("- " + _("and %(n)d more") % {"n": len(items) - SHOWN})
    return [f"**{heading} ({len(items)})**", "\n".join(shown)]
