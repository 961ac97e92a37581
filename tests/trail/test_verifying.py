"""Whatever a superuser does to the trail is found, and the place named; an untouched trail never is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from django.db import connection, transaction

from trialscreen.institution.models import Site, TrailLink
from trialscreen.institution.trail import heads
from trialscreen.institution.trail.verifying import Head, Verified, read_heads, verify
from trialscreen.wiring.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def history() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE institution_trailentry, institution_traillink, institution_trailhead"
        )
    for number in range(6):
        with transaction.atomic():
            for part in "ab":
                Site.objects.create(
                    code=f"site-{number}-{part}",
                    name="Né",
                    city="C",
                    time_zone="UTC",
                    opened_on=date(2026, 1, 1),
                )


def verified(kept: list[Head] | None = None) -> Verified:
    with as_owner():
        return verify(kept or ())


def superuser(*statements: str) -> None:
    """Somebody who may do anything, triggers off."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for each in statements:
            cursor.execute(each)


def forge_from(sequence: int) -> None:
    """Work out every seal again from a link on, as somebody would who knows how."""
    with as_owner():
        links = list(TrailLink.objects.filter(chain=0).order_by("sequence"))
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
        before = links[sequence - 2].hash if sequence > 1 else ""
        for link in links[sequence - 1 :]:
            at = link.sealed_at
            assert at is not None
            told = (
                *(link.chain, link.sequence, link.transaction, link.first_entry, link.last_entry),
                *(link.entries, f"{at:%Y-%m-%dT%H:%M:%S.%f}Z", link.digest, before),
            )
            before = sha256("|".join(map(str, told)).encode()).hexdigest()
            TrailLink.objects.filter(pk=link.pk).update(hash=before)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE institution_trailhead SET hash = %s", [before])
            cursor.execute("RESET session_replication_role")


@pytest.mark.requirement(32)
def test_an_untouched_trail_is_whole() -> None:
    found = verified()
    assert (found.entries, found.links, found.faults) == (12, 6, [])
    assert found.heads[0].sequence == 6
    assert verified([found.heads[0]]).faults == []


@pytest.mark.requirement(32)
@pytest.mark.parametrize(
    ("tampering", "where"),
    [
        ("UPDATE institution_trailentry SET by_name = 'Somebody else' WHERE id = {third}", 2),
        (
            'UPDATE institution_trailentry SET new = new || \'{{"city": "D"}}\' WHERE id = {third}',
            2,
        ),
        (
            "UPDATE institution_trailentry SET at = at + interval '1 microsecond' WHERE id = {third}",
            2,
        ),
        ("DELETE FROM institution_trailentry WHERE id = {third}", 2),
        ("DELETE FROM institution_traillink WHERE sequence = 3", 4),
        ("UPDATE institution_traillink SET digest = repeat('0', 64) WHERE sequence = 3", 3),
        ("UPDATE institution_traillink SET hash = repeat('0', 64) WHERE sequence = 3", 3),
        ("UPDATE institution_traillink SET sequence = sequence + 10 WHERE sequence = 6", 16),
        ("DELETE FROM institution_traillink WHERE sequence = 6", 5),
        ("DELETE FROM institution_trailhead", 6),
    ],
)
def test_each_tampering_is_found_where_it_was_done(tampering: str, where: int) -> None:
    with as_owner():
        third = TrailLink.objects.get(chain=0, sequence=2).first_entry
    superuser(tampering.format(third=third))
    assert where in {fault.sequence for fault in verified().faults}


@pytest.mark.requirement(32)
def test_an_entry_that_was_smuggled_in_is_in_no_seal() -> None:
    superuser(
        "INSERT INTO institution_trailentry (transaction, at, kind, subject, key, by_name, client, why, origin,"
        " address, request, database_user) SELECT 1, at, kind, subject, key, by_name, client, why, origin,"
        " address, request, database_user FROM institution_trailentry LIMIT 1"
    )
    assert ["in no seal" in str(fault) for fault in verified().faults] == [True]


@pytest.mark.requirement(32)
@pytest.mark.parametrize("sequence", [1, 3, 6])
def test_a_chain_forged_to_its_end_is_found_by_the_heads_kept_elsewhere(sequence: int) -> None:
    kept = [verified().heads[0]]
    superuser(
        f"UPDATE institution_traillink SET digest = repeat('0', 64) WHERE sequence = {sequence}"
    )
    forge_from(sequence)
    assert "another link than was kept" in {fault.what for fault in verified(kept).faults}


@pytest.mark.requirement(32)
def test_an_end_that_was_cut_off_is_found_by_the_heads_kept_elsewhere() -> None:
    kept = [verified().heads[0]]
    superuser(
        "DELETE FROM institution_trailentry WHERE id >="
        " (SELECT first_entry FROM institution_traillink WHERE sequence = 6)",
        "DELETE FROM institution_traillink WHERE sequence = 6",
        "UPDATE institution_trailhead SET sequence = 5,"
        " hash = (SELECT hash FROM institution_traillink WHERE sequence = 5)",
    )
    assert verified().faults == []
    assert [fault.what for fault in verified(kept).faults] == ["a link that was kept is gone"]


def test_heads_are_read_from_a_file_outside(tmp_path_factory: Callable[..., object]) -> None:
    path = tmp_path_factory.mktemp("heads") / "heads.jsonl"  # type: ignore[attr-defined]
    assert read_heads(path) == []
    path.write_text(json.dumps({"chain": 0, "sequence": 3, "hash": "a"}) + "\n")
    assert read_heads(path) == [Head(0, 3, "a")]
    path.write_text("{}\n")
    with pytest.raises(ValueError, match="line 1"):
        read_heads(path)


def test_heads_are_copied_without_reading_more_than_the_end_of_the_file(
    tmp_path_factory: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged line, or one that was cut off as its writer was killed, keeps no later head from being copied."""
    path = tmp_path_factory.mktemp("heads") / "heads.jsonl"  # type: ignore[attr-defined]
    monkeypatch.setattr(heads, "TAIL", 300)
    at, others = datetime(2026, 11, 22, tzinfo=UTC), '{"chain": 7, "sequence": 1, "hash": "a"}\n'
    path.write_text("not a head\n" + others * 1000 + '{"chain": 0, "sequ')
    (head,) = heads.current_heads()
    assert heads.publish_heads(at=at, path=path) == 1
    told = path.read_text().splitlines()
    assert told[-2] == '{"chain": 0, "sequ'
    assert json.loads(told[-1])["hash"] == head.hash
    assert heads.publish_heads(at=at, path=path) == 0, "nothing has moved"
    with path.open("a") as file:
        file.write(others * 20)
    assert heads.publish_heads(at=at, path=path) == 1, "its copy is too far up: copied again"
    with pytest.raises(ValueError, match="line 1"):
        read_heads(path)
