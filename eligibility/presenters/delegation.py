"""The delegation log of a site in words: who may do what, from when until when, and who has signed for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.presenters.dates import day
from eligibility.presenters.notes import moment, named
from eligibility.presenters.people import place
from eligibility.presenters.words import Look, Words
from trialscreen.institution.models import Delegation, Duty, PrincipalInvestigator, Site

COUNTS = Look(gettext_lazy("Counts today"), "pass", "circle-check", "counts")
WAITS = Look(gettext_lazy("Not signed yet"), "unknown", "hourglass", "waits")
LATER = Look(gettext_lazy("Later"), "wait", "clock", "later")
ENDED = Look(gettext_lazy("Ended"), "neutral", "archive", "ended")
WITHDRAWN = Look(gettext_lazy("Withdrawn"), "neutral", "x", "withdrawn")
MEANING = gettext_lazy(
    "I delegate the duties that I have chosen to the persons named, for the days named. They are qualified for them."
)
"""What the signature of a principal investigator in the log means."""


@dataclass(frozen=True)
class Entry:
    id: int
    person: str
    duty: Words
    first_day: str
    last_day: str
    """Empty: until it is ended."""
    entered: str
    signed: str
    ended: str
    look: Look
    waits: bool
    """For the principal investigator's signature."""
    lasts: bool
    """It can still be ended or withdrawn."""


@dataclass(frozen=True)
class Term:
    """Who answers for the trial at the site, and when."""

    name: str
    first_day: str
    last_day: str
    named: str
    now: bool


@dataclass(frozen=True)
class Log:
    trial: str
    code: str
    place: str
    terms: tuple[Term, ...]
    principal: str
    entries: tuple[Entry, ...]
    waiting: int
    keeps: bool
    """Who looks at it may enter and end."""
    signs: bool
    """Who looks at it is the principal investigator of today."""


def present(
    site: Site,
    *,
    trial: str,
    entries: Iterable[Delegation],
    principals: Iterable[PrincipalInvestigator],
    viewer: int,
    keeps: bool,
    on: date,
) -> Log:
    """View objects of the log as of a day at the site."""
    terms = list(principals)
    now = next((one for one in terms if _is_now(one, on)), None)
    lines = tuple(_entry(one, site, on) for one in entries)
    return Log(
        trial=trial,
        code=site.code,
        place=place(site),
        terms=tuple(_term(one, site, on) for one in terms),
        principal=named(now.account) if now is not None else "",
        entries=lines,
        waiting=sum(one.waits for one in lines),
        keeps=keeps,
        signs=keeps and now is not None and now.account_id == viewer,
    )


def _entry(one: Delegation, site: Site, on: date) -> Entry:
    look = _look(one, on)
    return Entry(
        id=one.pk,
        person=named(one.account),
        duty=Duty(one.duty).label,
        first_day=day(one.first_day),
        last_day=day(one.last_day),
        entered=_done(one.entered_by.name or one.entered_by.username, moment(one.entered_at, site)),
        signed=_done(named(one.signed_by), moment(one.signed_at, site)) if one.signed_at else "",
        ended=_done(named(one.ended_by), moment(one.ended_at, site)) if one.ended_at else "",
        look=look,
        waits=look is WAITS,
        lasts=look in (WAITS, COUNTS, LATER),
    )


def _look(one: Delegation, on: date) -> Look:
    if one.last_day is not None and one.last_day < on:
        return ENDED
    if one.signed_at is None:
        return WITHDRAWN if one.ended_at is not None else WAITS
    return LATER if one.first_day > on else COUNTS


def _term(one: PrincipalInvestigator, site: Site, on: date) -> Term:
    said = ""
    if one.named_by is not None and one.named_at is not None:
        said = _done(named(one.named_by), moment(one.named_at, site))
    return Term(named(one.account), day(one.first_day), day(one.last_day), said, _is_now(one, on))


def _is_now(one: PrincipalInvestigator, on: date) -> bool:
    return one.first_day <= on and (one.last_day is None or on <= one.last_day)


def _done(name: str, when: str) -> str:
    return _("%(name)s, %(when)s") % {"name": name, "when": when}
