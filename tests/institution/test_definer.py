"""What works with more rights than who asks: a role that owns no table, with the rights its functions need alone."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from trialscreen.institution.database_roles import APPLICATION_ROLE, DEFINER_ROLE
from trialscreen.wiring.owner import as_owner

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.requirement(16, 20),
    pytest.mark.xdist_group("row-security"),
]

FUNCTIONS = {
    "trail_rows",
    "trail_seal",
    "trail_note",
    "trail_write",
    "trail_hide",
    "patients_sought",
    "patients_purge_idempotency_keys",
}
SOUGHT = {
    "patients_demographics": {
        "patient_id",
        "site_id",
        "given_name",
        "family_name",
        "superseded_version",
    },
    "patients_patientidentifier": {"patient_id", "site_id", "value"},
}
"""What the search for people reads; what the screening log reads PostgreSQL knows itself."""
PURGED = "patients_idempotencykey"
TRAIL = {
    "institution_trailentry": {"SELECT", "INSERT"},
    "institution_traillink": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "institution_trailhead": {"SELECT", "INSERT", "UPDATE"},
}


def rows(query: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[tuple[object, ...]] = cursor.fetchall()
        return found


def test_nobody_is_the_definer_and_it_owns_no_table() -> None:
    assert rows(
        "SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb"
        f" FROM pg_roles WHERE rolname = '{DEFINER_ROLE}'"
    ) == [(False, False, False, False, False)]
    members = rows(
        "SELECT m.rolname FROM pg_auth_members JOIN pg_roles m ON m.oid = member"
        f" WHERE roleid = '{DEFINER_ROLE}'::regrole AND inherit_option"
    )
    assert members == []
    owned = rows(
        "SELECT relname FROM pg_class"
        f" WHERE relowner = '{DEFINER_ROLE}'::regrole AND relkind NOT IN ('i', 't')"
    )
    assert owned == [("eligibility_screening_log",)]
    assert rows(f"SELECT has_schema_privilege('{DEFINER_ROLE}', 'public', 'CREATE')") == [(False,)]


def test_what_works_with_more_rights_is_the_definers() -> None:
    """No function that runs as its owner is a superuser's or a table owner's, and no view either."""
    ours = "pronamespace = 'public'::regnamespace AND probin IS NULL"
    definers = rows(
        "SELECT proname FROM pg_proc"
        f" WHERE prosecdef AND {ours} AND proowner <> '{DEFINER_ROLE}'::regrole"
    )
    assert definers == []
    held = rows(
        f"SELECT proname FROM pg_proc WHERE {ours} AND proowner = '{DEFINER_ROLE}'::regrole"
    )
    assert {name for (name,) in held} == FUNCTIONS
    views = rows(
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace ="
        f" 'public'::regnamespace AND relowner <> '{DEFINER_ROLE}'::regrole"
    )
    assert views == []


def test_the_definer_may_do_what_its_functions_need_and_no_more() -> None:
    granted: dict[str, dict[str, set[str]]] = {}
    for table, right, column in rows(
        "SELECT c.relname::text, given.it, a.attname::text FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS given (it)"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        f" AND has_column_privilege('{DEFINER_ROLE}', c.oid, a.attnum, given.it)"
    ):
        granted.setdefault(str(table), {}).setdefault(str(right), set()).add(str(column))
    trail = {table: granted.pop(table) for table in TRAIL}
    assert {table: set(rights) - {"DELETE"} for table, rights in trail.items()} == {
        table: rights - {"DELETE"} for table, rights in TRAIL.items()
    }
    assert granted.pop(PURGED) == {
        "SELECT": {"id", "site_id", "created_at"},
        "UPDATE": {"created_at"},
    }
    needed = {table: set(columns) for table, columns in SOUGHT.items()}
    for table, column in rows(
        "SELECT DISTINCT d.refobjid::regclass::text, a.attname::text FROM pg_depend d"
        " JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass"
        " JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
        " WHERE r.ev_class = 'eligibility_screening_log'::regclass AND d.refobjid <> r.ev_class"
    ):
        needed.setdefault(str(table), set()).add(str(column))
    assert granted == {table: {"SELECT": columns} for table, columns in needed.items()}


def test_whole_tables_it_may_delete_from_are_few() -> None:
    found = rows(
        "SELECT relname::text FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        f" AND has_table_privilege('{DEFINER_ROLE}', c.oid, 'DELETE, TRUNCATE, TRIGGER')"
    )
    assert {table for (table,) in found} == {PURGED, "institution_traillink"}


def test_a_policy_of_the_definers_stands_only_where_a_function_needs_it() -> None:
    policies = {
        (str(table), str(what))
        for table, what in rows(
            f"SELECT tablename::text, cmd FROM pg_policies WHERE '{DEFINER_ROLE}' = ANY (roles)"
        )
    }
    read = {
        str(table)
        for (table,) in rows(
            "SELECT DISTINCT c.relname::text FROM pg_class c WHERE c.relrowsecurity"
            f" AND has_any_column_privilege('{DEFINER_ROLE}', c.oid, 'SELECT')"
        )
    }
    expected = {(table, "SELECT") for table in read - {PURGED}}
    assert policies == expected | {("institution_trailentry", "INSERT"), (PURGED, "ALL")}


@pytest.mark.parametrize("function", ["trail_rows('id', '', '', '')", "trail_seal()"])
def test_nobody_hangs_the_trails_functions_on_a_table_of_their_own(function: str) -> None:
    """Whoever may make a passing table could else write what never happened, or seal before the end."""
    assert rows("SELECT current_user") == [(APPLICATION_ROLE,)]
    refused(
        "CREATE TEMP TABLE institution_account (id bigint);"
        " CREATE TRIGGER forged AFTER INSERT ON institution_account"
        f" FOR EACH ROW EXECUTE FUNCTION {function}"
    )


@pytest.mark.parametrize("statement", [f"SET ROLE {DEFINER_ROLE}", "SELECT trail_hide('{}', '{}')"])
def test_the_application_cannot_become_the_definer(statement: str) -> None:
    refused(statement)


def refused(statement: str) -> None:
    with connection.cursor() as cursor, transaction.atomic():
        with pytest.raises(DatabaseError, match="permission denied"):
            cursor.execute(statement)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_the_search_goes_on_by_its_indexes() -> None:
    """The definer's policy is true of every row, so it stands before no condition, and `LIKE` finds its index."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {DEFINER_ROLE}")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT patient_id FROM patients_patientidentifier"
            " WHERE lower(value) LIKE '%7001%'"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "identifier_sought" in plan
