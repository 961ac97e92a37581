"""Approvals of a trial at a site: recorded and withdrawn by administrators, asked for before a part opens there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from eligibility.models import LogLine, SiteApproval, Trial
from eligibility.models.screenings import OPEN
from eligibility.policies import NotNow
from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration.rights import demand_administrator, demand_reason
from trialscreen.institution.administration.roles import at_site
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_logs
from trialscreen.institution.trail.acting import because


def record_approval(
    *,
    site: Site,
    trial: Trial,
    kind: str,
    reference: str,
    approved_on: date,
    expires_on: date | None,
    by: Account,
    at: datetime,
) -> SiteApproval:
    """Put an approval on record, as its document says.

    Raises:
        NotDone: with the reason.
    """
    with transaction.atomic():
        demand_administrator(by)
        if approved_on > at_site(at, site):
            raise NotDone("future", _("An approval is recorded once it is given."))
        if expires_on is not None and expires_on < approved_on:
            raise NotDone("days", _("The last day is before the first."))
        same = SiteApproval.objects.filter(site=site, trial=trial, kind=kind, withdrawn_on=None)
        if same.filter(reference=reference.strip()).exists():
            raise NotDone("twice", _("This approval is on record."))
        return SiteApproval.objects.create(
            site=site,
            trial=trial,
            kind=kind,
            reference=reference.strip(),
            approved_on=approved_on,
            expires_on=expires_on,
            recorded_by=by,
        )


def withdraw_approval(
    held: SiteApproval, *, reason: str, by: Account, at: datetime
) -> SiteApproval:
    """An approval no longer holds, from today on.

    Raises:
        NotDone: with the reason.
    """
    why = demand_reason(reason)
    with transaction.atomic(), because(why):
        demand_administrator(by)
        mine = SiteApproval.objects.filter(pk=held.pk, withdrawn_on=None)
        if not mine.update(withdrawn_on=at_site(at, held.site), withdrawn_reason=why):
            raise NotDone("ended", _("This approval was withdrawn already."))
    held.refresh_from_db()
    return held


def approvals_of(site: Site, *, trial: Trial) -> list[SiteApproval]:
    """Every approval of a trial at a site, the latest first."""
    return list(recorded(site, trial=trial).order_by("-approved_on", "-pk"))


def recorded(site: Site, *, trial: Trial) -> QuerySet[SiteApproval]:
    """The same in no order."""
    held = SiteApproval.objects.filter(site=site, trial=trial)
    return held.select_related("recorded_by", "site")


def ethics_at(trial: Trial, *, site_ids: Collection[int]) -> list[SiteApproval]:
    """What the ethics boards of these sites have approved, also what holds no more."""
    held = SiteApproval.objects.filter(trial=trial, kind=SiteApproval.ETHICS)
    return list(held.filter(site__in=list(site_ids)))


def demand_approval(site: Site, *, trial: Trial, on: date) -> None:
    """A trial opens at a site on a day for which its research ethics board has approved it.

    Raises:
        NotNow: no such approval is on record.
    """
    held = SiteApproval.objects.filter(site=site, trial=trial, kind=SiteApproval.ETHICS)
    if not any(one.holds(on=on) for one in held):
        raise NotNow(
            "approval",
            _("No approval of the ethics board is on record here for that day: record it first."),
        )


def open_screenings(site: Site) -> int:
    """How many screenings are open at a site: a number, read from the log that names nobody."""
    with use_logs([site.pk]):
        return LogLine.objects.filter(site=site, state__in=OPEN).count()
