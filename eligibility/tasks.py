"""Assessing by itself: after a change, and wherever the query finds one overtaken. Every task is idempotent."""

from __future__ import annotations

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from celery import shared_task
from django.utils import timezone

from eligibility import protocols
from eligibility.actions import assess
from eligibility.overtaken import overtaken
from eligibility.snapshots import NoSuchPatient
from patients.models import Patient
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites


def today_at(site: Site) -> date:
    """The day it is at a site."""
    return timezone.localdate(timezone=ZoneInfo(site.time_zone))


@shared_task(name="eligibility.assess")
def assess_patient(patient: str, site: int) -> str:
    """Assess one patient for every trial, as of today at the site."""
    with use_sites([site]):
        held = Patient.objects.select_related("site").filter(pk=patient, site_id=site).first()
        if held is None:
            return "no such patient"
        for trial in protocols.trials():
            assess(held.pk, protocol=protocols.get(trial), on=today_at(held.site))
    return "assessed"


@shared_task(name="eligibility.sweep")
def assess_overtaken() -> int:
    """Find every overtaken assessment, at every site, and renew it."""
    renewed = 0
    for site in Site.objects.all():
        for trial in protocols.trials():
            renewed += _renew(site, trial)
    return renewed


def _renew(site: Site, trial: str) -> int:
    protocol, day = protocols.get(trial), today_at(site)
    with use_sites([site.pk]):
        due = list(overtaken(digest=protocol.digest(), today={site.pk: day}))
    for patient, _ in due:
        _assess_one(patient, site, trial, day)
    return len(due)


def _assess_one(patient: UUID, site: Site, trial: str, day: date) -> None:
    with use_sites([site.pk]):
        try:
            assess(patient, protocol=protocols.get(trial), on=day)
        except NoSuchPatient:
            return
