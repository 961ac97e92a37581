"""What changes the institution's rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from trialscreen.institution.models import (
    Account,
    Delegation,
    Duty,
    PrincipalInvestigator,
    Role,
    Site,
    StaffRole,
    WorkerPulse,
)
from trialscreen.institution.not_done import NotDone as NotDone
from trialscreen.institution.sign_in.signing import Shown, Signing, must_be_signer


def record_pulse(*, worker: str, seen_at: datetime) -> None:
    """Note that `worker` was alive at `seen_at`.

    Idempotent and in any order: a message delivered again, or late, never turns the clock back.
    """
    WorkerPulse.objects.bulk_create(
        [WorkerPulse(worker=worker, seen_at=seen_at)], ignore_conflicts=True
    )
    WorkerPulse.objects.filter(worker=worker).update(seen_at=Greatest(F("seen_at"), Value(seen_at)))


class NotThePrincipal(NotDone):
    """Only who answers for the trial at the site signs its delegation log."""

    def __init__(self) -> None:
        super().__init__(
            "principal", _("Only the principal investigator of the site signs its delegation log.")
        )


def roles_at(account: Account, site: Site, *, on: date) -> frozenset[str]:
    """The roles of a person at a site on a day."""
    held = StaffRole.objects.on(on).filter(account=account, site=site)
    return frozenset(held.values_list("role", flat=True))


def name_principal(
    *, site: Site, trial: str, account: Account, first_day: date, by: Account | None = None
) -> PrincipalInvestigator:
    """Name who answers for a trial at a site from a day on; the one before ends on the day before.

    Naming the same person again changes nothing.

    Raises:
        NotDone: somebody is named from that day, or from a later one, already.
    """
    with transaction.atomic():
        _lock(site)
        held = principal_of(site, trial=trial, on=first_day)
        if held is not None and held.account_id == account.pk:
            return held
        named = PrincipalInvestigator.objects.filter(site=site, trial=trial)
        if named.filter(first_day__gte=first_day).exists():
            raise NotDone(
                "named", _("Somebody is named from that day or a later one: choose a day after it.")
            )
        if held is not None:
            PrincipalInvestigator.objects.filter(pk=held.pk).update(
                last_day=first_day - timedelta(days=1)
            )
        return PrincipalInvestigator.objects.create(
            site=site, trial=trial, account=account, first_day=first_day, named_by=by
        )


def appoint_principal(
    *, site: Site, trial: str, account: Account, first_day: date, by: Account, today: date
) -> PrincipalInvestigator:
    """As :func:`name_principal`, by an administrator, for today or later; the first one also for days gone by.

    Raises:
        NotDone: with the reason.
    """
    if not StaffRole.objects.on(today).filter(account=by, role=Role.ADMINISTRATOR).exists():
        raise NotDone("role", _("Only an administrator names principal investigators."))
    if Role.INVESTIGATOR not in roles_at(account, site, on=first_day):
        raise NotDone("investigator", _("On that day this is no investigator of the site."))
    before = PrincipalInvestigator.objects.filter(site=site, trial=trial)
    if first_day < today and before.exists():
        raise NotDone(
            "past",
            _("Who answered for the site in the past stays as it is: choose today or later."),
        )
    return name_principal(site=site, trial=trial, account=account, first_day=first_day, by=by)


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


def log_of(site: Site, *, trial: str) -> list[Delegation]:
    """Every line of the delegation log of a site, the latest first."""
    held = Delegation.objects.filter(site=site, trial=trial)
    people = held.select_related("account", "entered_by", "signed_by", "ended_by")
    return list(people.order_by("-first_day", "-pk"))


def enter_delegation(
    *,
    site: Site,
    trial: str,
    account: Account,
    duty: Duty,
    first_day: date,
    last_day: date | None,
    by: Account,
    today: date,
) -> Delegation:
    """As :func:`delegate`, by somebody of the site, for somebody who can have the duty.

    Raises:
        NotDone: with the reason.
    """
    _keeps_the_log(by, site, today)
    if last_day is not None and last_day < first_day:
        raise NotDone("days", _("The last day is before the first."))
    if last_day is not None and last_day < today:
        raise NotDone("past", _("Nothing is delegated for days that are over."))
    roles = roles_at(account, site, on=max(first_day, today))
    if not roles & _AT_THE_SITE:
        raise NotDone("staff", _("On that day this is nobody who screens at the site."))
    if duty is Duty.SIGN and Role.INVESTIGATOR not in roles:
        raise NotDone("investigator", _("Only an investigator can sign eligibility."))
    with transaction.atomic():
        _lock(site)
        same = Delegation.objects.filter(site=site, trial=trial, account=account, duty=duty)
        still = same.filter(Q(signed_at__isnull=False) | Q(ended_at=None))
        overlaps = still.exclude(last_day__lt=first_day)
        if last_day is not None:
            overlaps = overlaps.filter(first_day__lte=last_day)
        if overlaps.exists():
            raise NotDone(
                "twice", _("The log has an entry for this person and duty on these days.")
            )
        return delegate(
            site=site,
            trial=trial,
            account=account,
            duty=duty,
            first_day=first_day,
            last_day=last_day,
            by=by,
        )


def sign_delegation(entry: Delegation, *, by: Account, at: datetime) -> Delegation:
    """Sign a line of the log, as the principal investigator of that day; once signed it stays so.

    Raises:
        NotThePrincipal: it is somebody else.
    """
    _is_principal(by, entry.site, trial=entry.trial, at=at)
    Delegation.objects.filter(pk=entry.pk, signed_at=None, ended_at=None).update(
        signed_by=by, signed_at=at
    )
    entry.refresh_from_db()
    return entry


def sign_delegations(
    entries: Collection[int],
    *,
    site: Site,
    trial: str,
    by: Account,
    password: str | Shown,
    at: datetime,
) -> None:
    """Sign lines of the log with the password given again, or what is shown in its place: all of them, or none.

    Raises:
        NotThePrincipal: it is somebody else.
        NotDone: the password is another, or a line no longer waits for a signature.
    """
    _is_principal(by, site, trial=trial, at=at)
    must_be_signer(by, password, signing_of(site, trial=trial))
    if not entries:
        raise NotDone("nothing", _("Choose the entries that you sign."))
    with transaction.atomic():
        waiting = Delegation.objects.filter(
            pk__in=entries, site=site, trial=trial, signed_at=None, ended_at=None
        )
        if waiting.update(signed_by=by, signed_at=at) != len(set(entries)):
            raise NotDone("moved", _("The log has changed since: read it again before you sign."))


def signing_of(site: Site, *, trial: str) -> Signing:
    """What a passkey, or a new sign-in at the provider, is asked for: the lines that wait, as they are."""
    waiting = Delegation.objects.filter(site=site, trial=trial, signed_at=None, ended_at=None)
    lines = waiting.order_by("pk").values_list("pk", "account", "duty", "first_day", "last_day")
    over = hashlib.sha256(json.dumps(list(lines), default=str).encode()).hexdigest()
    return Signing("delegation log", site.code, over)


def end_delegation(entry: Delegation, *, last_day: date, by: Account, today: date) -> Delegation:
    """End a delegation with a day, the last on which it counts; one that nobody has signed is withdrawn.

    What was done before stays valid, so no day that is over is taken away.

    Raises:
        NotDone: with the reason.
    """
    _keeps_the_log(by, entry.site, today)
    with transaction.atomic():
        held = Delegation.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
        withdrawn = held.signed_at is None and held.ended_at is not None
        if withdrawn or (held.last_day is not None and held.last_day < today):
            raise NotDone("ended", _("This entry has ended."))
        if held.signed_at is not None:
            if last_day < max(today, held.first_day):
                raise NotDone("past", _("It counts until today at least, and for its first day."))
            if held.last_day is not None and last_day >= held.last_day:
                raise NotDone("longer", _("For a longer time it is entered, and signed, anew."))
            held.last_day = last_day
        held.ended_by, held.ended_at = by, timezone.now()
        held.save(update_fields=["last_day", "ended_by", "ended_at"])
    entry.refresh_from_db()
    return entry


_AT_THE_SITE = frozenset({Role.COORDINATOR.value, Role.INVESTIGATOR.value})


def _lock(site: Site) -> None:
    """Until the end of the transaction nobody else changes who answers for the site or what its log says."""
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)


def _keeps_the_log(by: Account, site: Site, today: date) -> None:
    if not roles_at(by, site, on=today) & _AT_THE_SITE:
        raise NotDone("role", _("Only the people of the site keep its delegation log."))


def _is_principal(by: Account, site: Site, *, trial: str, at: datetime) -> None:
    principal = principal_of(site, trial=trial, on=at.astimezone(site.zone).date())
    if principal is None or principal.account_id != by.pk:
        raise NotThePrincipal
