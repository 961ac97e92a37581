"""One stored patient, from the tables to today's verdicts, beside a `prefetch_related` path. Run by ``make bench``.

Not a test: pytest only lends it the database. Figures are ratios within one run.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import Prefetch

from eligibility import demonstration, snapshots
from eligibility.protocols import get
from eligibility.rules.protocol import Assessment
from eligibility.rules.record import Record
from patients.actions import Attribution, receive_bundle
from patients.codec import decode
from patients.facts import Facts
from patients.models import CLINICAL, Demographics, Patient
from tests.benchmarks.timing import timed
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

ON = date(2026, 11, 25)
PROTOCOL = get("NCT00514085")
OTHERS = 20
"""Other patients in the tables, so that indexes are asked something."""


@pytest.mark.django_db
def test_one_stored_patient() -> None:
    site = Site.objects.create(
        code="toronto", name="T", city="T", time_zone="America/Toronto", opened_on=ON
    )
    with use_sites([site.pk]):
        keys = [one.key for one in demonstration.catalogue()][:OTHERS]
        for key in keys:
            bundle = demonstration.to_json(demonstration.bundle(key, on=ON))
            patient = receive_bundle(
                bundle, site=site, source="ehr", by=Attribution(), received_on=ON
            ).patient
        _report(patient)


def _report(patient: Patient) -> None:
    snapshot = snapshots.take(patient.pk, trial=PROTOCOL.trial)
    trip = timed(lambda: _round_trip(patient), runs=200)
    evaluation = timed(lambda: _assessed(snapshot.record), runs=200)
    whole = timed(
        lambda: _assessed(snapshots.take(patient.pk, trial=PROTOCOL.trial).record), runs=200
    )
    slow = timed(lambda: _assessed(_prefetched(patient)), runs=60)
    print("\nOne stored patient, milliseconds")
    print(f"{'':46}{'p50':>9} {'p95':>9} {'cpu p50':>9}")
    for what, timing in (
        ("one round trip, json_agg", trip),
        ("evaluation of an indexed record", evaluation),
        ("snapshot and evaluation", whole),
        ("the same through prefetch_related", slow),
    ):
        print(f"  {what:44}{timing}")
    ratio = whole.p50 / (trip.p50 + evaluation.p50)
    print(f"  snapshot and evaluation / (round trip + evaluation): {ratio:.2f}, goal <= 2")
    cpu = whole.cpu / (trip.cpu + evaluation.cpu)
    print(f"  the same in processor time of this process: {cpu:.2f}")
    print(f"  prefetch_related / snapshot and evaluation: {slow.p50 / whole.p50:.1f}")


def _round_trip(patient: Patient) -> object:
    with connection.cursor() as cursor:
        cursor.execute(snapshots._query(), {"patient": str(patient.pk), "trial": PROTOCOL.trial})
        return cursor.fetchone()


def _assessed(record: Record) -> Assessment:
    return PROTOCOL.assess(PROTOCOL.case(record), ON)


def _prefetched(patient: Patient) -> Record:
    names = [f"{table.__name__.lower()}_rows" for table in CLINICAL]
    current = [
        Prefetch(name, queryset=table.objects.filter(superseded_version=None))
        for name, table in zip(names, CLINICAL, strict=True)
    ]
    person = Prefetch("demographics", queryset=Demographics.objects.filter(superseded_version=None))
    held = Patient.objects.prefetch_related(*current, person, "attestations").get(pk=patient.pk)
    facts: dict[str, list[Any]] = {name: [] for name in snapshots._FIELDS.values()}
    for name in names:
        for row in getattr(held, name).all():
            facts[snapshots._FIELDS[row.fact["fact"]]].append(decode(row.fact))
    who = decode(held.demographics.all()[0].fact)
    held_facts: dict[str, Any] = {name: tuple(of_kind) for name, of_kind in facts.items()}
    return Record(Facts(who, ON, **held_facts))
