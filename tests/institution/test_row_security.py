"""What PostgreSQL itself keeps from the application's role, whatever the application asks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import ProgrammingError, connection, transaction

from trialscreen.institution.database_roles import APPLICATION_ROLE, append_only
from trialscreen.institution.row_security import row_security
from trialscreen.institution.scope import sites_in_use, use_sites
from trialscreen.wiring.owner import as_owner

TABLE = "example_of_a_clinical_table"
OWNER = f"example_of_an_owner_{os.getpid()}"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("row-security")]


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for each in statements:
            cursor.execute(each)


def rows(query: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[tuple[object, ...]] = cursor.fetchall()
        return found


def seen() -> list[object]:
    return [what for (what,) in rows(f"SELECT what FROM {TABLE} ORDER BY what")]


def forward(table: str) -> list[str]:
    operations = [*row_security(table), *append_only(table, updates=["note"])]
    return [str(each.sql) for each in operations]


def backward(table: str) -> list[str]:
    return [str(each.reverse_sql) for each in reversed(row_security(table))]


@pytest.fixture(autouse=True)
def table() -> Iterator[str]:
    """A table of the owner's, as a migration makes it, with a row of site 1 and one of site 2."""
    with as_owner():
        run(
            f"CREATE TABLE {TABLE} (site_id bigint NOT NULL, what text, note text)",
            *forward(TABLE),
            f"INSERT INTO {TABLE} VALUES (1, 'of one'), (2, 'of two'), (12, 'of twelve')",
        )
    yield TABLE
    with as_owner():
        run(f"DROP TABLE {TABLE}")


@contextmanager
def refused(words: str) -> Iterator[None]:
    with pytest.raises(ProgrammingError, match=words), transaction.atomic():
        yield


@pytest.mark.requirement(20, 73)
def test_the_application_is_not_the_owner() -> None:
    assert rows("SELECT current_user") == [(APPLICATION_ROLE,)]
    (rights,) = rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
        " FROM pg_roles WHERE rolname = current_user"
    )
    assert not any(rights)
    assert rows("SELECT relname FROM pg_class WHERE relowner = current_user::regrole") == []
    with as_owner():
        assert rows("SELECT current_user") != [(APPLICATION_ROLE,)]


def test_nothing_said_is_nothing_seen() -> None:
    assert seen() == []
    with use_sites([]):
        assert seen() == []
        assert sites_in_use() == frozenset()


@pytest.mark.requirement(20)
def test_only_rows_of_the_sites_in_use_are_seen() -> None:
    with use_sites([1]):
        assert seen() == ["of one"]
        with use_sites([2, 12]):
            assert seen() == ["of twelve", "of two"]
            assert sites_in_use() == {2, 12}
        assert seen() == ["of one"]
    assert seen() == []


@pytest.mark.requirement(20)
def test_nothing_stays_on_the_connection_after_an_error() -> None:
    with use_sites([1]):
        with pytest.raises(ZeroDivisionError), use_sites([2]):
            raise ZeroDivisionError
        assert seen() == ["of one"]
    with pytest.raises(ZeroDivisionError), use_sites([1]):
        raise ZeroDivisionError
    assert seen() == []


@pytest.mark.requirement(20)
def test_no_row_is_written_for_another_site() -> None:
    with refused("row-level security"), use_sites([1]):
        run(f"INSERT INTO {TABLE} VALUES (2, 'smuggled')")
    with refused("row-level security"):
        run(f"INSERT INTO {TABLE} VALUES (1, 'by nobody')")
    with use_sites([1]):
        run(f"INSERT INTO {TABLE} VALUES (1, 'another of one')")
        assert seen() == ["another of one", "of one"]


@pytest.mark.requirement(20)
def test_no_row_of_another_site_is_changed() -> None:
    with use_sites([1]):
        run(f"UPDATE {TABLE} SET note = 'seen'")
    with as_owner():
        assert rows(f"SELECT what FROM {TABLE} WHERE note = 'seen'") == [("of one",)]


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET what = 'edited'",
        f"UPDATE {TABLE} SET site_id = 2",
        f"DELETE FROM {TABLE}",
        f"TRUNCATE {TABLE}",
        f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {TABLE} ADD COLUMN more text",
        f"DROP POLICY only_the_sites_in_use ON {TABLE}",
        f"DROP TABLE {TABLE}",
        f"CREATE POLICY everything ON {TABLE} USING (true)",
        f"ALTER TABLE {TABLE} DISABLE TRIGGER ALL",
        "CREATE TABLE public.mine (what text)",
        "DELETE FROM institution_account",
        "DELETE FROM institution_site",
        "DELETE FROM institution_staffrole",
        "DELETE FROM django_migrations",
        "TRUNCATE institution_account CASCADE",
        "ALTER ROLE trialscreen_app BYPASSRLS",
    ],
)
def test_the_application_may_not(statement: str) -> None:
    with refused("permission denied|must be owner"), use_sites([1, 2, 12]):
        run(statement)
    with as_owner():
        assert rows(f"SELECT count(*) FROM {TABLE} WHERE what LIKE 'of %'") == [(3,)]


@pytest.fixture
def owner() -> Iterator[str]:
    """The table belongs to somebody who is no superuser, as in service; the tests' own owner is one."""
    with as_owner():
        run(
            f"CREATE ROLE {OWNER} NOLOGIN",
            f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}",
            f"ALTER TABLE {TABLE} OWNER TO {OWNER}",
        )
    yield OWNER
    with as_owner():
        run(f"ALTER TABLE {TABLE} OWNER TO CURRENT_USER", f"DROP OWNED BY {OWNER}")
        run(f"DROP ROLE {OWNER}")


@pytest.mark.requirement(16, 20)
def test_the_owner_sees_the_sites_it_names_and_no_others(owner: str) -> None:
    with as_owner(), transaction.atomic():
        run(f"SET LOCAL ROLE {owner}")
        assert rows("SELECT current_user") == [(owner,)]
        assert seen() == []
        run("SELECT set_config('trialscreen.sites', '2', true)")
        assert seen() == ["of two"]
        run(f"UPDATE {TABLE} SET note = 'mine'")
        assert rows(f"SELECT count(*) FROM {TABLE} WHERE note = 'mine'") == [(1,)]
    with as_owner(), refused("row-level security"):
        run(f"SET LOCAL ROLE {owner}", f"INSERT INTO {TABLE} VALUES (1, 'smuggled')")


@pytest.mark.requirement(16, 20)
def test_row_security_is_forced_wherever_it_is() -> None:
    """Of a table whose owner it does not hold, this test says the name."""
    lax = rows(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
        " UNION SELECT tablename FROM pg_policies p JOIN pg_class c ON c.relname = p.tablename"
        " WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    )
    assert lax == []


def test_switching_row_security_off_gives_an_error_instead_of_rows() -> None:
    with refused("row-level security"), use_sites([1]):
        run("SET LOCAL row_security = off")
        seen()


def test_the_helper_is_reversible() -> None:
    with as_owner():
        run(*backward(TABLE))
    assert len(seen()) == 3
    assert rows(f"SELECT relforcerowsecurity FROM pg_class WHERE relname = '{TABLE}'") == [(False,)]


def test_a_name_that_needs_quotes_is_refused() -> None:
    with pytest.raises(ValueError, match="not a plain name"):
        row_security("patients; DROP TABLE patients")


@pytest.mark.requirement(20)
def test_every_table_with_a_site_is_guarded() -> None:
    """Of a clinical table that was forgotten, this test says the name."""
    unguarded = rows(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relkind IN ('r', 'p') AND a.attname = 'site_id' AND NOT a.attisdropped"
        " AND NOT c.relrowsecurity AND c.relname NOT LIKE 'institution\\_%'"
    )
    assert unguarded == []


@pytest.mark.requirement(29, 39)
def test_no_clinical_row_can_be_deleted() -> None:
    deletable = rows(
        "SELECT c.relname FROM pg_class c WHERE c.relrowsecurity"
        " AND has_table_privilege(current_user, c.oid, 'DELETE')"
    )
    # Work to be done, emptied as it is done: what came of it, and what was refused, are rows of their own.
    assert sorted(deletable) == [("patients_importline",), ("patients_importpiece",)]
