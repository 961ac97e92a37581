"""What eligibility does when a record has changed: it asks a worker to assess the patient."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from celery.exceptions import CeleryError
from django.conf import settings
from kombu.exceptions import KombuError

from eligibility.tasks import assess_patient

log = logging.getLogger(__name__)


def ask_for_assessment(*, patient_id: UUID, site_id: int, **_: Any) -> None:
    """Send a worker the ids. The change is committed: whatever goes wrong here is for the sweep to make good.

    Without a broker, as in a command on a bare machine, there is nobody to ask.
    """
    if not settings.BROKER_URL:
        return
    try:
        # One attempt: whoever has just saved a result is waiting for the answer.
        assess_patient.apply_async(args=[str(patient_id), site_id], retry=False)
    except (KombuError, CeleryError, OSError):
        log.warning("assessment not asked for", exc_info=True)
