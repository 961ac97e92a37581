"""Imports in the background. A message is a hint: what it should have brought about is found by a query as well."""

from __future__ import annotations

import logging
import time
from typing import Any
from uuid import UUID

from celery import shared_task
from celery.exceptions import CeleryError
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import KombuError

from patients.actions.importing.working import waiting, work

SLICE = 20.0
"""Seconds after which an import lets others have their turn; it goes on behind them."""

log = logging.getLogger(__name__)


@shared_task(name="patients.import")
def work_on_import(job: str, site: int) -> None:
    """Check or store an import for a while."""
    end = time.monotonic() + SLICE
    if work(UUID(job), site=site, now=timezone.now, go_on=lambda: time.monotonic() < end):
        work_on_import.delay(job, site)


@shared_task(name="patients.imports")
def find_imports() -> int:
    """Have every import worked on that has something to be done. Returns how many."""
    found = list(waiting())
    for job, site in found:
        work_on_import.apply_async(args=[str(job), site], expires=60)
    return len(found)


def ask_for_work(*, job_id: UUID, site_id: int, **_: Any) -> None:
    """Send a worker the ids; without a broker there is nobody to ask, and what goes wrong here the query makes good."""
    if not settings.BROKER_URL:
        return
    try:
        work_on_import.apply_async(args=[str(job_id), site_id], retry=False)
    except (KombuError, CeleryError, OSError):
        log.warning("import not asked for", exc_info=True)
