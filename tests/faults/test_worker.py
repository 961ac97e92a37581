"""The same, with a real worker, a real broker and a real writer, each a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

import pytest
from django.db import connection

from eligibility import demonstration
from eligibility.models import Assessment
from patients.models import Patient
from tests.wiring.test_worker_end_to_end import ROOT, await_that, kill_outright, own_url
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.embedded.processes import Process
from trialscreen.wiring.owner import as_owner

RECEIVE = """
import sys, django
django.setup()
from datetime import date
from patients.actions import Attribution, receive_bundle
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
site = Site.objects.get()
with use_sites([site.pk]):
    receipt = receive_bundle(
        sys.stdin.read(), site=site, source="ehr", by=Attribution(), received_on=date(2026, 11, 25)
    )
print(receipt.patient.pk)
"""
WAITING = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
ON = date(2026, 11, 25)
NOBODY = "redis+socket:///there-is-no-broker.sock"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]
Start = Callable[[], Process]


@pytest.fixture
def site() -> Site:
    return Site.objects.create(
        code="toronto",
        name="Odette",
        city="Toronto",
        time_zone="America/Toronto",
        opened_on=date(2026, 1, 1),
    )


def received(broker_url: str, key: str = "meets-everything") -> UUID:
    """A Bundle is received by a process that is told of this broker."""
    bundle = demonstration.to_json(demonstration.bundle(key, on=ON))
    done = subprocess.run(
        [sys.executable, "-c", RECEIVE],
        input=bundle,
        env=os.environ | {"DATABASE_URL": own_url(), "BROKER_URL": broker_url},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return UUID(done.stdout.strip())


def assessed(patient: UUID, site: Site) -> bool:
    """The record as it stands."""
    with use_sites([site.pk]):
        version = Patient.objects.values_list("record_version", flat=True).get(pk=patient)
        return Assessment.objects.filter(patient=patient, record_version=version).exists()


def test_what_is_received_is_assessed(broker_url: str, start_worker: Start, site: Site) -> None:
    """By its message: the first sweep is over before, and the next is a minute away, with beat alone."""
    worker = start_worker()
    before = received(broker_url, "seventeen")
    await_that(lambda: assessed(before, site), worker)
    patient = received(broker_url)
    await_that(lambda: assessed(patient, site), worker)


@pytest.mark.requirement(71, 84)
def test_a_write_without_a_broker_stands_and_is_swept_up(
    broker_url: str, start_worker: Start, site: Site
) -> None:
    patient = received(NOBODY)
    assert not assessed(patient, site)
    worker = start_worker()
    await_that(lambda: assessed(patient, site), worker)


@pytest.mark.requirement(84)
def test_what_a_killed_worker_was_at_is_swept_up(
    broker_url: str, start_worker: Start, site: Site
) -> None:
    """It is killed with all its pool before it can file; the broker keeps the message to itself."""
    first = start_worker()
    before = received(broker_url, "seventeen")
    await_that(lambda: assessed(before, site), first)
    with nothing_can_be_filed() as others_waiting:
        patient = received(broker_url)
        await_that(others_waiting, first)
        kill_outright(first)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend(pid) {WAITING}")
    assert not assessed(patient, site)
    second = start_worker()
    await_that(lambda: assessed(patient, site), second)


@contextmanager
def nothing_can_be_filed() -> Iterator[Callable[[], bool]]:
    """The owner holds the table; gives a question whether somebody waits for it."""
    with as_owner():
        other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE eligibility_assessment IN SHARE MODE")
    try:
        yield others_wait
    finally:
        other.rollback()
        other.close()


def others_wait() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {WAITING}")
        return bool(cursor.fetchone()[0])
