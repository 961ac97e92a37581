"""Assessing by itself: after a change, and wherever the query finds one overtaken.

A message is a hint and may be lost, late, or come twice; the sweep finds what no message brought about, and midnight
at a site and a new protocol version need no message at all. Every task is idempotent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from eligibility import protocols
from eligibility.actions import NotPublished, VersionTaken, assess, mapping, publish
from eligibility.actions.dispatching import due
from eligibility.actions.foreseeing import count_impacts
from eligibility.overtaken import is_overtaken, overtaken
from eligibility.rules.protocol import Protocol
from eligibility.sending import send_due
from eligibility.snapshots import NoSuchPatient
from patients.models import Patient
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

log = logging.getLogger(__name__)


BATCH = 500
TELL_AGAIN_SECONDS = 5
"""The schedule asks again after this; a message that has waited longer is one too many."""
_ONE_SWEEP_AT_A_TIME = 514_085
"""A number of ours among PostgreSQL's advisory locks."""
_NO_DATABASE = (OperationalError, InterfaceError)


def today_at(site: Site) -> date:
    """The day it is at a site."""
    return timezone.localdate(timezone=ZoneInfo(site.time_zone))


@shared_task(name="eligibility.assess", soft_time_limit=60, time_limit=90)
def assess_patient(patient: str, site: int) -> str:
    """Assess one patient for every trial, as of today at the site, unless that has been done meanwhile."""
    outcome = "up to date"
    with use_sites([site]):
        held = Patient.objects.select_related("site").filter(pk=patient, site_id=site).first()
    if held is None:
        return "no such patient"
    for protocol in _in_force():
        if _assess_one(held.pk, held.site, protocol):
            outcome = "assessed"
    return outcome


@shared_task(name="eligibility.sweep")
def assess_overtaken() -> int:
    """Find every overtaken assessment, at every site, and renew it. Returns how many were renewed.

    A patient or a site that fails is logged and left for the next sweep; the others are renewed all the same.
    """
    renewed = 0
    with _alone() as alone:
        in_force = _in_force() if alone else ()
        for site in Site.objects.all() if alone else ():
            for protocol in in_force:
                try:
                    renewed += _renew(site, protocol)
                except SoftTimeLimitExceeded:
                    raise
                except Exception:
                    log.exception("sweep of a site failed", extra={"site": site.pk})
    return renewed


@shared_task(name="eligibility.foresee")
def foresee() -> int:
    """Count what publishing a version of the criteria, or putting one of a site's local codes in force, would change,
    where somebody has asked. Returns how many were counted."""
    return count_impacts() + mapping.count_impacts()


@shared_task(name="eligibility.tell")
def tell() -> int:
    """Find every endpoint for which something is due, and have each told by a task of its own. Returns how many.

    What a lost message, a worker that died or a wait has left comes up here; a site that fails is left for the next.
    """
    asked = 0
    for site in Site.objects.all():
        with use_sites([site.pk]):
            endpoints = list(
                due(at=timezone.now()).values_list("endpoint", flat=True).order_by().distinct()
            )
        for endpoint in endpoints:
            tell_endpoint.apply_async(args=[endpoint, site.pk], expires=TELL_AGAIN_SECONDS)
        asked += len(endpoints)
    return asked


@shared_task(name="eligibility.tell_endpoint", soft_time_limit=90, time_limit=120)
def tell_endpoint(endpoint: int, site: int) -> int:
    """Send what is due at one endpoint, for a while, and then come again behind the others. Returns how many attempts.

    Several at once share the work: each message is with one of them.
    """
    made, more = send_due(endpoint, site)
    if more:
        tell_endpoint.apply_async(args=[endpoint, site], retry=False)
    return made


def _in_force() -> tuple[Protocol, ...]:
    """The protocols of all trials, each published. One that cannot be is one line in the log, not one for each
    patient; `manage.py migrate` and `manage.py check` have refused it before."""
    published = []
    for trial in protocols.trials():
        protocol = protocols.get(trial)
        try:
            publish(protocol)
        except VersionTaken:
            named = {"trial": trial, "version": protocol.version, "digest": protocol.digest()}
            log.error("protocol has changed and kept its version: nobody is assessed", extra=named)
        except NotPublished:
            named = {"trial": trial, "version": protocol.version, "digest": protocol.digest()}
            log.error("another protocol version is published: nobody is assessed", extra=named)
        else:
            published.append(protocol)
    return tuple(published)


def _renew(site: Site, protocol: Protocol) -> int:
    renewed, after = 0, None
    while True:
        day = today_at(site)
        with use_sites([site.pk]):
            due = list(
                overtaken(digest=protocol.digest(), today={site.pk: day}, after=after, limit=BATCH)
            )
        for patient, _ in due:
            renewed += _assess_or_leave(patient, site, protocol)
        if len(due) < BATCH:
            return renewed
        after = due[-1][0]


def _assess_or_leave(patient: UUID, site: Site, protocol: Protocol) -> bool:
    """As :func:`_assess_one`; what fails for this patient alone is logged."""
    try:
        return _assess_one(patient, site, protocol)
    except (SoftTimeLimitExceeded, *_NO_DATABASE):
        raise
    except Exception:
        log.exception("assessment failed", extra={"site": site.pk, "patient": str(patient)})
        return False


def _assess_one(patient: UUID, site: Site, protocol: Protocol) -> bool:
    """Whether there was something to file: nothing is, where somebody else has just done so."""
    day = today_at(site)
    with use_sites([site.pk]):
        if not is_overtaken(patient, digest=protocol.digest(), day=day):
            return False
        try:
            assess(patient, protocol=protocol, on=day)
        except (NoSuchPatient, Patient.DoesNotExist):
            return False
    return True


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other sweep is under way: two would do the same work twice. The lock goes with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ONE_SWEEP_AT_A_TIME])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ONE_SWEEP_AT_A_TIME])
