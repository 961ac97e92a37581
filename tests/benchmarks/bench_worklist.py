"""The worklist beside its goal: every tab, filter, search, order and page. Run by ``make bench``.

Not a test: pytest only lends it the database. ``PATIENTS`` and ``OPEN`` in the environment set the size; a million
patients take two minutes to invent. They are all of one site, which is the worst case: row security narrows nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from eligibility import worklist
from eligibility.actions import publish
from tests.pages.stored import PROTOCOL, coordinator, make_site, today_at
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.owner import as_owner

PATIENTS = int(os.environ.get("PATIENTS", "20000"))
OPEN = int(os.environ.get("OPEN", "2000"))
ROUNDS = int(os.environ.get("ROUNDS", "8"))
GOAL_MS = 100
TABS = (
    *("open", "ready", "to-sign", "to-register", "needs-information", "not-yet"),
    *("repeatable", "fails", "closing", "registered", "closed"),
)

FILLED = (
    *("patients_patient", "patients_demographics", "patients_patientidentifier"),
    *("eligibility_assessment", "eligibility_screening"),
)

PEOPLE = """
WITH made AS (
    INSERT INTO patients_patient (id, site_id, record_version, read_with, created_at)
    SELECT gen_random_uuid(), %(site)s, 1, '', now() FROM generate_series(1, %(patients)s)
    RETURNING id
), numbered AS (SELECT id, row_number() OVER ()::int AS n FROM made), identified AS (
    INSERT INTO patients_patientidentifier (site_id, patient_id, source, system, value, created_at)
    SELECT %(site)s, id, 'ehr', 'urn:mrn', 'MRN-' || n, now() FROM numbered
)
INSERT INTO patients_demographics (site_id, patient_id, family_name, given_name, birth_first, birth_last, sex,
    fact, since_version)
SELECT %(site)s, id, chr(65 + n / 26 %% 26) || 'amily' || n, chr(65 + n %% 26) || 'iven' || n,
    date '1940-01-01' + (n %% 20000)::int,
    date '1940-01-01' + (n %% 20000)::int, 'female', '{}', 1
FROM numbered
"""
ASSESSMENTS = """
INSERT INTO eligibility_assessment (site_id, patient_id, protocol_version_id, record_version, "on", engine, dictionary,
    made_with, ranges_version, status, verdicts, glance, answer, assessed_at, recheck_on)
SELECT %(site)s, patient_id, %(version)s, 1, %(on)s, '1', '1', '1', 0,
    (array['eligible', 'not_yet', 'undetermined', 'ineligible'])[1 + d.id %% 4],
    -- No two rows alike, so that nothing made of one serves for the next.
    substring(translate(md5(d.id::text) || md5('x' || d.id), '0123456789abcdef', 'mmmmmmmmmmmmunau') for %(criteria)s),
    jsonb_build_object('bases', repeat('e', %(criteria)s), 'missing', 5, 'blocked', '[]'::jsonb, 'first',
        '[["patient", "Ask whether there was a transfusion this week"], ["lab", "Order ALT and AST"]]'::jsonb),
    '{}', now(), %(on)s::date + 7
FROM patients_demographics d ORDER BY d.id LIMIT %(episodes)s
"""
SCREENINGS = """
INSERT INTO eligibility_screening (id, site_id, patient_id, trial_id, number, episode, state, version, opened_on,
    opened_at, assessment_id, status, repeatable, earliest, window_last, sought_by, assignee_id, born)
SELECT gen_random_uuid(), %(site)s, a.patient_id, %(trial)s, n, 1,
    CASE WHEN n > %(open)s THEN (array['declined', 'ineligible', 'registered'])[1 + n %% 3]
         ELSE (array['candidate', 'in_screening', 'candidate', 'candidate', 'confirmed', 'signed'])[1 + n %% 6]
    END, 1, %(on)s, now(), a.id, a.status, n %% 5 = 0,
    CASE WHEN a.status = 'not_yet' THEN %(on)s::date + (n %% 90)::int END,
    CASE WHEN a.status = 'eligible' THEN %(on)s::date + (n %% 60)::int END,
    '|gf|given' || n || ' family' || n || '|' || (date '1940-01-01' + (n %% 20000)::int) || '|mrn-' || n || '|',
    CASE WHEN n %% 3 = 0 THEN %(me)s END,
    CASE WHEN n %% 50 = 0 THEN date '9999-12-31' ELSE date '1940-01-01' + (n %% 20000)::int END
FROM (SELECT *, row_number() OVER (ORDER BY id)::int AS n FROM eligibility_assessment) a
"""


class Taken(NamedTuple):
    """Milliseconds by the clock and of the processor; without what PostgreSQL took of it."""

    wall: float
    cpu: float


@pytest.mark.django_db(transaction=True)
def test_the_worklist(client: Client) -> None:
    site = make_site()
    anna = coordinator(site)
    filled(site, anna)
    client.force_login(anna)
    print(
        f"\nThe worklist, {PATIENTS} patients, {OPEN} open screenings, milliseconds of the server"
    )
    heads = ("p50", "p95", "cpu p50", "database", "queries")
    print(f"{'':30}{' '.join(f'{head:>8}' for head in heads)}   goal: p95 <= {GOAL_MS}")
    print(f"load of the machine at the beginning: {os.getloadavg()[0]:.1f}")
    every: list[Taken] = []
    for what, queries in asked(client).items():
        before = database_cpu()
        taken = [timed(client, query) for _ in range(ROUNDS) for query in queries]
        database = (database_cpu() - before) / len(taken)
        every += taken
        print(f"  {what:28}{figures(taken)} {database:8.1f} {counted(client, queries[0]):8}")
    print(f"  {'all':28}{figures(every)}   load {os.getloadavg()[0]:.1f}")


def filled(site: Site, anna: Account) -> None:
    with untrailed(), use_sites([site.pk]):
        version = publish(PROTOCOL)
        said: dict[str, Any] = {
            "site": site.pk,
            "patients": PATIENTS,
            "open": OPEN,
            "episodes": OPEN * 2,
            "version": version.pk,
            "trial": version.trial_id,
            "criteria": len(PROTOCOL.criteria),
            "on": today_at(site),
            "me": anna.pk,
        }
        with connection.cursor() as cursor:
            for made in (PEOPLE, ASSESSMENTS, SCREENINGS):
                cursor.execute(made, said)
    with as_owner(), connection.cursor() as cursor:
        for table in FILLED:
            cursor.execute(f"VACUUM ANALYZE {table}")


@contextmanager
def untrailed() -> Iterator[None]:
    """Inventing a million patients is not what is measured: no trail of it is kept."""
    with as_owner(), connection.cursor() as cursor:
        for table in FILLED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    with as_owner(), connection.cursor() as cursor:
        for table in FILLED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def asked(client: Client) -> dict[str, list[str]]:
    """Addresses by what they ask: the worklist, and the patients among whom somebody without an episode is found."""
    return {
        **{
            what: [f"/worklist/{query}" for query in queries]
            for what, queries in of_worklist(client).items()
        },
        "patients: search": [
            f"/patients/?q={typed}"
            for typed in (
                *("amily77", "zamily", "given5 amily5", "ab", "MRN-123", "mrn-99999", "nobody"),
                *("1950-05-17", "3 Jan 1960"),
            )
        ],
        "patients: list and orders": ["/patients/", "/patients/?sort=name", "/patients/?sort=-age"],
    }


def of_worklist(client: Client) -> dict[str, list[str]]:
    pages = [f"?sort={sort}" for sort in worklist.SORTS]
    later = []
    for start in pages:
        there = start
        for _ in range(5):
            answer = client.get(f"/worklist/{there}")
            there = answer.context["list"].next or there
        later.append(there)
    seen = client.get("/worklist/?tab=open").context["list"].seen
    return {
        "every tab": [f"?tab={tab}" for tab in TABS],
        "whose": ["?who=me", "?who=nobody", "?tab=ready&who=me"],
        "search": [
            "?q=gf",
            "?q=family77",
            "?q=MRN-123",
            "?q=1950-05-17",
            "?q=nobody",
            "?q=EDM-0042",
        ],
        "order": pages,
        "a later page": later,
        "nothing has changed": [f"?seen={seen}"],
    }


def timed(client: Client, there: str) -> Taken:
    """Of the server alone: a test client would copy the context of every template on the way."""
    path, _mark, query = there.partition("?")
    environ = client._base_environ(PATH_INFO=path, QUERY_STRING=query)  # type: ignore[attr-defined]
    start, cpu = time.perf_counter(), time.thread_time()
    answer = client.handler(environ)
    taken = Taken((time.perf_counter() - start) * 1e3, (time.thread_time() - cpu) * 1e3)
    assert answer.status_code in (200, 204), there
    return taken


def database_cpu() -> float:
    """Milliseconds of the processor that PostgreSQL has taken for this connection; no number where that is not told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(told[11]) + int(told[12])) * 1e3 / os.sysconf("SC_CLK_TCK")


def counted(client: Client, query: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        client.get(query)
    return len(caught)


def figures(taken: list[Taken]) -> str:
    walls, cpus = [one.wall for one in taken], [one.cpu for one in taken]
    return f"{median(walls):8.1f} {quantiles(walls, n=20)[-1]:8.1f} {median(cpus):8.1f}"
