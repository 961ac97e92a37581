"""What administrators are told of attempts that failed: at signing in, and at signing (21 CFR 11.300(d))."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection, transaction

from trialscreen.institution.models import Account, TrailEntry
from trialscreen.institution.trail.actions import Word
from trialscreen.institution.trail.functions import INSTITUTION_SETTING

KINDS: Final = (Word.SIGNING_FAILED.value, Word.SIGN_IN_FAILED.value)
KEPT_IN_VIEW: Final = timedelta(days=30)
MOST: Final = 500
ALARMING: Final = 3
WITHIN: Final = timedelta(hours=1)


class Attempt(NamedTuple):
    """One that failed."""

    at: datetime
    kind: str
    account: str
    """User name of the account that it concerned; empty where none was hit."""
    name: str
    address: str
    what: str
    """What was to be signed, or which step of signing in it was."""


class Alarm(NamedTuple):
    """At least three of one kind on one account within an hour."""

    account: str
    name: str
    kind: str
    times: int
    last: datetime


def failed_attempts(*, now: datetime) -> list[Attempt]:
    """Those of the last thirty days, the latest first. Only what administrators open may ask."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'on', true)", [INSTITUTION_SETTING])
        rows = list(
            TrailEntry.objects.filter(
                site_id=None, kind__in=KINDS, at__gte=now - KEPT_IN_VIEW
            ).order_by("-id")[:MOST]
        )
        cursor.execute("SELECT set_config(%s, '', true)", [INSTITUTION_SETTING])
    keys = {int(row.key) for row in rows if row.key.isdecimal()}
    people = {each.pk: each for each in Account.objects.filter(pk__in=keys)}
    return [
        _attempt(row, people.get(int(row.key)) if row.key.isdecimal() else None) for row in rows
    ]


def alarms(attempts: Iterable[Attempt]) -> list[Alarm]:
    """Where failures came close together, the latest first."""
    by_account: defaultdict[tuple[str, str], list[Attempt]] = defaultdict(list)
    for one in attempts:
        if one.account:
            by_account[one.account, one.kind].append(one)
    found = []
    for (account, kind), held in by_account.items():
        times = sorted(each.at for each in held)
        ends = [
            late
            for early, late in zip(times, times[ALARMING - 1 :], strict=False)
            if late - early <= WITHIN
        ]
        if ends:
            found.append(Alarm(account, held[0].name, kind, len(held), ends[-1]))
    return sorted(found, key=lambda each: each.last, reverse=True)


def _attempt(row: TrailEntry, account: Account | None) -> Attempt:
    told = row.new or {}
    return Attempt(
        at=row.at,
        kind=row.kind,
        account="" if account is None else account.username,
        name="" if account is None else account.name,
        address=row.address,
        what=str(told.get("what") or told.get("step") or ""),
    )
