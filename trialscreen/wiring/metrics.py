"""What is measured, for Prometheus at ``/metrics``: requests by address and status, and what waits or is late.

Labels are names of addresses, methods, statuses, tasks and numbers of chains: nothing that came with a request, so no
label can name a patient, and nobody can make new ones. With ``PROMETHEUS_MULTIPROC_DIR`` (a folder that is emptied at
start) all processes of a machine count together.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_network
from typing import Any, Final

import structlog
from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from eligibility import protocols
from eligibility.overtaken import overtaken
from eligibility.tasks import today_at
from trialscreen.institution.models import Site, WorkerPulse
from trialscreen.institution.scope import use_sites

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.5, 3, 10, 30)

REQUESTS = Counter("trialscreen_requests_total", "Answers given.", ("route", "method", "status"))
SECONDS = Histogram(
    "trialscreen_request_seconds", "Time until an answer.", ("route", "method"), buckets=BUCKETS
)
TASKS = Counter("trialscreen_tasks_total", "Tasks that have ended.", ("task", "outcome"))
TASK_SECONDS = Histogram(
    "trialscreen_task_seconds", "Time that a task took.", ("task",), buckets=BUCKETS
)
MINUTE: Final = 60
MOST: Final = 1_000
_kept: dict[str, tuple[float, float]] = {}
log = structlog.get_logger(__name__)


def measured(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Any:
    """Middleware, outermost: every answer is counted, refusals of other middleware too."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = get_response(request)
        route, method = route_of(request), request.method or ""
        method = method if method in METHODS else "other"
        REQUESTS.labels(route, method, str(response.status_code)).inc()
        SECONDS.labels(route, method).observe(time.perf_counter() - started)
        return response

    return middleware


def route_of(request: HttpRequest) -> str:
    """The name of the address as we gave it; whatever is asked for besides is one route: none."""
    match = request.resolver_match
    return (match.url_name or "unnamed") if match is not None else "none"


@task_prerun.connect
def _begin(task: Any, **_: Any) -> None:
    task.request.measured_from = time.perf_counter()


@task_postrun.connect
def _end(task: Any, state: str | None = None, **_: Any) -> None:
    TASKS.labels(task.name, (state or "unknown").lower()).inc()
    since = getattr(task.request, "measured_from", None)
    if since is not None:
        TASK_SECONDS.labels(task.name).observe(time.perf_counter() - since)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For who may ask; for everybody else there is nothing here."""
    if not may_ask(request):
        raise Http404
    registry = REGISTRY
    if os.environ.get(SHARED):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    now = CollectorRegistry()
    now.register(_Now())
    return HttpResponse(
        generate_latest(registry) + generate_latest(now), content_type=CONTENT_TYPE_LATEST
    )


def may_ask(request: HttpRequest) -> bool:
    """With the token of ``METRICS_TOKEN``; or without a proxy between, from a network of ``METRICS_FROM``."""
    token: str = settings.METRICS_TOKEN
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if token and kind.lower() == "bearer":
        return hmac.compare_digest(given.strip().encode(), token.encode())
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR") or "127.0.0.1")
        return any(address in ip_network(each) for each in settings.METRICS_FROM)
    except ValueError:
        return False


class _Now:
    """What is asked of the database at the moment of asking; without it, only that it is away."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        answers = GaugeMetricFamily("trialscreen_database_up", "1 where the database answers.")
        try:
            found = list(_of_database())
            answers.add_metric((), 1)
        except (DatabaseError, OSError):
            found = []
            answers.add_metric((), 0)
            log.warning("metrics_without_database")
        yield answers
        yield from found


def _of_database() -> Iterator[GaugeMetricFamily]:
    yield _one("overtaken_patients", "Whose assessment rests on what has changed.", _overtaken())
    seen = WorkerPulse.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    if seen is not None:
        age = (timezone.now() - seen).total_seconds()
        yield _one("worker_pulse_age_seconds", "Since a worker was last seen.", age)
    path = settings.TRAIL_HEADS_FILE
    if path is not None and path.exists():
        age = time.time() - path.stat().st_mtime
        yield _one("trail_heads_file_age_seconds", "Since an end of the trail was copied.", age)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(sum(sequence), 0) FROM institution_trailhead")
        chains, links = cursor.fetchone()
        cursor.execute(
            "SELECT coalesce(state, 'none'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() GROUP BY 1"
        )
        states = cursor.fetchall()
        cursor.execute("SHOW max_connections")
        most = float(cursor.fetchone()[0])
    yield _one("trail_chains", "Chains of the trail.", chains)
    yield _one("trail_links", "Sealed transactions of all chains.", float(links))
    yield _one("database_connections_most", "Connections that the database takes.", most)
    held = GaugeMetricFamily(
        "trialscreen_database_connections", "Connections by what they do.", labels=("state",)
    )
    for state, count in states:
        held.add_metric((state,), count)
    yield held


def _overtaken() -> float:
    """Counted up to `MOST` for each site and trial, and once a minute, however often somebody asks."""
    known: tuple[float, float] = _kept.get("overtaken", (-MINUTE, 0.0))
    if time.monotonic() - known[0] < MINUTE:
        return known[1]
    count = 0
    for site in Site.objects.all():
        with use_sites([site.pk]):
            for trial in protocols.trials():
                digest = protocols.get(trial).digest()
                due = overtaken(digest=digest, today={site.pk: today_at(site)}, limit=MOST)
                count += len(list(due))
    _kept["overtaken"] = (time.monotonic(), float(count))
    return float(count)


def _one(name: str, told: str, value: float) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"trialscreen_{name}", told)
    family.add_metric((), value)
    return family
