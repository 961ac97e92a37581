"""Working on an import: whoever comes takes it where it stands, for as long as it is told to."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import connection

from patients.actions.importing.checking import Moved, check
from patients.actions.importing.deciding import forget
from patients.actions.importing.storing import store
from patients.models import WORKING, Import
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.institution.trail.acting import acting, acting_as

State = Import.State


def work(
    ident: UUID, *, site: int, now: Callable[[], datetime], go_on: Callable[[], bool] = lambda: True
) -> bool:
    """Check or store an import, step by step, while `go_on` says so between two steps.

    Whether there is something left to do. Nothing is done where there is no such import at the site, somebody else is
    at it, or nothing waits.
    """
    with _alone(ident) as alone:
        if not alone:
            return False
        try:
            while (job := _waiting(ident, site, now())) is not None:
                with _in_whose_name(job), _collected_between_steps():
                    steps = (
                        check(job, at=now())
                        if job.state in (State.UPLOADED, State.CHECKING)
                        else store(job, at=now())
                    )
                    for _ in steps:
                        gc.collect()
                        if _is_to_stop(job):
                            break
                        if not go_on():
                            return True
        except Moved:
            return False
    return False


def waiting() -> Iterator[tuple[UUID, int]]:
    """Every import that has something to be done, at every site: what a lost message left is found here."""
    for site in Site.objects.all():
        with use_sites([site.pk]):
            found = list(Import.objects.filter(site=site, state__in=WORKING).values_list("pk"))
        yield from ((ident, site.pk) for (ident,) in found)


def _waiting(ident: UUID, site: int, at: datetime) -> Import | None:
    """The import, if a worker has something to do for it; one that is to stop is stopped first."""
    with use_sites([site]):
        rows = Import.objects.select_related("site", "person", "approved_by")
        job = rows.filter(pk=ident, site_id=site, state__in=WORKING).first()
        if job is None or job.cancel_asked_at is None:
            return job
        ended = State.DISCARDED if job.approved_at is None else State.CANCELLED
        mine = Import.objects.filter(pk=ident, state=job.state)
        if mine.update(state=ended, ended_at=at):
            forget(job)
    return None


def _is_to_stop(job: Import) -> bool:
    with use_sites([job.site_id]):
        return Import.objects.filter(pk=job.pk, cancel_asked_at__isnull=False).exists()


@contextmanager
def _in_whose_name(job: Import) -> Iterator[None]:
    """What is written is who approved's, before that who sent it's."""
    person = job.approved_by or job.person
    client = job.approved_client or job.client
    who = replace(
        acting(),
        account=None if person is None else person.pk,
        by="" if person is None else person.name,
        client=client,
    )
    with acting_as(who):
        yield


@contextmanager
def _collected_between_steps() -> Iterator[None]:
    """A step makes some hundred thousand objects and hardly a circle. To look for circles among them again and again,
    as Python would, takes a sixth of a step; between two steps there is little to look at."""
    gc.freeze()
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if before:
            gc.enable()


@contextmanager
def _alone(ident: UUID) -> Iterator[bool]:
    """Whether nobody else works on it. The lock goes with the connection, and so with the worker."""
    number = int.from_bytes(sha256(f"import {ident}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
