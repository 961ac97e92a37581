"""People, their roles and how far their accounts are, in words for administrators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eligibility.presenters.dates import day
from eligibility.presenters.words import Look
from trialscreen.institution.models import Account, Site, StaffRole

ACTIVE = Look(gettext_lazy("Active"), "pass", "circle-check", "active")
INVITED = Look(gettext_lazy("Invited"), "wait", "clock", "invited")
NO_PASSWORD = Look(gettext_lazy("Needs a link"), "unknown", "alert-triangle", "no-link")
DEACTIVATED = Look(gettext_lazy("Deactivated"), "neutral", "ban", "deactivated")
NOW = Look(gettext_lazy("In force"), "pass", "check", "now")
LATER = Look(gettext_lazy("Begins later"), "wait", "clock", "later")
OVER = Look(gettext_lazy("Ended"), "neutral", "archive", "over")


@dataclass(frozen=True)
class Held:
    """One role of somebody."""

    id: int
    role: str
    where: str
    first_day: str
    last_day: str
    look: Look
    lasts: bool
    """It can be ended."""


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    username: str
    email: str
    look: Look
    state: str
    """More of the state in words: until when a link can be used."""
    roles: tuple[Held, ...]
    posts: tuple[str, ...]
    """The roles that are in force, in words."""
    signed_in: str
    is_active: bool
    needs_link: bool


def person(account: Account, *, at: datetime) -> Person:
    """An account whose roles and invitations are at hand."""
    roles = tuple(_held(one, at) for one in account.roles.all())
    look, state = _state(account, at)
    return Person(
        id=account.pk,
        name=account.name or account.username,
        username=account.username,
        email=account.email,
        look=look,
        state=state,
        roles=roles,
        posts=tuple(f"{one.role}, {one.where}" for one in roles if one.look is NOW),
        signed_in=moment(account.last_login) if account.last_login else _("Never"),
        is_active=account.is_active,
        needs_link=account.is_active and not account.has_usable_password(),
    )


def people(found: Iterable[Account], *, at: datetime) -> tuple[Person, ...]:
    return tuple(person(one, at=at) for one in found)


def _state(account: Account, at: datetime) -> tuple[Look, str]:
    if not account.is_active:
        return DEACTIVATED, ""
    if account.has_usable_password():
        return ACTIVE, ""
    link = next((one for one in account.invitations.all() if one.is_open(at=at)), None)
    if link is None:
        return NO_PASSWORD, _("No password is set and no link can be used.")
    return INVITED, _("The link can be used until %(when)s.") % {"when": moment(link.expires_at)}


def _held(role: StaffRole, at: datetime) -> Held:
    on = timezone.localdate(at, role.site.zone if role.site else None)
    look = NOW if role.is_in_force(on=on) else LATER if _is_later(role, on) else OVER
    return Held(
        id=role.pk,
        role=role.get_role_display(),
        where=where(role.site),
        first_day=day(role.first_day),
        last_day=day(role.last_day),
        look=look,
        lasts=look is not OVER,
    )


def _is_later(role: StaffRole, on: date) -> bool:
    return on < role.first_day and role.ended_at is None


def where(site: Site | None) -> str:
    return _("all sites") if site is None else site.city


def moment(at: datetime, site: Site | None = None) -> str:
    """``22 Nov 2026, 09:14``, by the clock of a site or of the institution."""
    local = timezone.localtime(at, site.zone if site is not None else None)
    return f"{day(local.date())}, {local:%H:%M}"


@dataclass(frozen=True)
class Tab:
    label: str
    address: str
    current: bool


def tabs(shown: str, search: str) -> tuple[Tab, ...]:
    """Whom a list shows, each as an address that keeps the search."""
    kept = {"q": search} if search else {}
    return tuple(
        Tab(label, "?" + urlencode({"show": key} | kept), key == shown)
        for key, label in (
            ("active", _("Active")),
            ("deactivated", _("Deactivated")),
            ("all", _("Everybody")),
        )
    )
