"""What changes the institution's rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from trialscreen.institution.models import (
    Account,
    Delegation,
    Duty,
    PrincipalInvestigator,
    Site,
    WorkerPulse,
)


def record_pulse(*, worker: str, seen_at: datetime) -> None:
    """Note that `worker` was alive at `seen_at`.

    Idempotent and in any order: a message delivered again, or late, never turns the clock back.
    """
    WorkerPulse.objects.bulk_create(
        [WorkerPulse(worker=worker, seen_at=seen_at)], ignore_conflicts=True
    )
    WorkerPulse.objects.filter(worker=worker).update(seen_at=Greatest(F("seen_at"), Value(seen_at)))


def name_principal(
    *, site: Site, trial: str, account: Account, first_day: date
) -> PrincipalInvestigator:
    """Name who answers for a trial at a site from a day on; the one before ends on the day before.

    Naming the same person again changes nothing.
    """
    with transaction.atomic():
        Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        held = principal_of(site, trial=trial, on=first_day)
        if held is not None and held.account_id == account.pk:
            return held
        if held is not None:
            PrincipalInvestigator.objects.filter(pk=held.pk).update(
                last_day=first_day - timedelta(days=1)
            )
        return PrincipalInvestigator.objects.create(
            site=site, trial=trial, account=account, first_day=first_day
        )


def principal_of(site: Site, *, trial: str, on: date) -> PrincipalInvestigator | None:
    """Who answers for a trial at a site on a day."""
    begun = PrincipalInvestigator.objects.filter(site=site, trial=trial, first_day__lte=on)
    return begun.exclude(last_day__lt=on).order_by("-first_day").first()


def delegate(
    *,
    site: Site,
    trial: str,
    account: Account,
    duty: Duty,
    first_day: date,
    last_day: date | None = None,
    by: Account,
) -> Delegation:
    """Enter a line of the delegation log. It counts from the moment the principal investigator signs it."""
    return Delegation.objects.create(
        site=site,
        trial=trial,
        account=account,
        duty=duty,
        first_day=first_day,
        last_day=last_day,
        entered_by=by,
    )


class NotThePrincipal(Exception):
    """Only who answers for the trial at the site signs its delegation log."""


def sign_delegation(entry: Delegation, *, by: Account, at: datetime) -> Delegation:
    """Sign a line of the log, as the principal investigator of that day; once signed it stays so.

    Raises:
        NotThePrincipal: it is somebody else.
    """
    principal = principal_of(
        entry.site, trial=entry.trial, on=at.astimezone(entry.site.zone).date()
    )
    if principal is None or principal.account_id != by.pk:
        raise NotThePrincipal
    Delegation.objects.filter(pk=entry.pk, signed_at=None).update(signed_by=by, signed_at=at)
    entry.refresh_from_db()
    return entry


def end_delegation(entry: Delegation, *, last_day: date) -> Delegation:
    """End a delegation with a day, the last on which it counts; what was done before stays valid."""
    last = max(last_day, entry.first_day)
    Delegation.objects.filter(pk=entry.pk).update(last_day=last)
    entry.refresh_from_db()
    return entry
