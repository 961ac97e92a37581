"""Row-level security for tables with a site column: operations for the migrations that make them.

The owner of the tables (who migrates) is not held by it, the application's role is.
"""

from __future__ import annotations

import re

from django.db.migrations import RunSQL

from trialscreen.institution.scope import SETTING

POLICY = "only_the_sites_in_use"
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def row_security(table: str, site_column: str = "site_id") -> list[RunSQL]:
    """Let the application's role see and write rows of `table` of the sites in use alone.

    The sites in use are those of :func:`trialscreen.institution.scope.use_sites`; with none, no
    row is seen and none can be written. Add the list to a migration's operations, after the table.
    """
    plain_name(table), plain_name(site_column)
    sites = f"string_to_array(NULLIF(current_setting('{SETTING}', true), ''), ',')"
    # Within a SELECT the setting is read once for a query, not once for a row.
    test = f"{site_column} = ANY ((SELECT {sites})::bigint[])"
    return [
        RunSQL(
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ),
        RunSQL(
            f"CREATE POLICY {POLICY} ON {table} USING ({test}) WITH CHECK ({test})",
            f"DROP POLICY {POLICY} ON {table}",
        ),
    ]


def plain_name(name: str) -> str:
    """`name`, which is going to stand in SQL as it is. Raises ValueError unless it needs no quotes."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a plain name: {name!r}")
    return name
