"""What is measured is told to who may ask, and names nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from tests.eligibility.stored import make_site
from tests.workflow.staffed import candidate, staffed
from trialscreen.institution.scope import use_sites
from trialscreen.wiring import metrics
from trialscreen.wiring.environment import Environment

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a token for who watches"


def test_nobody_is_told_unless_it_was_said_who_may_ask(settings: LazySettings, db: None) -> None:
    settings.METRICS_TOKEN, settings.METRICS_FROM = "", []
    assert Client().get("/metrics").status_code == 404
    guess = Client().get("/metrics", headers={"Authorization": "Bearer "})
    assert guess.status_code == 404


@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        ({"Authorization": f"Bearer {TOKEN}"}, "203.0.113.9", 200),
        ({"Authorization": "Bearer another"}, "203.0.113.9", 404),
        ({}, "10.1.2.3", 200),
        ({}, "203.0.113.9", 404),
        ({"X-Forwarded-For": "10.1.2.3"}, "10.1.2.3", 404),
        ({"X-Forwarded-For": "10.1.2.3", "Authorization": f"Bearer {TOKEN}"}, "9.9.9.9", 200),
    ],
)
@pytest.mark.django_db
def test_who_may_ask(
    settings: LazySettings, headers: dict[str, str], address: str, status: int
) -> None:
    settings.METRICS_TOKEN, settings.METRICS_FROM = TOKEN, ["10.0.0.0/8"]
    assert Client(REMOTE_ADDR=address).get("/metrics", headers=headers).status_code == status


@pytest.mark.requirement(37)
@pytest.mark.django_db
def test_numbers_of_requests_and_of_what_waits_and_no_name(settings: LazySettings) -> None:
    settings.METRICS_FROM = ["127.0.0.1/32"]
    metrics._kept.clear()
    site = make_site()
    with use_sites([site.pk]):
        staffed(site.code)
        screening = candidate("meets-everything", site)
    client = Client()
    client.get("/patients/?q=Boudreau-canary")
    client.get("/no/such/Boudreau-canary")
    client.generic("MADE-UP-METHOD", "/")
    told = client.get("/metrics").content.decode()
    assert 'trialscreen_requests_total{method="GET",route="patients",status="302"}' in told
    assert 'route="none"' in told
    assert 'method="other"' in told
    for name in ("overtaken_patients", "trail_links", "database_connections", "database_up 1.0"):
        assert f"trialscreen_{name}" in told
    assert "canary" not in told
    assert str(screening.pk) not in told
    assert str(screening.patient_id) not in told


def test_networks_are_read_or_named_as_wrong() -> None:
    assert Environment({"METRICS_FROM": "127.0.0.1, 10.2.0.0/16"}).networks("METRICS_FROM") == [
        "127.0.0.1/32",
        "10.2.0.0/16",
    ]
    wrong = Environment({"METRICS_FROM": "somewhere"})
    assert wrong.networks("METRICS_FROM") == []
    assert "METRICS_FROM" in wrong.problems[0]


def test_processes_count_together(tmp_path: Path) -> None:
    """As gunicorn does it: the application is loaded once, and then the process divides."""
    program = """
import os, django
django.setup()
from trialscreen.wiring import metrics
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
for _ in range(3):
    child = os.fork()
    if not child:
        metrics.REQUESTS.labels("home", "GET", "200").inc()
        os._exit(0)
    os.waitpid(child, 0)
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(registry.get_sample_value(
    "trialscreen_requests_total", {"route": "home", "method": "GET", "status": "200"}))
"""
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ
        | {
            "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "trialscreen.wiring.settings",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["3.0"]
