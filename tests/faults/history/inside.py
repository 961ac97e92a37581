# ruff: noqa: E402 - Django first, then what needs it
"""``python -m tests.faults.history.inside WORD``: what a history needs of the application, in a process of its own.

`load CLIENTS CANDIDATES` makes a site with people and a system, each with a token, and patients who can be screened;
`held` tells every record and episode as it is held; `left` tells how many assessments are still to be renewed. Each
prints one JSON document. The database is that of the environment.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db.models import Exists, OuterRef
from django.utils import timezone

from eligibility.covered import is_intact
from eligibility.models import Assessment, Event, Screening, SignOff
from patients.models import (
    Attestation,
    Delivery,
    LabResult,
    Patient,
    PatientIdentifier,
    SetAside,
)
from tests.api.stored.conftest import make_client
from tests.eligibility.stored import make_site
from tests.faults.history.told import Chain, Effect, Held, Signature, Step
from tests.workflow.staffed import AT, SINCE, candidate, person, staffed
from trialscreen.institution.actions import delegate, sign_delegation
from trialscreen.institution.models import Duty, Role, Site
from trialscreen.institution.scope import use_sites
from trialscreen.institution.tokens import issue_token
from trialscreen.institution.trail.verifying import verify

CODE = "london"
SYSTEM = "urn:history"
"""Identifiers and records of the history's own are of this system, or named so."""
ANALYTE = "platelets"


def load(clients: str, candidates: str) -> Any:
    site = make_site(CODE)
    until = timezone.now() + timedelta(hours=12)
    with use_sites([site.pk]):
        team = staffed(CODE, ceiling=1_000_000)
        desks = []
        for number in range(int(clients)):
            coordinator = person(f"coordinator.{number}", Role.COORDINATOR, site)
            investigator = person(f"investigator.{number}", Role.INVESTIGATOR, site)
            for account, duty in ((coordinator, Duty.CONFIRM), (investigator, Duty.SIGN)):
                entry = delegate(
                    site=site,
                    trial=team.trial.number,
                    account=account,
                    duty=duty,
                    first_day=SINCE,
                    by=team.investigator,
                )
                sign_delegation(entry, by=team.investigator, at=AT)
            desks.append([issue_token(each, expires=until) for each in (coordinator, investigator)])
        today = timezone.localdate(timezone=site.zone)
        opened = [
            candidate("meets-everything", site, on=today, source=f"ehr-{number}")
            for number in range(int(candidates))
        ]
    system = make_client("history-ehr", site)
    return {
        "system": system.token,
        "desks": desks,
        "today": today.isoformat(),
        "screenings": [[str(one.pk), str(one.patient_id)] for one in opened],
    }


def held() -> Any:
    site = Site.objects.get(code=CODE)
    with use_sites([site.pk]):
        records, episodes, chains = list(_records()), list(_episodes()), list(_chains())
    found = verify()
    return {
        "held": [asdict(one) for one in (*records, *episodes)],
        "chains": [asdict(one) for one in chains],
        "trail": [str(fault) for fault in found.faults],
        "entries": found.entries,
    }


def _records() -> Iterator[Held]:
    """Each patient: who it is, every result of the history's, and what was withdrawn."""
    effects: dict[Any, list[Effect]] = defaultdict(list)
    versions: dict[Any, list[int]] = defaultdict(list)
    numbers = PatientIdentifier.objects.filter(system=SYSTEM)
    for patient, value in numbers.values_list("patient", "value").distinct():
        effects[patient].append(Effect(f"number {value}", 1))
    mark_of: dict[Any, str] = {}
    rows = LabResult.objects.filter(analyte=ANALYTE).order_by("id")
    for row in rows.only(
        "patient", "value", "ref", "source", "since_version", "superseded_version"
    ):
        mark = mark_of[row.patient_id, row.source, row.ref] = result_mark(row.value)
        own = bool(row.value is None or row.value == row.value.to_integral_value())
        effects[row.patient_id].append(Effect(mark, row.since_version, row.superseded_version, own))
    for one in SetAside.objects.all():
        mark = mark_of.get((one.patient_id, one.source, one.ref), "")
        effects[one.patient_id].append(Effect(f"without {mark}", one.record_version))
        versions[one.patient_id].append(one.record_version)
    for table in (Delivery, Attestation):
        for patient, version in table.objects.values_list("patient", "record_version"):
            versions[patient].append(version)
    for patient, version in Patient.objects.values_list("pk", "record_version"):
        yield Held(str(patient), version, tuple(effects[patient]), tuple(versions[patient]))


def result_mark(value: Any) -> str:
    return "result none" if value is None else f"result {value.normalize():f}"


def _episodes() -> Iterator[Held]:
    """Each episode with its events, and of each patient how many episodes there are."""
    events: dict[Any, list[Event]] = defaultdict(list)
    for event in Event.objects.select_related("by").order_by("screening", "sequence"):
        events[event.screening_id].append(event)
    of_patient: dict[Any, list[Screening]] = defaultdict(list)
    for screening in Screening.objects.order_by("patient", "episode"):
        of_patient[screening.patient_id].append(screening)
        own = events[screening.pk]
        effects = tuple(
            Effect(
                f"{screening.pk} {each.transition} {each.sequence} {each.by and each.by.username}",
                each.sequence,
                own=each.by is None or each.sequence == 1,
            )
            for each in own
        )
        versions = tuple(each.sequence for each in own)
        yield Held(f"episode {screening.pk}", screening.version, effects, versions)
    for patient, several in of_patient.items():
        numbers = tuple(one.episode for one in several)
        effects = tuple(Effect(f"{patient} again {one}", one, own=one == 1) for one in numbers)
        yield Held(f"episodes of {patient}", len(several), effects, numbers)


def _chains() -> Iterator[Chain]:
    steps: dict[Any, list[Step]] = defaultdict(list)
    for one in Event.objects.order_by("screening", "sequence"):
        step = Step(one.sequence, one.transition, one.from_state, one.to_state)
        steps[one.screening_id].append(step)
    signatures: dict[Any, list[Signature]] = defaultdict(list)
    signed = SignOff.objects.select_related("event", "determination__event")
    for sign_off in signed.select_related("determination__voiding__event"):
        signatures[sign_off.event.screening_id].append(_signature(sign_off))
    for screening, told in steps.items():
        yield Chain(f"episode {screening}", tuple(told), tuple(signatures[screening]))


def _signature(one: SignOff) -> Signature:
    determination = one.determination
    voiding = getattr(determination, "voiding", None)
    intact = is_intact(
        determination.covers,
        determination.digest,
        signed=one.digest,
        signer=one.by_id,
        name=one.by_name,
        at=one.at,
        meaning=one.meaning,
    )
    voided = None if voiding is None else voiding.event.sequence
    return Signature(one.event.sequence, determination.event.sequence, voided, intact)


def left() -> Any:
    """How many patients have not been assessed as they stand, whatever release of ours is running by now."""
    site = Site.objects.get(code=CODE)
    as_it_stands = Assessment.objects.filter(
        patient=OuterRef("pk"), record_version=OuterRef("record_version")
    )
    with use_sites([site.pk]):
        return Patient.objects.filter(~Exists(as_it_stands)).count()


WORDS: dict[str, Callable[..., Any]] = {"load": load, "held": held, "left": left}

if __name__ == "__main__":
    word, *rest = sys.argv[1:]
    sys.stdout.write(json.dumps(WORDS[word](*rest)))
