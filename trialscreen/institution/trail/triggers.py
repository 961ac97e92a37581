"""Operations for migrations: from now on every change of a table leaves an entry in the trail."""

from __future__ import annotations

from collections.abc import Collection

from django.db.migrations import RunSQL

from trialscreen.institution.row_security import plain_name

_EVENTS = {
    "insert": "REFERENCING NEW TABLE AS new_rows",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "REFERENCING OLD TABLE AS old_rows",
    "truncate": "",
}


def trailed(
    table: str,
    *,
    site: str = "site_id",
    patient: str = "patient_id",
    key: str = "id",
    hidden: Collection[str] = (),
) -> list[RunSQL]:
    """Let every addition, change and deletion in `table` leave an entry, whoever makes it and by whatever SQL.

    `site` and `patient` are the columns that say to whom a row belongs, empty where there is none (then it is in the
    institution's chain). Columns that are `hidden` stand in the trail as their SHA-256 sums: secrets, and long texts
    that the table itself keeps and never edits. The triggers are the owner's: the application cannot disable them.
    """
    plain_name(table)
    for name in (key, *filter(None, (site, patient)), *hidden):
        plain_name(name)
    arguments = ", ".join(f"'{each}'" for each in (key, site, patient, ",".join(hidden)))
    return [
        RunSQL(
            f"CREATE TRIGGER trail_{event} AFTER {event.upper()} ON {table} {rows} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION trail_rows({arguments})",
            f"DROP TRIGGER trail_{event} ON {table}",
        )
        for event, rows in _EVENTS.items()
    ]
