"""Two questions of whoever keeps this running: are you there, and can you work?"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.connection import Connection
from kombu.exceptions import KombuError

from trialscreen.institution.models import WorkerPulse
from trialscreen.wiring.away import AWAY
from trialscreen.wiring.celery import PULSE_SECONDS, app

# Three missed pulses and a little.
WORKER_IS_LATE = timedelta(seconds=PULSE_SECONDS * 3 + 10)
BROKER_PATIENCE = 2.0


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 without the database, its migrations, the broker or the cache. A silent worker is reported, and is no
    reason to turn people away: pages need none."""
    database = _database_answers()
    migrated = database and _is_migrated()
    broker, cached = _broker_answers(), _cache_answers()
    works = database and migrated and broker and cached
    seen_at = _worker_seen_at() if database else None
    late = seen_at is None or timezone.now() - seen_at > WORKER_IS_LATE
    body = {
        "status": "ok" if works else "unavailable",
        "database": "ok" if database else "unavailable",
        "migrations": "ok" if migrated else "unavailable",
        "broker": "ok" if broker else "unavailable",
        "cache": "ok" if cached else "unavailable",
        "worker": "late" if late else "ok",
        "worker_last_seen": seen_at.isoformat() if seen_at else None,
    }
    return JsonResponse(body, status=200 if works else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, OSError):
        return False
    return True


def _is_migrated() -> bool:
    """Whether the tables are those of this code; of a later release's too, so that an older process serves on."""
    try:
        applied = MigrationRecorder(connection).applied_migrations().keys()
    except DatabaseError:
        return False
    return _wanted() <= applied


_OURS: set[tuple[str, str]] = set()


def _wanted() -> set[tuple[str, str]]:
    """Every migration in the code; looked up once, since files are read for it."""
    if not _OURS:
        _OURS.update(MigrationLoader(None).disk_migrations)
    return _OURS


def _cache_answers() -> bool:
    try:
        cache.set("ready", 1, 60)
        return bool(cache.get("ready") == 1)
    except (*AWAY, OSError):
        return False


def _broker_answers() -> bool:
    try:
        with Connection(app.conf.broker_url, connect_timeout=BROKER_PATIENCE) as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_PATIENCE)
    except (KombuError, OSError):
        return False
    return True


def _worker_seen_at() -> datetime | None:
    try:
        return WorkerPulse.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    except DatabaseError:
        return None
