"""Records in one line each, to be chosen from: behind a criterion, set aside, or measured before."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from eligibility.entries import Desk, Held
from eligibility.evidence import evidence_item
from eligibility.presenters.dates import day
from eligibility.presenters.facts import amount, when
from eligibility.presenters.people import client_in_words
from eligibility.presenters.words import sentence
from eligibility.rules.finding import Evidence
from patients.models import SetAside


def named(held: Held) -> str:
    """A record in one line: what, when, which value, where from."""
    item = evidence_item(Evidence(held.fact))
    value = " ".join(part for part in (item["value"], item["unit"]) if part)
    label = item["label"] or item["code"]
    dated = "" if item["type"] == "prior-therapy" and " to " in value else day(item["date"])
    parts = (label, "" if value == item["code"] else value, dated, held.ref)
    return sentence(", ".join(part for part in parts if part))


def to_set_aside(held: Held) -> str:
    """A record in one line, and where it is so that only an investigator may set it aside."""
    if not held.against:
        return named(held)
    return _("%s – confirmed, decides against the patient: only by an investigator") % named(held)


def lesions(desk: Desk) -> list[tuple[str, str]]:
    """The lesions that were measured before, each with its last measurement, by how their records name them."""
    found: dict[str, str] = {}
    measured = sorted(desk.record.measured, key=lambda one: (one.own or date.min, one.ref))
    for one in reversed(measured):
        # A structure inside of its own record can be named by no other one.
        if one.focus and "#" not in one.focus:
            name = one.focus.partition("|")[2] or one.focus
            said = (name, one.label, amount(one.size), when(one.collected))
            found.setdefault(one.focus, sentence(", ".join(part for part in said if part)))
    return list(found.items())


def aside(one: SetAside) -> str:
    """A record that was set aside, in one line."""
    parts = (
        one.ref,
        str(one.get_reason_display()),
        one.note,
        one.by.name if one.by else client_in_words(one.client),
    )
    return ", ".join(part for part in parts if part)
