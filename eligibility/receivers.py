"""What eligibility does when a record changes: it says who may set it aside, and has a worker assess the patient."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from celery.exceptions import CeleryError
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import KombuError

from eligibility import protocols
from eligibility.actions.entering import decides_against, findings_of
from eligibility.entry_policies import may_set_aside
from eligibility.models import OPEN, Screening, State
from eligibility.policies import NotAllowed
from eligibility.tasks import assess_patient, tell_endpoint
from patients.models import Patient
from patients.signals import MayNotMerge, MayNotSetAside
from trialscreen.institution.models import Account

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


def ask_for_telling(*, endpoint_id: int, site_id: int, **_: Any) -> None:
    """Send a worker the id of an endpoint for which something waits; lost, the schedule finds it within seconds."""
    if not settings.BROKER_URL:
        return
    try:
        tell_endpoint.apply_async(args=[endpoint_id, site_id], retry=False)
    except (KombuError, CeleryError, OSError):
        log.warning("telling not asked for", exc_info=True)


def ask_what_is_under_way(*, merged: Patient, **_: Any) -> None:
    """Who is being screened, or takes part, is not recorded as somebody else before that has ended.

    Raises:
        MayNotMerge: with the sentence that names the screening.
    """
    held = Screening.objects.filter(patient=merged, state__in=(*OPEN, State.REGISTERED))
    one = held.select_related("trial").order_by("opened_at").first()
    if one is None:
        return
    which = f"screening {one.number}"
    if one.state == State.REGISTERED:
        raise MayNotMerge(
            f"The other record is registered in {one.trial.number} ({which}). Who takes part keeps their record: "
            "merge in the other direction."
        )
    raise MayNotMerge(
        f"The other record has an open screening for {one.trial.number} ({which}, “{State(one.state).label}”). "
        "Close it first, or merge in the other direction."
    )


def ask_who_sets_aside(*, patient: Patient, ref: str, person: Account, **_: Any) -> None:
    """What is confirmed and decides against a patient in a trial is an investigator's to set aside.

    Raises:
        MayNotSetAside: with the sentence of the policy.
    """
    today = timezone.localdate(timezone=patient.site.zone)
    against = any(
        decides_against(ref, findings_of(patient, protocol=protocols.get(trial), on=today))
        for trial in protocols.trials()
    )
    try:
        may_set_aside(decides_against=against, by=person, site_id=patient.site_id, on=today)
    except NotAllowed as refusal:
        raise MayNotSetAside(refusal.sentence) from None
