"""What publishing a version would change: every open candidate asked under both versions, today, and counted.

Asked for by an administrator, who sees no patient; counted by a worker, site by site, and kept as numbers alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility.actions.assessing import case_of
from eligibility.models import (
    OPEN,
    ProtocolVersion,
    Screening,
    State,
    VersionImpact,
    VersionState,
)
from eligibility.policies import NotAllowed, NotNow
from eligibility.publication import in_force, state_of
from eligibility.rules.canonical import loads
from eligibility.rules.protocol import Protocol
from eligibility.snapshots import NoSuchPatient, take
from trialscreen.institution.models import Account, Role, Site, StaffRole
from trialscreen.institution.scope import use_sites

MOST: Final = 10_000
"""Open candidates of a site that are asked; of more it is said how many were left out."""
STATUSES: Final = ("eligible", "not_yet", "undetermined", "ineligible")


class Turn(NamedTuple):
    """One candidate under both versions."""

    before: str
    after: str
    criteria: tuple[tuple[str, str], ...]
    """Those with another verdict, each with what it becomes."""


def ask_impact(version: ProtocolVersion, *, by: Account) -> VersionImpact:
    """Have the impact of a draft or reviewed version counted; while one is under way that one is answered.

    Raises:
        NotAllowed, NotNow: with the reason.
    """
    held = StaffRole.objects.on(timezone.localdate()).filter(account=by, role=Role.ADMINISTRATOR)
    if not held.filter(account__is_active=True).exists():
        raise NotAllowed("role", _("Only an administrator has the impact counted."))
    with transaction.atomic():
        if state_of(version) not in (VersionState.DRAFT, VersionState.REVIEWED):
            raise NotNow("state", _("Only what is not published yet has an impact to be counted."))
        now = in_force(version.trial.number)
        if now is None:
            raise NotNow("first", _("There is no version in force to compare it with."))
        waiting = VersionImpact.objects.filter(version=version, against=now, finished_at=None)
        return waiting.first() or VersionImpact.objects.create(
            version=version, against=now, asked_by=by, by_name=by.name or by.username
        )


def count_impacts() -> int:
    """Count what was asked for and is not counted yet. Twice at the same moment gives the same numbers once."""
    waiting = VersionImpact.objects.filter(finished_at=None).select_related("version", "against")
    counted = 0
    for impact in waiting.order_by("pk"):
        before, after = loads(impact.against.canonical), loads(impact.version.canonical)
        found = {site.code: _of_site(site, before, after) for site in Site.objects.order_by("code")}
        mine = VersionImpact.objects.filter(pk=impact.pk, finished_at=None)
        counted += mine.update(finished_at=timezone.now(), counts=_in_all(found))
    return counted


def _of_site(site: Site, before: Protocol, after: Protocol) -> dict[str, Any]:
    with use_sites([site.pk]):
        held = Screening.objects.filter(site=site, trial__number=after.trial, state__in=OPEN)
        patients = list(held.order_by("pk").values_list("patient_id", flat=True))
        standing = held.filter(state__in=(State.CONFIRMED, State.SIGNED)).count()
        day = timezone.localdate(timezone=site.zone)
        turns = list(_turns(patients[:MOST], before, after, on=day))
    moved = [one for one in turns if one.before != one.after]
    criteria: dict[str, Counter[str]] = {}
    for one in turns:
        for criterion, verdict in one.criteria:
            criteria.setdefault(criterion, Counter())[verdict] += 1
    return {
        "candidates": len(turns),
        "left_out": len(patients) - len(turns),
        "unchanged": len(turns) - len(moved),
        "becomes": {status: sum(one.after == status for one in moved) for status in STATUSES},
        "standing": standing,
        "criteria": {name: dict(found) for name, found in criteria.items()},
    }


def _turns(patients: list[UUID], before: Protocol, after: Protocol, *, on: date) -> Iterator[Turn]:
    for patient in patients:
        try:
            snapshot = take(patient, trial=after.trial)
        except NoSuchPatient:
            continue
        then = before.assess(case_of(snapshot, protocol=before, on=on), on)
        now = after.assess(case_of(snapshot, protocol=after, on=on), on)
        was = dict(zip((one.id for one in then.criteria), then.findings, strict=True))
        yield Turn(
            then.status.value,
            now.status.value,
            tuple(
                (criterion.id, found.verdict.value)
                for criterion, found in zip(now.criteria, now.findings, strict=True)
                if criterion.id not in was or was[criterion.id].verdict is not found.verdict
            ),
        )


def _in_all(of_sites: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The sites' numbers, and their sums."""
    every = list(of_sites.values())
    criteria: dict[str, Counter[str]] = {}
    for one in every:
        for name, found in one["criteria"].items():
            criteria.setdefault(name, Counter()).update(found)
    summed = {
        name: sum(one[name] for one in every)
        for name in ("candidates", "left_out", "unchanged", "standing")
    }
    becomes = {status: sum(one["becomes"][status] for one in every) for status in STATUSES}
    told = {name: dict(found) for name, found in sorted(criteria.items())}
    return {**summed, "becomes": becomes, "criteria": told, "sites": of_sites}
