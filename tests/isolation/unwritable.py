"""What nobody may set who asks for something: names of fields, values by which they are known again, and rows.

A write with such a field has to leave what it would have left without it, or nothing.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import reduce
from typing import Any

from django.db import connection, transaction

from trialscreen.institution.conduct import use_conduct
from trialscreen.institution.scope import SETTING

MOMENT = "1999-04-05T06:07:08Z"
_MARK = "(what was asked for)"
_VOLATILE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.]+(?:Z|\+[0-9:]+)?"
    r"|[A-Za-z0-9+/=_$:,.-]{24,}"
)
"""Keys, moments, digests and secrets, which are others each time."""
_OF_SOMEBODY = re.compile(r"(?:site|by|person|account|assignee|investigator|actor|principal)_id$")
ACCOUNTS, SITES = "institution_account", "institution_site"
BESIDE = frozenset({"django_session", "django_migrations", "patients_unplacedmessage"})
"""The last one the application may add to and not read."""


def fields(*, site: Any, account: Any) -> dict[str, Any]:
    """Of each name what is asked for: another site, somebody else, a day long ago, a state that is not reached."""
    return {
        "id": "66666666-6666-4666-8666-666666666666",
        "pk": "66666666-6666-4666-8666-666666666666",
        "site": site.code,
        "site_id": site.pk,
        "created_by": account.pk,
        "created_at": MOMENT,
        "by": account.pk,
        "by_id": account.pk,
        "by_name": "Somebody Elsewhere",
        "at": MOMENT,
        "status": "registered",
        "state": "registered",
        "signature": "Somebody Elsewhere",
        "signed_by": account.pk,
        "signed_at": MOMENT,
        "client": "client-elsewhere",
        "person": account.pk,
        "source": "source-elsewhere",
        "version": 6600066,
        "record_version": 6600066,
        "superseded_version": 6600066,
        "is_active": False,
        "closed_by": account.pk,
        "closed_at": MOMENT,
    }


def marks(asked: dict[str, Any]) -> list[str]:
    """The values, as a row would have them, that stand for nothing else in the rows that are new."""
    every = {str(one) for one in asked.values() if len(str(one)) > 9 or one == 6600066}
    return sorted({*every, MOMENT[:19], MOMENT.replace("T", " ")[:19]}, key=len, reverse=True)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def something_written() -> bool:
    """Whether this transaction has written any row, of the trail aside, also one that was taken back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return any(_counts(name) for (name,) in cursor.fetchall())


def _counts(table: str) -> bool:
    return table not in BESIDE and not table.startswith("institution_trail")


def rows(sites: Collection[int]) -> dict[str, Counter[str]]:
    """Every row, as text, of every table but the trail, which tells of refusals too."""
    found: dict[str, Counter[str]] = {}
    with use_conduct(sites, sites), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [SETTING])
        before = cursor.fetchone()[0] or ""
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, ",".join(map(str, sites))])
        for name in connection.introspection.table_names(cursor):
            if _counts(name):
                cursor.execute(f'SELECT to_jsonb(t)::text FROM "{name}" t')
                found[name] = Counter(text for (text,) in cursor.fetchall())
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, before])
    return found


def written(
    before: dict[str, Counter[str]], after: dict[str, Counter[str]], asked: list[str]
) -> dict[str, tuple[Counter[str], Counter[str]]]:
    """Of each table that is different the rows that came and those that went, without what is other each time."""
    known = {
        table: {json.loads(text)["id"] for text in before[table]} for table in (ACCOUNTS, SITES)
    }
    return {
        name: (_plain(now - before[name], asked, known), _plain(before[name] - now, asked, known))
        for name, now in after.items()
        if now != before[name]
    }


def _plain(many: Counter[str], asked: list[str], known: dict[str, set[int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text, number in many.items():
        row = json.loads(text)
        found[str({name: _value(name, one, asked, known) for name, one in row.items()})] += number
    return found


def _value(name: str, value: Any, asked: list[str], known: dict[str, set[int]]) -> Any:
    """Who and which site as it stands; the number of a row, which goes up also with a try that is undone, not.

    An account is looked for among the accounts alone: a new one may have the number that an older site has.
    """
    if isinstance(value, int) and (name == "id" or name.endswith("_id")):
        held = known[SITES if name.endswith("site_id") else ACCOUNTS]
        return value if _OF_SOMEBODY.search(name) and value in held else "(number)"
    if isinstance(value, int | float | None):
        return value
    said = reduce(lambda text, one: text.replace(one, _MARK), asked, str(value))
    return _VOLATILE.sub("(new)", said)
