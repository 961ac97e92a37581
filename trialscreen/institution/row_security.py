"""Sites held apart by the database: operations for the migrations that make tables with a site column.

Row-level security is forced, so it holds the owner of the tables (who migrates) as it holds the application's role: a
migration of data names the sites it works on, with :func:`every_site`. And references carry the site, so that no row of
one site names a row of another, whoever writes it.
"""

from __future__ import annotations

import re

from django.db.migrations import RunSQL

from trialscreen.institution.scope import SETTING

POLICY = "only_the_sites_in_use"
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def row_security(table: str, site_column: str = "site_id") -> list[RunSQL]:
    """Let whoever comes, the owner too, see and write rows of `table` of the sites in use alone.

    The sites in use are those of :func:`trialscreen.institution.scope.use_sites`; with none, no
    row is seen and none can be written. Add the list to a migration's operations, after the table.
    """
    plain_name(table), plain_name(site_column)
    sites = f"string_to_array(NULLIF(current_setting('{SETTING}', true), ''), ',')"
    # Within a SELECT the setting is read once for a query, not once for a row.
    test = f"{site_column} = ANY ((SELECT {sites})::bigint[])"
    return [
        RunSQL(
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY",
        ),
        RunSQL(
            f"CREATE POLICY {POLICY} ON {table} USING ({test}) WITH CHECK ({test})",
            f"DROP POLICY {POLICY} ON {table}",
        ),
    ]


def forced(table: str) -> list[RunSQL]:
    """Row security of `table`, which it has already, holds its owner too."""
    plain_name(table)
    return [
        RunSQL(
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        )
    ]


def every_site() -> list[RunSQL]:
    """For the rest of a migration the rows of all sites exist: put it before operations that read or change rows.

    Where it is left out, they see none, and have done nothing without a word.
    """
    name_all = (
        f"SELECT set_config('{SETTING}', coalesce(string_agg(id::text, ','), ''), true)"  # noqa: S608 - our own name
        " FROM institution_site"
    )
    return [RunSQL(name_all, name_all)]


def key_with_site(table: str) -> list[RunSQL]:
    """Let other tables refer to a row of `table` together with its site: before their :func:`same_site`."""
    name = f"{plain_name(table)}_of_site"
    return [
        RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (id, site_id)",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
    ]


def same_site(table: str, **references: str) -> list[RunSQL]:
    """Let PostgreSQL refuse a row of `table` that names a row of another site: ``patient_id="patients_patient"``.

    Beside the keys that Django makes, and asked at the same moment, the end of a transaction; a column that says
    nothing is not asked. Where rows are there already, put :func:`every_site` before: PostgreSQL compares what it sees.

    In tables that grow with every result this key is the only one (``db_constraint=False``), and the site alone has no
    index (``db_index=False``): a plan that was made while the other table was empty may take that for the one of both
    columns, and then look through all rows of the site for each row that refers to one.
    """
    operations = []
    for column, other in references.items():
        name = f"{plain_name(table)}_{plain_name(column)}_same_site"
        operations.append(
            RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, site_id)"
                f" REFERENCES {plain_name(other)} (id, site_id) DEFERRABLE INITIALLY DEFERRED",
                f"ALTER TABLE {table} DROP CONSTRAINT {name}",
            )
        )
    return operations


def plain_name(name: str) -> str:
    """`name`, which is going to stand in SQL as it is. Raises ValueError unless it needs no quotes."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a plain name: {name!r}")
    return name
