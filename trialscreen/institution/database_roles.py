"""The two roles in the database: an owner who migrates, and the role the application works as.

Operations for migrations. Why there are two: ``docs/decisions/database-roles.md``.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.migrations import RunSQL

from trialscreen.institution.row_security import plain_name

APPLICATION_ROLE = "trialscreen_app"
EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"

MAKE_ROLE = f"""
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
        BEGIN
            CREATE ROLE {APPLICATION_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- somebody migrates another database of this server at the same moment
        END;
    END IF;
    IF (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
        RAISE EXCEPTION 'the role {APPLICATION_ROLE} must be NOSUPERUSER and NOBYPASSRLS';
    END IF;
END
$$
"""


def application_role() -> list[RunSQL]:
    """Make the application's role if there is none, and let it use what the owner makes.

    It may read and write the rows of every table made so far or later, until :func:`append_only`
    or :func:`never_deleted` takes something away; it owns nothing and can change no table.
    The owner needs CREATEROLE only where the role is not there yet.
    """
    role = APPLICATION_ROLE
    later = "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
    return [
        RunSQL(MAKE_ROLE, RunSQL.noop),  # other databases of the server may use it
        RunSQL(
            f"GRANT USAGE ON SCHEMA public TO {role};"
            f"GRANT {EVERYTHING} ON ALL TABLES IN SCHEMA public TO {role};"
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};"
            f"{later} GRANT {EVERYTHING} ON TABLES TO {role};"
            f"{later} GRANT USAGE, SELECT ON SEQUENCES TO {role};"
            f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
            f"{later} REVOKE ALL ON TABLES FROM {role};"
            f"{later} REVOKE ALL ON SEQUENCES FROM {role};"
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};"
            f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role};"
            f"REVOKE USAGE ON SCHEMA public FROM {role}",
        ),
    ]


def append_only(table: str, *, updates: Collection[str] = ()) -> list[RunSQL]:
    """The application may add rows to `table` and read them, and update these columns alone."""
    plain_name(table)
    columns = ", ".join(plain_name(each) for each in updates)
    forward = f"REVOKE UPDATE, DELETE ON {table} FROM {APPLICATION_ROLE}"
    if columns:
        forward += f"; GRANT UPDATE ({columns}) ON {table} TO {APPLICATION_ROLE}"
    return [RunSQL(forward, f"GRANT {EVERYTHING} ON {table} TO {APPLICATION_ROLE}")]


def never_deleted(table: str) -> list[RunSQL]:
    """The application may add to `table` and change its rows, but not delete one."""
    revoked = f"REVOKE DELETE ON {plain_name(table)} FROM {APPLICATION_ROLE}"
    return [RunSQL(revoked, f"GRANT DELETE ON {table} TO {APPLICATION_ROLE}")]
