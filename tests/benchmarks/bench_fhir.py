"""Searches over FHIR at a site of many patients: how long each takes, and whether a plan reads a whole table.

``FHIR_PATIENTS=100000`` fills the site with so many (500), each with four results; ``FHIR_RUNS`` asks so often (40).
"""

from __future__ import annotations

import os
import time
from statistics import median, quantiles

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.api.stored.conftest import EVERYTHING, make_client, make_site
from tests.fhir.conftest import Speaker, observation, person
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.owner import as_owner

PATIENTS = int(os.environ.get("FHIR_PATIENTS", "500"))
RUNS = int(os.environ.get("FHIR_RUNS", "40"))
RESULTS = 4
GOAL = 500
"""Milliseconds at the 95th percentile."""
SMALL = 1_000
"""Rows of a table that may well be read whole."""
FIRST = 1_000_000
"""Numbers of the rows that are filled in, past those that were sent."""

COPIES = "CREATE TEMP TABLE copies AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, %(count)s) AS n"
ORIGINAL = """patients_fhirversion version
    JOIN patients_receivedresource sent ON sent.id = version.resource_id"""
OF_COPIES: dict[str, tuple[str, str, str]] = {
    "patients_patient": ("patients_patient held", "held.id", "'id', copies.id"),
    "patients_patientidentifier": (
        "patients_patientidentifier held",
        "held.system = 'urn:mrn' AND held.patient_id",
        "'id', %(first)s + n * 10, 'patient_id', copies.id, 'value', 'copy-' || n",
    ),
    "patients_delivery": (
        "patients_delivery held",
        "held.patient_id",
        "'id', %(first)s + n, 'patient_id', copies.id, 'received_at', now() - n * interval '1 minute'",
    ),
    "patients_receivedresource": (
        "patients_receivedresource held",
        "held.patient_id",
        "'id', %(first)s + n * 10 + held.position, 'patient_id', copies.id, 'delivery_id', %(first)s + n",
    ),
    "patients_fhirversion": (
        f"{ORIGINAL} JOIN patients_fhirversion held ON held.id = version.id",
        "held.patient_id",
        """'id', %(first)s + n * 10 + sent.position, 'resource_id', %(first)s + n * 10 + sent.position,
           'patient_id', copies.id, 'at', now() - n * interval '1 minute',
           'record', CASE WHEN held.type = 'Patient' THEN copies.id ELSE gen_random_uuid() END""",
    ),
    "patients_fhirtoken": (
        f"{ORIGINAL} JOIN patients_fhirtoken held ON held.version_id = version.id",
        "held.patient_id",
        """'id', %(first)s + n * 100 + sent.position * 10 + held.id %% 10, 'patient_id', copies.id,
           'version_id', %(first)s + n * 10 + sent.position,
           'value', CASE WHEN held.name = 'identifier' THEN held.value || '-' || n ELSE held.value END""",
    ),
}
FILL = [
    f"INSERT INTO {table} SELECT made.* FROM {held} CROSS JOIN copies"
    f" CROSS JOIN LATERAL jsonb_populate_record(held, jsonb_build_object({said})) made"
    f" WHERE {whose} = %(patient)s"
    for table, (held, whose, said) in OF_COPIES.items()
]
"""Copies of one patient with all that was sent, each with an identifier of its own; past every trigger."""


def fill(patient: str) -> None:
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        said: dict[str, str | int] = {"count": PATIENTS, "patient": patient, "first": FIRST}
        for statement in (COPIES, *FILL):
            cursor.execute(statement, said)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@pytest.mark.django_db(transaction=True)
def test_searches(capsys: pytest.CaptureFixture[str]) -> None:
    site = make_site("toronto")
    fhir = Speaker(make_client("ehr", site, scopes=f"{EVERYTHING} system/AuditEvent.rs"))
    results = [
        observation(f"o{one}", identifier=[{"system": "urn:lab", "value": f"A{one}"}])
        for one in range(RESULTS)
    ]
    fhir.send(person(), *results)
    begun = time.perf_counter()
    fill(fhir.patient())
    filled = time.perf_counter() - begun
    with use_sites([site.pk]), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM patients_patient ORDER BY id LIMIT %s", [RUNS])
        patients = [str(key) for (key,) in cursor.fetchall()]
    found = {}
    for what, asked in searches(patients).items():
        found[what] = (timed(fhir, asked), whole_tables(fhir, asked[0], site))
    found["pages of 200 by _lastUpdated, following next"] = (paged(fhir), [])
    with capsys.disabled():
        report(found, filled)
    assert not [what for what, (_, read) in found.items() if read]


def searches(patients: list[str]) -> dict[str, list[str]]:
    """What a hospital asks, each of several patients."""
    code = "http://loinc.org|777-3"
    numbers = [1 + place * PATIENTS // RUNS for place in range(RUNS)]
    return {
        "Observation?patient&code": [f"Observation?patient={x}&code={code}" for x in patients],
        "Observation?patient&code&date": [
            f"Observation?patient={x}&code={code}&date=ge2026-11-01" for x in patients
        ],
        "Patient?identifier": [f"Patient?identifier=urn:mrn|copy-{n}" for n in numbers],
        "Patient?identifier, no system": [f"Patient?identifier=copy-{n}" for n in numbers],
        "Patient?identifier, nobody": [f"Patient?identifier=urn:mrn|none-{n}" for n in numbers],
        "Observation?identifier": [f"Observation?identifier=urn:lab|A1-{n}" for n in numbers],
        "Observation?code, of all": [f"Observation?code={code}"] * RUNS,
        "Observation?code nobody has": [f"Observation?code={code[:-1]}9"] * RUNS,
        "Observation?status nobody has": ["Observation?status=registered"] * RUNS,
        "Observation?_lastUpdated, some": [recent()] * RUNS,
        "Observation?_lastUpdated, none": ["Observation?_lastUpdated=gt2099-01-01"] * RUNS,
        "Observation?date, none": ["Observation?date=gt2099-01-01"] * RUNS,
        "Patient/$everything": [f"Patient/{x}/$everything" for x in patients],
        "Provenance?patient": [f"Provenance?patient={x}" for x in patients],
        "Provenance?target": [f"Provenance?target=Patient/{x}" for x in patients],
        "Provenance?recorded, none": ["Provenance?recorded=gt2099-01-01"] * RUNS,
        "AuditEvent?patient": [f"AuditEvent?patient={x}" for x in patients],
    }


def recent() -> str:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))
    return f"Observation?_lastUpdated=ge{at}"


def timed(fhir: Speaker, asked: list[str]) -> list[float]:
    times = []
    for one in asked:
        begun = time.perf_counter()
        said = fhir.get(one)
        times.append((time.perf_counter() - begun) * 1e3)
        assert said.status == 200, said.raw[:300]
    return times


def paged(fhir: Speaker) -> list[float]:
    times: list[float] = []
    link = "Observation?_lastUpdated=ge2020-01-01&_count=200"
    while link and len(times) < RUNS:
        begun = time.perf_counter()
        page = fhir.get(link)
        times.append((time.perf_counter() - begun) * 1e3)
        link = {one["relation"]: one["url"] for one in page.tree["link"]}.get("next", "")
    return times


def whole_tables(fhir: Speaker, asked: str, site: Site) -> list[str]:
    """Tables of any size that a plan of this search reads from end to end."""
    with CaptureQueriesContext(connection) as captured:
        fhir.get(asked)
    read = set()
    with use_sites([site.pk]), connection.cursor() as cursor:
        for one in captured.captured_queries:
            if not one["sql"].startswith("SELECT") or "trail_note" in one["sql"]:
                continue
            cursor.execute("EXPLAIN " + one["sql"].replace("%", "%%"), [])
            for (line,) in cursor.fetchall():
                if "Seq Scan on " in line and int(line.split("rows=")[1].split()[0]) > SMALL:
                    read.add(line.strip())
    return sorted(read)


def report(found: dict[str, tuple[list[float], list[str]]], filled: float) -> None:
    print(f"\nSearches over FHIR, {PATIENTS} patients with {RESULTS} results each, milliseconds")
    print(f"(filled in {filled:.0f} s; load {os.getloadavg()[0]:.1f}){'':37}{'p50':>9} {'p95':>9}")
    for what, (times, read) in found.items():
        p95 = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
        print(f"  {what:58}{median(times):9.1f} {p95:9.1f}  {'; '.join(read)}")
    worst = max(quantiles(times, n=20)[-1] for times, _ in found.values() if len(times) > 1)
    print(f"  slowest p95 / {GOAL} ms: {worst / GOAL:.2f}, goal <= 1")
