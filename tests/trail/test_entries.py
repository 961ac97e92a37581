"""Every change of a security record leaves an entry, by whatever way it was made."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from trialscreen.institution.models import Account, Site, TrailEntry
from trialscreen.institution.trail.acting import Acting, acting_as, because
from trialscreen.wiring.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
WHO = Acting(account=7, by="Anna Ng", origin="POST /staff/", request="r-1", address="10.0.0.1")


def entries(subject: str) -> list[TrailEntry]:
    with as_owner():
        return list(
            TrailEntry.objects.filter(subject=subject).exclude(kind="truncate").order_by("pk")
        )


def site(code: str = "here") -> Site:
    return Site.objects.create(
        code=code, name="Here", city="Here", time_zone="America/Toronto", opened_on="2026-01-01"
    )


@pytest.mark.requirement(27)
def test_each_way_of_changing_a_row_leaves_one_entry_for_each_row() -> None:
    with acting_as(WHO):
        first = site("one")
        Site.objects.bulk_create(
            [
                Site(code=code, name="n", city="c", time_zone="UTC", opened_on=date(2026, 1, 1))
                for code in ("two", "three")
            ]
        )
        first.name = "Saved"
        first.save()
        Site.objects.update(city="Elsewhere")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE institution_site SET city = %s WHERE code = 'two'", ["100%"])
            cursor.execute("UPDATE institution_site SET name = 'Raw 100%' WHERE code = 'two'")
    kinds = [each.kind for each in entries("institution_site")]
    assert kinds == ["insert"] * 3 + ["update"] * 6
    assert {
        (each.account_id, each.by_name, each.origin) for each in entries("institution_site")
    } == {(7, "Anna Ng", "POST /staff/")}


@pytest.mark.requirement(28, 29)
def test_an_update_says_the_old_and_the_new_of_what_changed() -> None:
    held = site()
    with because("it moved"):
        Site.objects.filter(pk=held.pk).update(city="There")
    last = entries("institution_site")[-1]
    assert (last.old, last.new, last.why) == ({"city": "Here"}, {"city": "There"}, "it moved")
    assert last.key == str(held.pk)


def test_what_changes_nothing_leaves_no_entry() -> None:
    held = site()
    held.save()
    assert [each.kind for each in entries("institution_site")] == ["insert"]


@pytest.mark.requirement(33)
def test_what_is_undone_leaves_no_entry() -> None:
    with transaction.atomic():
        site()
        transaction.set_rollback(True)
    assert entries("institution_site") == []


def test_secrets_stand_in_the_trail_as_sums() -> None:
    account = Account.objects.create_user("anna", "a long and winding password", name="Anna")
    told = entries("institution_account")[-1].new
    assert told is not None
    assert told["password"].startswith("sha256:")
    assert account.password not in str(told)


@pytest.mark.requirement(31, 39)
def test_the_application_can_neither_write_nor_change_nor_switch_it_off() -> None:
    site()
    for refused in (
        "INSERT INTO institution_trailentry SELECT * FROM institution_trailentry",
        "UPDATE institution_trailentry SET kind = 'x'",
        "DELETE FROM institution_trailentry",
        "TRUNCATE institution_trailentry",
        "UPDATE institution_traillink SET hash = 'x'",
        "DELETE FROM institution_trailhead",
        "ALTER TABLE institution_site DISABLE TRIGGER ALL",
        "DROP TRIGGER trail_insert ON institution_site",
        "SET session_replication_role = replica",
        "SELECT trail_write(NULL, 'insert', 'institution_site', '1', NULL, NULL, '{}')",
        "SELECT trail_note(NULL, 'insert', 'institution_site', '1', NULL, '{}')",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(refused)
    assert [each.kind for each in entries("institution_site")] == ["insert"]


def test_nobody_reads_entries_without_being_let() -> None:
    site()
    assert not TrailEntry.objects.exists()
