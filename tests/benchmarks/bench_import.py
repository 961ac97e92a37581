"""A bulk export, generated: memory at the peak, lines in a second, and P6, stored rows beside COPY of the same rows.

Not a test: pytest only lends it the database. ``IMPORT_LINES=1000000`` for the full size; the figures
are ratios of one run.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.benchmarks.copying import copies_of_the_same_rows
from tests.wiring.test_worker_end_to_end import ROOT, own_url
from trialscreen.institution.models import Site

LINES = int(os.environ.get("IMPORT_LINES", "5200"))
OF_ONE = 26
"""Lines of one patient: the Patient, and results."""
CODES = ("777-3", "751-8", "1975-2", "2160-0", "1920-8")
UNITS = ("10*9/L", "10*9/L", "umol/L", "umol/L", "U/L")
MOST = 512
"""Megabytes at the peak."""
TABLES = (
    *("patients_patient", "patients_patientidentifier", "patients_demographics"),
    *("patients_delivery", "patients_receivedresource", "patients_labresult"),
    *("patients_fhirversion", "patients_fhirtoken"),
)
IMPORT = """
import json, resource, sys, time, django
django.setup()
from datetime import date
from django.utils import timezone
from patients.actions import Attribution
from patients.actions.importing.deciding import approve
from patients.actions.importing.uploading import Sent, upload
from patients.actions.importing.working import work
from patients.models import Import
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

site = Site.objects.get()
def pieces():
    while piece := sys.stdin.buffer.read(262144):
        yield piece
told = {}
def timed(name, act):
    begun, cpu = time.perf_counter(), time.process_time()
    found = act()
    told[name] = [time.perf_counter() - begun, time.process_time() - cpu]
    return found
def send():
    with use_sites([site.pk]):
        return upload([Sent("all", pieces())], site=site, source="ehr", system="", by=Attribution("feed"))
job = timed("upload", send)
told["peaks"] = []
steps = 0
def go_on():
    global steps
    steps += 1
    with open("/proc/self/statm") as now:
        held = int(now.read().split()[1]) * resource.getpagesize() // 2**20
    told["peaks"].append([held, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024])
    return True
go = lambda: work(job.pk, site=site.pk, now=timezone.now, go_on=go_on)
timed("check", go)
told["checked"] = steps
with use_sites([site.pk]):
    approve(Import.objects.get(pk=job.pk), by=Attribution("feed"), on=date(2026, 11, 25), at=timezone.now())
timed("store", go)
with use_sites([site.pk]):
    now = Import.objects.get(pk=job.pk)
    told["counts"] = [now.state, now.received, now.stored, now.refused]
told["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps(told))
"""


def lines(count: int) -> Iterator[bytes]:
    """Invented: all patients first, then all results, as a bulk export has them."""
    patients = max(1, count // OF_ONE)
    for one in range(patients):
        person: dict[str, Any] = {"resourceType": "Patient", "id": f"p{one}", "gender": "female"}
        person |= {"identifier": [{"system": "urn:mrn", "value": f"M{one}"}]}
        person |= {"name": [{"family": f"Invented{one}"}], "birthDate": "1970-05-17"}
        yield json.dumps(person).encode() + b"\n"
    for number in range(count - patients):
        which = number % len(CODES)
        result: dict[str, Any] = {"resourceType": "Observation", "id": f"o{number}"}
        result |= {"status": "final", "subject": {"reference": f"Patient/p{number % patients}"}}
        result |= {"code": {"coding": [{"system": "http://loinc.org", "code": CODES[which]}]}}
        result |= {"effectiveDateTime": f"2026-{number % 11 + 1:02}-{number % 28 + 1:02}"}
        value = {"value": 100 + number % 90, "code": UNITS[which], "unit": UNITS[which]}
        result["valueQuantity"] = value | {"system": "http://unitsofmeasure.org"}
        yield json.dumps(result).encode() + b"\n"


def rows(count: int) -> Iterator[bytes]:
    """The same results as CSV, of the patients whom `lines` has."""
    patients = max(1, count // OF_ONE)
    yield b"patient_id,result_id,loinc,name,value,unit,collected\n"
    for number in range(count):
        which = number % len(CODES)
        told = f"M{number % patients},R{number},{CODES[which]},Invented,{100 + number % 90}"
        told += f",{UNITS[which]},2026-{number % 11 + 1:02}-{number % 28 + 1:02}\n"
        yield told.encode()


def packed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """With gzip."""
    packer = zlib.compressobj(1, wbits=31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


@pytest.mark.django_db(transaction=True)
def test_a_bulk_export() -> None:
    site = Site.objects.create(
        code="toronto", name="T", city="T", time_zone="America/Toronto", opened_on=date(2026, 1, 1)
    )
    told = imported(packed(lines(LINES)))
    shown("NDJSON, gz", told, LINES)
    stored_in = told["store"][0]
    print("  P6, goal >= 0.5 of COPY of the same rows from tuples:")
    for what, seconds, count in copies_of_the_same_rows(site, TABLES):
        print(f"  {seconds / stored_in:6.3f} of {what}: {seconds:.2f} s, {count} rows")
    assert told["peak"] <= MOST


@pytest.mark.django_db(transaction=True)
def test_a_table_of_results_of_patients_who_are_known() -> None:
    Site.objects.create(
        code="toronto", name="T", city="T", time_zone="America/Toronto", opened_on=date(2026, 1, 1)
    )
    patients = max(1, LINES // OF_ONE)
    imported(itertools.islice(lines(LINES), patients))
    told = imported(rows(LINES))
    shown("CSV", told, LINES)
    assert told["peak"] <= MOST


def shown(what: str, told: dict[str, Any], count: int) -> None:
    state, received, stored, refused = told["counts"]
    assert (state, received, stored, refused) == ("done", count, count, 0)
    print(f"\n{what}: {count} lines of {count // OF_ONE} patients, seconds and processor seconds")
    for step in ("upload", "check", "store"):
        wall, cpu = told[step]
        print(f"  {step:8}{wall:9.1f} {cpu:9.1f} {count / wall:10.0f} lines/s")
    print(f"  peak of the importing process: {told['peak']} MB, goal <= {MOST}")
    for part, steps in (
        ("check", told["peaks"][: told["checked"]]),
        ("store", told["peaks"][told["checked"] :]),
    ):
        some = steps[:: max(1, len(steps) // 8)]
        print(f"  while it goes on, {part}: " + ", ".join(f"{now} ({peak})" for now, peak in some))


def imported(pieces: Iterator[bytes]) -> dict[str, Any]:
    """Send, check, approve and store a file in a process of its own."""
    env = os.environ | {"DATABASE_URL": own_url(), "BROKER_URL": ""}
    begun = [sys.executable, "-c", IMPORT]
    with subprocess.Popen(
        begun, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd=ROOT
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for piece in pieces:
            child.stdin.write(piece)
        child.stdin.close()
        out = child.stdout.read()
    found: dict[str, Any] = json.loads(out)
    return found
