"""The roles in the database: an owner who migrates, the role the application works as, and one that nobody is.

Operations for migrations. Why there are three: ``docs/decisions/database-roles.md``.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.migrations import RunSQL

from trialscreen.institution.row_security import plain_name

APPLICATION_ROLE = "trialscreen_app"
DEFINER_ROLE = "trialscreen_definer"
"""With its rights the few functions and the view work that see more than who asks. Nobody signs in as it."""
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

MAKE_DEFINER = f"""
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{DEFINER_ROLE}') THEN
        BEGIN
            CREATE ROLE {DEFINER_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- somebody migrates another database of this server at the same moment
        END;
    END IF;
    IF (SELECT rolsuper OR rolbypassrls OR rolcanlogin FROM pg_roles WHERE rolname = '{DEFINER_ROLE}') THEN
        RAISE EXCEPTION 'the role {DEFINER_ROLE} must be NOLOGIN, NOSUPERUSER and NOBYPASSRLS';
    END IF;
    IF NOT pg_has_role(current_user, '{DEFINER_ROLE}', 'USAGE WITH ADMIN OPTION') THEN
        RAISE EXCEPTION 'the owner of the tables may not give functions to {DEFINER_ROLE}'
        USING HINT = format('GRANT {DEFINER_ROLE} TO %I WITH ADMIN OPTION, INHERIT FALSE, SET FALSE', current_user);
    END IF;
END
$$
"""
# Who was always a member would see by its policies what it sees: so the owner is one for a moment. A superuser needs
# not be, and several may migrate databases of one server at once.
_BY_ITS_RIGHTS = f"""
DO $$
DECLARE
    super boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
BEGIN
    IF NOT super THEN
        GRANT {DEFINER_ROLE} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE;
    END IF;
    {{}}
    IF NOT super THEN
        REVOKE {DEFINER_ROLE} FROM CURRENT_USER;
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


def definer_role() -> list[RunSQL]:
    """Make the role of functions and views that see more than who asks, if there is none.

    The owner needs CREATEROLE where it is not there yet, and the right to grant it where it is.
    """
    return [
        RunSQL(MAKE_DEFINER, RunSQL.noop),  # other databases of the server may use it
        RunSQL(
            f"GRANT USAGE ON SCHEMA public TO {DEFINER_ROLE}",
            f"REVOKE USAGE ON SCHEMA public FROM {DEFINER_ROLE}",
        ),
    ]


def given_to_definer(what: str, *, callers: Collection[str] = ()) -> RunSQL:
    """Let ``VIEW name`` or ``FUNCTION name(types)`` work with the rights of the definer instead of the owner's.

    What it reads is granted with :func:`definer_may`. With `callers`, a function is theirs alone to call. Whoever
    replaces it later does so within :func:`by_the_definer`.
    """
    kept = ""
    if callers:
        kept = f"REVOKE ALL ON {what} FROM PUBLIC; GRANT EXECUTE ON {what} TO {', '.join(callers)};"
    return by_the_definer(
        f"GRANT CREATE ON SCHEMA public TO {DEFINER_ROLE};"
        f"ALTER {what} OWNER TO {DEFINER_ROLE};"
        f"REVOKE CREATE ON SCHEMA public FROM {DEFINER_ROLE};{kept}",
        f"ALTER {what} OWNER TO CURRENT_USER;",
    )


def by_the_definer(forward: str, backward: str) -> RunSQL:
    """Statements of who owns the tables, who for them has the definer's rights as well."""
    return RunSQL(_BY_ITS_RIGHTS.format(forward), _BY_ITS_RIGHTS.format(backward))


def definer_may(table: str, *rights: str) -> list[RunSQL]:
    """Grant the definer ``SELECT (columns)`` and the like on `table`."""
    plain_name(table)
    return [
        RunSQL(
            f"GRANT {', '.join(rights)} ON {table} TO {DEFINER_ROLE}",
            f"REVOKE {', '.join(rights)} ON {table} FROM {DEFINER_ROLE}",
        )
    ]


def definer_sees(table: str, *, what: str = "SELECT", test: str = "USING (true)") -> list[RunSQL]:
    """A policy for the definer on a table with row security: of every site, as its functions name the sites themselves.

    A condition here would be asked before theirs, and no index serves `LIKE` after it.
    """
    name = f"definer_{what.lower()}"
    return [
        RunSQL(
            f"CREATE POLICY {name} ON {plain_name(table)} FOR {what} TO {DEFINER_ROLE} {test}",
            f"DROP POLICY {name} ON {table}",
        )
    ]
