"""What a database holds, in few numbers: rows and a sum over them of every table, and the ends of the trail.

Two databases with the same state hold the same rows. The sum does not depend on the order of rows, and is made by the
database, a row at a time.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from trialscreen.institution.conduct import READ_SETTING
from trialscreen.institution.scope import SETTING
from trialscreen.institution.trail.functions import INSTITUTION_SETTING
from trialscreen.institution.trail.heads import current_heads

FLEETING = frozenset({"django_session", "institution_workerpulse"})
"""Tables whose rows come and go by themselves."""
_TABLES = (
    "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    " ORDER BY 1"
)
# Of a row the first 60 bits of its SHA-256 sum: added up, rows in any order give the same, and any other row another.
_ROW = "('x' || left(encode(sha256(convert_to(t::text, 'UTF8')), 'hex'), 15))::bit(60)::bigint"


def state() -> dict[str, Any]:
    """``{"tables": {name: [rows, sum]}, "heads": [[chain, sequence, hash]]}`` of one moment.

    Ask as who owns the tables, and may read every one; all sites are named, in words.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(
            "SELECT set_config(%s, every, true), set_config(%s, every, true), set_config(%s, 'on', true)"
            " FROM (SELECT coalesce(string_agg(id::text, ','), '') AS every FROM institution_site) named",
            [SETTING, READ_SETTING, INSTITUTION_SETTING],
        )
        cursor.execute(_TABLES)
        names = [name for (name,) in cursor.fetchall() if name not in FLEETING]
        tables = {}
        for name in names:
            quoted = connection.ops.quote_name(name)
            cursor.execute(f"SELECT count(*), coalesce(sum({_ROW}), 0)::text FROM {quoted} t")  # noqa: S608 - no name comes from outside
            tables[name] = list(cursor.fetchone())
        heads = [list(head) for head in current_heads()]
    return {"tables": tables, "heads": heads}


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What is not the same, a line each; empty where all is."""
    found = []
    for name in sorted(before["tables"].keys() | after["tables"].keys()):
        was, now = before["tables"].get(name), after["tables"].get(name)
        if was != now:
            rows = f"{was[0] if was else 'no'} rows, now {now[0] if now else 'none'}"
            found.append(f"{name}: {rows}" + (", not the same" if was and now else ""))
    if before["heads"] != after["heads"]:
        found.append(f"ends of the trail: {before['heads']}, now {after['heads']}")
    return found
