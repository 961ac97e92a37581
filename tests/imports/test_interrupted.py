"""An import that is interrupted: by a fault, by a worker that is killed, by somebody who cancels it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from patients.actions import together
from patients.actions.addressing import address_together
from patients.actions.importing import checking, storing
from patients.actions.importing.deciding import NotNow, cancel
from patients.actions.importing.working import waiting, work
from patients.models import Delivery, Import, ImportLine, ImportPiece, Patient, ReceivedResource
from tests.faults.conftest import broker_url, start_worker
from tests.imports.files import (
    approved,
    checked,
    counts,
    known,
    ndjson,
    now_of,
    person,
    platelets,
    rows_of,
    sent,
    worked,
)
from tests.pages.stored import make_site
from tests.wiring.test_worker_end_to_end import ROOT, await_that, kill_outright, own_url
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.embedded.processes import Process

__all__ = ["broker_url", "start_worker"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]
TABLES: tuple[Any, ...] = (Patient, Delivery, ReceivedResource)
APPROVE = """
import sys, django
django.setup()
from datetime import date
from django.utils import timezone
from patients.actions import Attribution
from patients.actions.importing.deciding import approve
from patients.models import Import
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
site = Site.objects.get()
with use_sites([site.pk]):
    approve(
        Import.objects.get(), by=Attribution("feed"), on=date(2026, 11, 25), at=timezone.now()
    )
"""


@pytest.fixture
def site() -> Site:
    return make_site()


def export(patients: int) -> bytes:
    return ndjson(
        *(person(f"{number:04}") for number in range(patients)),
        *(platelets(f"{number:04}", f"o{number}") for number in range(patients)),
    )


def killed_after(steps: int) -> Callable[[], bool]:
    """Whoever works is gone after so many steps."""
    left = iter([True] * steps)

    def go_on() -> bool:
        if next(left, False):
            return True
        raise KeyboardInterrupt

    return go_on


@pytest.mark.requirement(62, 84)
@pytest.mark.parametrize("steps", [0, 1, 2, 3, 4])
def test_whatever_step_it_ends_after_it_goes_on_and_no_row_comes_twice(
    site: Site, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 7)
    monkeypatch.setattr(storing, "AT_ONCE", 6)
    job = sent(site, export(12))
    with pytest.raises(KeyboardInterrupt):
        work(job.pk, site=site.pk, now=timezone.now, go_on=killed_after(steps))
    worked(job)
    approved(now_of(job), site)
    with pytest.raises(KeyboardInterrupt):
        work(job.pk, site=site.pk, now=timezone.now, go_on=killed_after(steps))
    worked(job)
    now = now_of(job)
    assert (now.state, counts(now)) == (Import.State.DONE, (24, 24, 0, 0))
    assert rows_of(site, TABLES) == {"Patient": 12, "Delivery": 12, "ReceivedResource": 24}
    assert rows_of(site, (ImportLine, ImportPiece)) == {"ImportLine": 0, "ImportPiece": 0}


def test_a_step_that_fails_is_undone_as_a_whole(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = checked(site, export(6))
    approved(job, site)
    address, calls = address_together, iter(range(100))

    def fails_at_the_fourth(*args: Any) -> None:
        if next(calls) == 3:
            raise OSError("the disk is full")
        address(*args)

    # A portion for each patient.
    monkeypatch.setattr(together, "MOST_HELD", 1)
    monkeypatch.setattr(together, "address_together", fails_at_the_fourth)
    with pytest.raises(OSError, match="disk"):
        worked(job)
    assert rows_of(site, TABLES) == {"Patient": 0, "Delivery": 0, "ReceivedResource": 0}
    assert list(waiting()) == [(job.pk, site.pk)]
    worked(job)
    assert counts(now_of(job)) == (12, 12, 0, 0)


def test_cancelling_takes_effect_between_two_steps_and_keeps_what_was_stored(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "AT_ONCE", 4)
    job = checked(site, export(6))
    approved(job, site)
    done = iter(range(100))

    def and_then_somebody_cancels() -> bool:
        if next(done) == 1:
            with use_sites([site.pk]):
                cancel(now_of(job), at=timezone.now())
        return True

    work(job.pk, site=site.pk, now=timezone.now, go_on=and_then_somebody_cancels)
    now = now_of(job)
    assert now.state == Import.State.CANCELLED
    assert now.received == 12
    assert 0 < now.stored < 12
    assert rows_of(site, (ReceivedResource, ImportLine)) == {
        "ReceivedResource": now.stored,
        "ImportLine": 0,
    }
    with use_sites([site.pk]), pytest.raises(NotNow):
        cancel(now, at=timezone.now())
    assert list(waiting()) == []


def test_of_two_who_approve_one_is_told(site: Site) -> None:
    job = checked(site, export(1))
    approved(job, site)
    with pytest.raises(NotNow, match="cannot be approved"):
        approved(job, site)


@pytest.mark.requirement(21)
def test_a_job_with_another_site_s_id_finds_nothing_to_do(site: Site) -> None:
    other = make_site("toronto", "America/Toronto")
    job = sent(site, export(1))
    assert work(job.pk, site=other.pk, now=timezone.now) is False
    assert now_of(job).state == Import.State.UPLOADED


@pytest.mark.requirement(62, 84)
def test_what_a_killed_worker_was_at_another_finishes(
    broker_url: str, start_worker: Callable[[], Process], site: Site
) -> None:
    """The first of two steps is stored; in the second the worker waits for a patient whom we hold, and is killed."""
    known(site, "0550")
    job = checked(site, export(600))
    with use_sites([site.pk]):
        held = Patient.objects.get()
    worker = start_worker()
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT set_config('trialscreen.sites', %s, true)", [str(site.pk)])
            cursor.execute("SELECT 1 FROM patients_patient WHERE id = %s FOR UPDATE", [held.pk])
        env = os.environ | {"DATABASE_URL": own_url(), "BROKER_URL": broker_url}
        subprocess.run([sys.executable, "-c", APPROVE], env=env, cwd=ROOT, timeout=60, check=True)
        await_that(lambda: now_of(job).stored > 0 and _others_wait(), worker)
        kill_outright(worker)
    finally:
        other.rollback()
        other.close()
    half = now_of(job)
    assert half.state == Import.State.RUNNING
    assert 0 < half.stored < 1200
    second = start_worker()
    await_that(lambda: now_of(job).state == Import.State.DONE, second)
    # The Patient of the one who was known is another text here, and so a version of its own.
    assert counts(now_of(job))[0::3] == (1200, 0)
    with use_sites([site.pk]):
        assert Patient.objects.count() == 600
        twice = ReceivedResource.objects.values_list("patient", "key", "digest")
        assert len(set(twice)) == twice.count()


def _others_wait() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])
