"""A site's reference ranges and policy in words for administrators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.models import SitePolicy
from eligibility.presenters.administration import moment
from eligibility.presenters.dates import day
from eligibility.presenters.words import Look
from eligibility.rules.policy import Policy
from patients.models import RangeChange, ReferenceRange
from trialscreen.institution.models import Account, Site

ANALYTES = (
    ("bilirubin", gettext_lazy("Bilirubin")),
    ("creatinine", gettext_lazy("Creatinine")),
    ("ast", gettext_lazy("AST")),
    ("alt", gettext_lazy("ALT")),
)
SEXES = (
    ("any", gettext_lazy("Any")),
    ("female", gettext_lazy("Female")),
    ("male", gettext_lazy("Male")),
)
KINDS = {
    "added": gettext_lazy("Stated"),
    "ended": gettext_lazy("Ended"),
    "corrected": gettext_lazy("Corrected"),
}
NOW = Look(gettext_lazy("Valid today"), "pass", "check", "now")
LATER = Look(gettext_lazy("Valid later"), "wait", "clock", "later")
OVER = Look(gettext_lazy("No longer valid"), "neutral", "archive", "over")
HELD = Look(gettext_lazy("In force"), "pass", "check", "now")
REPLACED = Look(gettext_lazy("Replaced"), "neutral", "archive", "over")


@dataclass(frozen=True)
class Range:
    id: int
    analyte: str
    high: str
    whom: str
    laboratory: str
    days: str
    look: Look


@dataclass(frozen=True)
class Change:
    when: str
    by: str
    what: str
    reason: str


@dataclass(frozen=True)
class Held:
    """One setting of a site's policy."""

    since: str
    look: Look
    values: tuple[str, ...]
    by: str
    reason: str


def limit(row: ReferenceRange, *, on: date) -> Range:
    begun = row.valid_from is None or row.valid_from <= on
    over = row.valid_to is not None and row.valid_to < on
    return Range(
        id=row.pk,
        analyte=str(dict(ANALYTES)[row.analyte]),
        high=_("up to %(high)s %(unit)s")
        % {"high": row.stated or f"{row.high.normalize():f}", "unit": row.unit},
        whom=_whom(row),
        laboratory=row.laboratory or _("Every laboratory"),
        days=_days(row.valid_from, row.valid_to),
        look=OVER if over else NOW if begun else LATER,
    )


def _whom(row: ReferenceRange) -> str:
    sex = str(dict(SEXES)[row.sex]) if row.sex != "any" else _("Everybody")
    low, high = (
        None if age is None else f"{age.normalize():f}" for age in (row.age_low, row.age_high)
    )
    if low is None and high is None:
        return sex
    if high is None:
        return _("%(sex)s from %(low)s years") % {"sex": sex, "low": low}
    if low is None:
        return _("%(sex)s up to %(high)s years") % {"sex": sex, "high": high}
    return _("%(sex)s, %(low)s to %(high)s years") % {"sex": sex, "low": low, "high": high}


def _days(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return _("always")
    if last is None:
        return _("from %(first)s") % {"first": day(first)}
    if first is None:
        return _("until %(last)s") % {"last": day(last)}
    return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}


def change(row: RangeChange, site: Site) -> Change:
    return Change(
        when=moment(row.recorded_at, site),
        by=_by(row.by),
        what=f"{KINDS[row.kind]}: {dict(ANALYTES)[row.analyte]}, {_days(row.first, row.last)}",
        reason=row.reason,
    )


def impact(count: int) -> str:
    """Whom a change of ranges concerns."""
    if not count:
        return _("No patient of the site has a result of these analytes.")
    return ngettext(
        "%(n)d patient of the site has such results and is assessed again where the change counts.",
        "%(n)d patients of the site have such results and are assessed again where the change counts.",
        count,
    ) % {"n": count}


def history(rows: Iterable[SitePolicy], policy: Policy, *, site: Site, on: date) -> list[Held]:
    """Settings of a site, the latest first; one of them is in force."""
    shown: list[Held] = []
    found = False
    for row in rows:
        later = row.effective_from > on
        look = LATER if later else REPLACED if found else HELD
        found = found or not later
        shown.append(
            Held(
                since=day(row.effective_from),
                look=look,
                values=values(row.values, policy),
                by=f"{moment(row.recorded_at, site)}, {_by(row.by)}",
                reason=row.reason,
            )
        )
    return shown


def values(set_values: dict[str, int | bool], policy: Policy) -> tuple[str, ...]:
    """Each value that is set, by its title."""
    said = [
        ngettext("%(title)s: %(n)d day", "%(title)s: %(n)d days", set_values[one.name])
        % {"title": one.title, "n": set_values[one.name]}
        for one in policy.windows
        if one.name in set_values
    ]
    said += [
        f"{one.title}: {_('yes') if set_values[one.name] else _('no')}"
        for one in policy.switches
        if one.name in set_values
    ]
    known = {one.name for one in policy.windows} | {one.name for one in policy.switches}
    said += [f"{name}: {value}" for name, value in set_values.items() if name not in known]
    return tuple(said) or (_("The protocol's own"),)


def _by(account: Account | None) -> str:
    return account.name or account.username if account is not None else _("at set-up")
