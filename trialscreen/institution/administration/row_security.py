"""Row security for what administrators keep of a site: operations for migrations.

Policies add up: those of the sites in use stay, and these let the pages of administration read and write the same table
without a patient becoming visible by it (:mod:`trialscreen.institution.conduct`).
"""

from __future__ import annotations

from django.db.migrations import RunSQL

from trialscreen.institution.conduct import MANAGE_SETTING, READ_SETTING
from trialscreen.institution.row_security import plain_name


def open_to_administrators(table: str) -> list[RunSQL]:
    """Who reads the conduct of trials at a site reads its rows of `table`, who manages it writes them."""
    plain_name(table)
    read, manage = (
        f"site_id = ANY ((SELECT string_to_array(NULLIF(current_setting('{setting}', true), ''), ','))::bigint[])"
        for setting in (READ_SETTING, MANAGE_SETTING)
    )
    return [
        RunSQL(
            f"CREATE POLICY {name} ON {table} {what}",
            f"DROP POLICY {name} ON {table}",
        )
        for name, what in (
            ("read_by_conduct", f"FOR SELECT USING ({read})"),
            ("managed", f"USING ({manage}) WITH CHECK ({manage})"),
        )
    ]
