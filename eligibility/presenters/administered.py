"""Sites in words for administrators: what is open, who works there, which approvals are on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.models import SiteApproval
from eligibility.presenters.dates import day
from eligibility.presenters.words import Look
from trialscreen.institution.models import Site, StaffRole

SCREENS = Look(gettext_lazy("Screens"), "pass", "circle-check", "open")
LATER = Look(gettext_lazy("Not open yet"), "wait", "clock", "later")
CLOSED = Look(gettext_lazy("Closed"), "neutral", "ban", "closed")
HOLDS = Look(gettext_lazy("Holds today"), "pass", "check", "now")
BEGINS = Look(gettext_lazy("Begins later"), "wait", "clock", "later")
OVER = Look(gettext_lazy("Over"), "neutral", "archive", "over")
WITHDRAWN = Look(gettext_lazy("Withdrawn"), "fail", "x", "withdrawn")


@dataclass(frozen=True)
class Centre:
    code: str
    name: str
    city: str
    postal_code: str
    time_zone: str
    look: Look
    days: str
    staff: str


@dataclass(frozen=True)
class Approval:
    id: int
    kind: str
    reference: str
    days: str
    look: Look
    recorded: str
    withdrawn: str
    lasts: bool


def centre(site: Site, *, on: date, staff: int) -> Centre:
    opened = _("since %(day)s") if site.opened_on <= on else _("from %(day)s")
    days = opened % {"day": day(site.opened_on)}
    if site.closed_on is not None:
        days = _("%(open)s, closed on %(day)s") % {"open": days, "day": day(site.closed_on)}
    return Centre(
        code=site.code,
        name=site.name,
        city=site.city,
        postal_code=site.postal_code,
        time_zone=site.time_zone,
        look=SCREENS if site.is_open(on=on) else LATER if on < site.opened_on else CLOSED,
        days=days,
        staff=ngettext("%(n)d person", "%(n)d people", staff) % {"n": staff},
    )


def approval(held: SiteApproval, *, on: date) -> Approval:
    look = HOLDS if held.holds(on=on) else BEGINS if on < held.approved_on else OVER
    until = _("until %(day)s") % {"day": day(held.expires_on)} if held.expires_on else ""
    gone = ""
    if held.withdrawn_on is not None:
        look = WITHDRAWN
        gone = f"{day(held.withdrawn_on)}: {held.withdrawn_reason}"
    return Approval(
        id=held.pk,
        kind=held.get_kind_display(),
        reference=held.reference,
        days=" ".join(filter(None, (day(held.approved_on), until))),
        look=look,
        recorded=f"{day(held.recorded_at.date())}, {held.recorded_by.name}",
        withdrawn=gone,
        lasts=held.withdrawn_on is None,
    )


def posts(roles: list[StaffRole]) -> tuple[tuple[int, str, str, str], ...]:
    """Who is at a site: account, name, role, days."""
    return tuple(
        (
            one.account_id,
            one.account.name,
            one.get_role_display(),
            _("from %(first)s until %(last)s")
            % {"first": day(one.first_day), "last": day(one.last_day)}
            if one.last_day
            else _("from %(first)s") % {"first": day(one.first_day)},
        )
        for one in roles
    )


def still_open(count: int) -> str:
    """What becomes of screenings when a site closes."""
    if not count:
        return _("No screening is open here.")
    return ngettext(
        "%(n)d screening is open here. It stays with the site's staff, who end it with its reason; "
        "from the day of closing nobody new is screened or registered.",
        "%(n)d screenings are open here. They stay with the site's staff, who end each with its "
        "reason; from the day of closing nobody new is screened or registered.",
        count,
    ) % {"n": count}
