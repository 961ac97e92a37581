"""The Celery application: one queue, JSON messages, and no message lost with a worker.

A message is acknowledged only when its task has ended, and goes back to the queue when the worker
dies under it. So a task may run twice: each takes ids only, and each is idempotent.
"""

from __future__ import annotations

import logging.config
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialscreen.wiring.settings")

from celery import Celery
from celery.signals import setup_logging, task_prerun, worker_init, worker_ready
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

from trialscreen.wiring.environment import demand_sound_environment

SWEEP = "eligibility.sweep"  # by its name: tasks are imported when Django is ready
PULSE_SECONDS = 30
SWEEP_SECONDS = 60
HEADS_SECONDS = 60
FORWARD_SECONDS = 5
FORESEE_SECONDS = 15
TELL_SECONDS = 5
PURGE_SECONDS = 60 * 60
IMPORTS_SECONDS = 15
# A Redis-like broker hands a message that was not acknowledged for this long to another worker,
# even while the first is still at it. So no task may be allowed to run for so long.
VISIBILITY_TIMEOUT = 12 * 60 * 60
BROKER_PATIENCE = 2
SOFT_TIME_LIMIT = 10 * 60
TIME_LIMIT = 11 * 60

app = Celery("trialscreen")
app.conf.update(
    broker_url=settings.BROKER_URL or "redis://broker-url-is-not-set:1/0",
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_TIMEOUT,
        # A broker that hangs must not hang a page with it; a waiting worker asks anew each second.
        "socket_connect_timeout": BROKER_PATIENCE,
        "socket_timeout": BROKER_PATIENCE * 2,
        "max_retries": 1,
        "interval_start": 0,
    },
    # Results are rows of our own; nothing is kept at the broker.
    task_ignore_result=True,
    result_backend=None,
    accept_content=["json"],
    task_serializer="json",
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_acks_on_failure_or_timeout=True,
    task_soft_time_limit=SOFT_TIME_LIMIT,
    task_time_limit=TIME_LIMIT,
    # Messages name who sent them and with which arguments; keep both out of logs and events.
    task_send_sent_event=False,
    worker_send_task_events=False,
    worker_prefetch_multiplier=1,
    worker_concurrency=settings.WORKER_PROCESSES,
    worker_hijack_root_logger=False,
    enable_utc=True,
    timezone=settings.TIME_ZONE,
    beat_schedule={
        "pulse": {
            "task": "wiring.pulse",
            "schedule": PULSE_SECONDS,
            # A pulse that waited longer than this says nothing; the next one does.
            "options": {"expires": PULSE_SECONDS},
        },
        # Finds what a lost message left undone, and serves every site's midnight and each new
        # protocol version, since it compares days, record versions and digests.
        "sweep": {
            "task": SWEEP,
            "schedule": SWEEP_SECONDS,
            "options": {"expires": SWEEP_SECONDS},
        },
        # Finds imports that a lost message or a killed worker left where they were.
        "imports": {
            "task": "patients.imports",
            "schedule": IMPORTS_SECONDS,
            "options": {"expires": SWEEP_SECONDS},
        },
        # An administrator who has asked looks at the page again; nothing else waits for it.
        "foresee": {
            "task": "eligibility.foresee",
            "schedule": FORESEE_SECONDS,
            "options": {"expires": FORESEE_SECONDS},
        },
        # Retries, and whatever of the outbox no message has asked for: the shortest wait is as long.
        "tell": {
            "task": "eligibility.tell",
            "schedule": TELL_SECONDS,
            "options": {"expires": TELL_SECONDS},
        },
        # Whoever cut off the end of the trail would have to do it within this time.
        "trail-heads": {
            "task": "wiring.publish_trail_heads",
            "schedule": HEADS_SECONDS,
            "options": {"expires": HEADS_SECONDS},
        },
        # Finds by itself what was sealed and not yet told; without SIEM_URL it is not scheduled at all.
        **(
            {
                "trail-forward": {
                    "task": "wiring.forward_trail",
                    "schedule": FORWARD_SECONDS,
                    "options": {"expires": FORWARD_SECONDS},
                }
            }
            if settings.SIEM_URL
            else {}
        ),
        # Keys of requests hold the answers that were given: patients' data, kept no longer than said.
        "purge": {
            "task": "wiring.purge_idempotency_keys",
            "schedule": PURGE_SECONDS,
            "options": {"expires": PURGE_SECONDS},
        },
        "forget-shown-tokens": {
            "task": "wiring.forget_shown_tokens",
            "schedule": PURGE_SECONDS,
            "options": {"expires": PURGE_SECONDS},
        },
    },
)
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def use_our_logs(**_: Any) -> None:
    logging.config.dictConfig(settings.LOGGING)


@worker_init.connect
def check_environment(**_: Any) -> None:
    demand_sound_environment(settings.PROBLEMS)


@task_prerun.connect
def say_which_task(task: Any, **_: Any) -> None:
    """What a task writes names it in the trail, with the request that had asked for it, if one had."""
    from trialscreen.institution.trail.acting import begin_task

    begin_task(task.name)


@worker_ready.connect
def first_round(**_: Any) -> None:
    """Be seen, and make good what was missed, at once, not only when the schedule comes round."""
    app.send_task("wiring.pulse", expires=PULSE_SECONDS)
    app.send_task(SWEEP, expires=SWEEP_SECONDS)
    app.send_task("patients.imports", expires=SWEEP_SECONDS)
    if settings.DEMONSTRATION:
        app.send_task("wiring.receive_invented_patients")
