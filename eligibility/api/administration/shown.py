"""Rows of administration as JSON. No secret and nothing of a patient is in any of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from eligibility.models import (
    CardFeedback,
    RecordSystem,
    SiteApproval,
    SitePart,
    SitePolicy,
    TrialPart,
)
from patients.actions.ranges import Limit
from patients.models import ReferenceRange
from trialscreen.institution.administration import reviews
from trialscreen.institution.administration.roles import at_site
from trialscreen.institution.models import (
    Account,
    Delegation,
    PrincipalInvestigator,
    Site,
    StaffRole,
)

Document = dict[str, Any]


def site_of(site: Site, parts: list[tuple[TrialPart, SitePart | None]]) -> Document:
    today = timezone.localdate(timezone=site.zone)
    return {
        "code": site.code,
        "name": site.name,
        "city": site.city,
        "postal_code": site.postal_code or None,
        "time_zone": site.time_zone,
        "opened_on": _day(site.opened_on),
        "closed_on": _day(site.closed_on),
        "open": site.is_open(on=today),
        "registered": sum(here.registered for _part, here in parts if here is not None),
        "parts": [part_of(part, here, site) for part, here in parts],
    }


def part_of(part: TrialPart, here: SitePart | None, site: Site) -> Document:
    today = timezone.localdate(timezone=site.zone)
    held = here or SitePart()
    return {
        "part": part.name,
        "opened_on": _day(held.opened_on),
        "closed_on": _day(held.closed_on),
        "ceiling": held.ceiling,
        "registered": held.registered,
        "open": here is not None and here.is_open(on=today),
    }


def trial_part_of(part: TrialPart, today: date) -> Document:
    return {
        "part": part.name or "whole",
        "title": part.title,
        "opened_on": _day(part.opened_on),
        "closed_on": _day(part.closed_on),
        "ceiling": part.ceiling,
        "registered": part.registered,
        "open": part.is_open(on=today),
    }


def principal_of(held: PrincipalInvestigator) -> Document:
    return {
        "id": held.pk,
        "site": held.site.code,
        "username": held.account.username,
        "name": held.account.name,
        "first_day": _day(held.first_day),
        "last_day": _day(held.last_day),
        "named_by": held.named_by.username if held.named_by is not None else None,
    }


def delegation_of(held: Delegation) -> Document:
    signed, ended = held.signed_by, held.ended_by
    return {
        "id": held.pk,
        "username": held.account.username,
        "name": held.account.name,
        "duty": held.duty,
        "first_day": _day(held.first_day),
        "last_day": _day(held.last_day),
        "entered_by": held.entered_by.username,
        "entered_at": _moment(held.entered_at),
        "signed_by": signed.username if signed is not None else None,
        "signed_at": _moment(held.signed_at),
        "ended_by": ended.username if ended is not None else None,
        "ended_at": _moment(held.ended_at),
    }


def role_of(held: StaffRole, *, at: datetime) -> Document:
    today = at_site(at, held.site)
    return {
        "id": held.pk,
        "account": held.account_id,
        "username": held.account.username,
        "name": held.account.name,
        "role": held.role,
        "site": held.site.code if held.site is not None else None,
        "first_day": _day(held.first_day),
        "last_day": _day(held.last_day),
        "in_force": held.is_in_force(on=today),
    }


def reviewed(held: StaffRole, *, at: datetime) -> Document:
    seen, due = reviews.last_look(held), reviews.due_on(held)
    return role_of(held, at=at) | {
        "looked_at": _moment(seen.at) if seen is not None else None,
        "looked_at_by": seen.by.username if seen is not None else None,
        "due_on": _day(due),
        "due": due <= timezone.localdate(at),
    }


def person_of(account: Account, *, at: datetime) -> Document:
    return {
        "id": account.pk,
        "username": account.username,
        "name": account.name,
        "email": account.email or None,
        "active": account.is_active,
        "password_set": account.has_usable_password(),
        "roles": [role_of(one, at=at) for one in account.roles.all()],
    }


def client_of(client: Any) -> Document:
    kept = getattr(client, "kept", None)
    return {
        "id": client.pk,
        "client_id": client.client_id,
        "name": client.name,
        "contact": kept.contact if kept is not None else None,
        "active": kept is None or kept.ended_at is None,
        "proof": kept.proof if kept is not None else "secret",
        "secret_since": _moment(kept.secret_since) if kept is not None else None,
        "old_secret_until": _moment(kept.old_until) if kept is not None else None,
        "ended_at": _moment(kept.ended_at) if kept is not None else None,
        "grants": [
            {"site": one.site.code, "rights": sorted(str(may) for may in one.allowed)}
            | {"smart": sorted(str(each) for each in one.granted.system)}
            for one in sorted(client.grants.all(), key=lambda one: one.site.code)
        ],
        "keys": [key_of(one) for one in client.keys.all()],
    }


def key_of(key: Any) -> Document:
    """A public key of a client, or of a record system."""
    return {
        "id": key.pk,
        "kid": key.kid,
        "algorithm": key.algorithm,
        "thumbprint": key.thumbprint,
        "since": _moment(key.since),
        "until": _moment(key.until),
    }


def record_system_of(system: RecordSystem) -> Document:
    return {
        "id": system.pk,
        "site": system.site.code,
        "issuer": system.issuer,
        "name": system.name,
        "contact": system.contact,
        "stores": system.stores,
        "added_at": _moment(system.added_at),
        "ended_at": _moment(system.ended_at),
        "keys": [key_of(one) for one in system.keys.all()],
    }


def feedback_of(one: CardFeedback) -> Document:
    """Without the comment, which may name a patient."""
    return {
        "card": str(one.card),
        "outcome": one.outcome,
        "outcome_at": _moment(one.outcome_at),
        "reason": {"system": one.reason_system, "code": one.reason_code}
        if one.reason_code
        else None,
        "commented": bool(one.comment),
        "received_at": _moment(one.received_at),
    }


def approval_of(held: SiteApproval) -> Document:
    today = timezone.localdate(timezone=held.site.zone)
    return {
        "id": held.pk,
        "kind": held.kind,
        "reference": held.reference,
        "approved_on": _day(held.approved_on),
        "expires_on": _day(held.expires_on),
        "holds": held.holds(on=today),
        "recorded_by": held.recorded_by.username,
        "recorded_at": _moment(held.recorded_at),
        "withdrawn_on": _day(held.withdrawn_on),
        "withdrawn_reason": held.withdrawn_reason or None,
    }


def range_of(held: ReferenceRange) -> Document:
    limit = Limit.of(held)
    return {
        "id": held.pk,
        "analyte": limit.analyte,
        "high": str(limit.high),
        "unit": limit.unit,
        "laboratory": limit.laboratory or None,
        "sex": limit.sex,
        "age_low": None if limit.age_low is None else str(limit.age_low),
        "age_high": None if limit.age_high is None else str(limit.age_high),
        "valid_from": _day(limit.valid_from),
        "valid_to": _day(limit.valid_to),
        "superseded": held.superseded_version is not None,
    }


def policy_of(held: SitePolicy) -> Document:
    return {
        "id": held.pk,
        "effective_from": _day(held.effective_from),
        "values": held.values,
        "reason": held.reason,
        "by": held.by.username if held.by is not None else None,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _moment(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at is not None else None
