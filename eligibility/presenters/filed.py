"""The filed checklist in words: plain data for the template, nothing of markup."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility.models import Determination, Registration, Screening, State
from eligibility.presenters import checklist
from eligibility.presenters.dates import day, in_prose, span
from eligibility.presenters.people import born, full_name, initials, place, sex_of
from eligibility.presenters.retests import words_of
from eligibility.presenters.screenings import how_signed
from eligibility.presenters.words import STATUS, sentence
from eligibility.reports.filed import Filed, Repeat

SIGNS = {"pass": "✓", "fail": "✗", "unknown": "?", "presumed": "○", "neutral": "–"}
"""Beside the word of a verdict, for who reads without colours."""


def document(filed: Filed, *, printed_by: str, printed_at: datetime) -> dict[str, Any]:
    """What the template shows. The same screening, person and moment give the same document."""
    held, answer = filed.screening, filed.assessment.answer
    name = _("Eligibility checklist")
    return {
        "title": f"{name} {held.trial.number} {held.label}",
        "name": name,
        "lang": "en",
        "trial": held.trial.number,
        "trial_title": held.trial.title,
        "number": held.label,
        "standing": _standing(filed),
        "final": filed.sign_off is not None and not filed.fault,
        "status": str(STATUS[filed.assessment.status].label),
        "patient": _patient(filed),
        "about": _about(filed),
        "groups": [_group(group) for group in checklist.groups(answer, {})],
        "notes": _notes(filed),
        "confirmed": _confirmed(filed.determination, held),
        "signed": _signed(filed, held),
        "wet": [_("Coordinator"), _("Investigator")],
        "foot": _("%(trial)s · %(number)s · %(site)s · printed by %(who)s, %(when)s")
        % {
            "trial": held.trial.number,
            "number": held.label,
            "site": held.site.name,
            "who": printed_by,
            "when": moment(printed_at, held),
        },
    }


def moment(at: datetime, held: Screening) -> str:
    """A moment by the clock of the site, with its distance from UTC."""
    local = timezone.localtime(at, held.site.zone)
    return f"{day(local.date())}, {local:%H:%M} ({local:%Z}, UTC{local:%z})"


def _standing(filed: Filed) -> str:
    """One sentence on what this paper is worth."""
    if filed.fault:
        return filed.fault
    if filed.registration is not None:
        return _("Registered on the confirmed and signed findings below.")
    if filed.sign_off is not None:
        return _("Confirmed and signed.")
    if filed.determination is not None:
        return _("Confirmed, not signed.")
    if filed.voidings:
        return _("Working copy: what was confirmed before no longer holds, and nothing is signed.")
    return _("Working copy: nobody has confirmed or signed these findings.")


def _patient(filed: Filed) -> list[list[str]]:
    who, held = filed.who, filed.screening
    given, family = (who.given_name, who.family_name) if who else ("", "")
    days: tuple[date | None, date | None] = (
        (who.birth_first, who.birth_last) if who else (None, None)
    )
    rows = [
        [_("Patient"), f"{full_name(given, family)} ({initials(given, family)})"],
        [_("Born"), born(days)],
        [_("Sex"), str(sex_of(who.sex if who else ""))],
        [_("Identifiers"), ", ".join(one.value for one in filed.identifiers) or _("none")],
        [_("Site"), place(held.site)],
        [_("Screening"), _screened(filed)],
    ]
    placed = filed.registration
    if placed is not None:
        rows.append([_("Registered"), _registered(placed)])
    return rows


def _screened(filed: Filed) -> str:
    held = filed.screening
    return _("%(number)s, episode %(episode)d, opened %(day)s: %(state)s") % {
        "number": held.label,
        "episode": held.episode,
        "day": day(held.opened_on),
        "state": str(State(held.state).label).lower(),
    }


def _registered(placed: Registration) -> str:
    return _("%(day)s, subject %(n)d, part %(part)s; consent version %(version)s of %(on)s") % {
        "day": day(placed.registered_on),
        "n": placed.subject_number,
        "part": placed.part.name,
        "version": placed.consent_version,
        "on": day(placed.consent_on),
    }


def _about(filed: Filed) -> list[list[str]]:
    made, answer = filed.assessment, filed.assessment.answer
    windows = ", ".join(span(one["from"], one["to"]) for one in answer["windows"])
    return [
        [_("Findings as of"), day(made.on)],
        [_("Eligible"), windows or _("on no day of the horizon")],
        [_("Criteria version"), answer["version"]],
        [_("Engine, dictionary"), f"{answer['engine']}, {answer['dictionary']}"],
        [_("Record version"), str(made.record_version)],
        [_("Digest of the criteria"), answer["digest"]],
    ]


def _group(group: checklist.Group) -> dict[str, Any]:
    return {"title": str(group.title), "rows": [_row(row) for row in group.rows]}


def _row(row: checklist.Row) -> dict[str, str]:
    label = str(row.look.label)
    said = [row.text, *row.needs, *row.warnings, *row.conflicts]
    return {
        "number": row.number,
        "requirement": sentence(row.requirement or row.title),
        "tone": row.look.tone,
        "sign": SIGNS.get(row.look.tone, "?"),
        "verdict": f"{label} ({row.look.caption})" if row.look.caption else label,
        "finding": " ".join(part for part in said if part),
        "source": row.source,
    }


def _notes(filed: Filed) -> list[list[str]]:
    """What a reader of the table has to know beside it: set aside, not recognised, repeated, voided, deviations."""
    answer = filed.assessment.answer
    kinds = (("set_aside", _("Set aside")), ("unrecognised", _("Not recognised")))
    notes = [
        [title, in_prose("; ".join(_record(one) for one in answer[key]))]
        for key, title in kinds
        if answer[key]
    ]
    titles = {one["id"]: one["title"] for one in answer["criteria"]}
    notes += [
        [
            _("Repeated after a failure: %(criterion)s")
            % {"criterion": titles.get(one.criterion, one.criterion)},
            _repeated(one, filed.screening),
        ]
        for one in filed.repeats
    ]
    notes += [
        [
            _("No longer held, %(when)s") % {"when": moment(one.at, filed.screening)},
            in_prose(" ".join(change["text"] for change in one.changes)),
        ]
        for one in filed.voidings
    ]
    notes += [
        [_("Deviation, %(day)s") % {"day": day(one.occurred_on)}, in_prose(one.text)]
        for one in filed.deviations
    ]
    return notes


def _repeated(one: Repeat, held: Screening) -> str:
    """What was found before, and why another result was taken."""
    before = _("In the episode before: %(finding)s") % {"finding": sentence(one.before)}
    why = one.reason
    if why is None:
        return f"{before} {_('No reason is given yet.')}"
    words = f"{words_of(why.reason)}: {why.text}" if why.text else words_of(why.reason)
    return f"{before} {sentence(words)} ({why.by_name}, {moment(why.at, held)})"


def _record(notice: dict[str, Any]) -> str:
    parts = (notice["text"] or notice["type"], notice["code"], notice["detail"])
    return ", ".join(part for part in parts if part)


def _confirmed(standing: Determination | None, held: Screening) -> dict[str, str] | None:
    if standing is None:
        return None
    return {
        "who": standing.by_name,
        "when": moment(standing.at, held),
        "meaning": _("Confirmed the findings above, as of %(day)s.")
        % {"day": day(standing.assessment.on)},
        "digest": standing.digest,
        "check": "",
    }


def _signed(filed: Filed, held: Screening) -> dict[str, str] | None:
    signature = filed.sign_off
    if signature is None:
        return None
    return {
        "who": signature.by_name,
        "when": ", ".join(filter(None, (moment(signature.at, held), how_signed(signature)))),
        "meaning": signature.meaning,
        "digest": signature.digest,
        "check": filed.fault or _("Worked out again for this print: the same."),
    }
