# ruff: noqa: E402 - Django first, then what needs it
"""``python -m tests.operations.inside WORD``: what a drill does within the application, in a process of its own.

`load` makes a site with people, a patient and a signature; `use` signs in and signs once more, as people would on the
morning after; `check FILE [use]` holds what is there against what was. Each ends by printing what is held. The database
is that of the environment, as everywhere.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.test import Client

from eligibility.actions import Actor, Look, confirm, sign, start
from eligibility.models import Screening, State
from patients.models import Patient
from tests.eligibility.stored import make_site
from tests.workflow.staffed import AT, ON, PASSWORD, PROTOCOL, candidate, staffed
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites
from trialscreen.institution.trail.verifying import verify
from trialscreen.wiring.backups.state import differences, state
from trialscreen.wiring.owner import as_owner


def load() -> None:
    site = make_site()
    with use_sites([site.pk]):
        staffed(site.code)
    _signed("ehr")


def use() -> None:
    """One goes in by the door of people, and one signs."""
    browser = Client(HTTP_HOST="localhost")
    answer = browser.post("/sign-in/", {"username": "coordinator.toronto", "password": PASSWORD})
    assert answer.status_code == 302, answer.status_code
    assert browser.get("/worklist/").status_code == 200
    _signed(f"after-{time.time_ns()}")


def _signed(source: str) -> None:
    site = Site.objects.get()
    with use_sites([site.pk]):
        held = candidate("meets-everything", site, source=source)
        coordinator = Actor.person(Account.objects.get(username="coordinator.toronto"))
        investigator = Actor.person(Account.objects.get(username="investigator.toronto"))
        start(held.pk, by=coordinator, on=ON, seen=1)
        held.refresh_from_db()
        version = Patient.objects.get(pk=held.patient_id).record_version
        look = Look(held.version, version)
        confirm(held.pk, by=coordinator, protocol=PROTOCOL, on=ON, seen=look)
        held.refresh_from_db()
        told: dict[str, Any] = {"password": PASSWORD, "protocol": PROTOCOL, "at": AT, "on": ON}
        sign(held.pk, by=investigator, seen=held.version, **told)
        assert Screening.objects.get(pk=held.pk).state == State.SIGNED


def check(kept: str, *then: str) -> None:
    """What is held is what was kept, and the trail is whole; and, if asked to, people go on and it still is."""
    with as_owner():
        found = differences(json.loads(Path(kept).read_text()), state())
    assert found == [], found
    _whole()
    if then:
        use()
        _whole()


def _whole() -> None:
    found = verify()
    assert found.entries > 0
    assert not found.faults, [str(fault) for fault in found.faults]


def tell() -> None:
    with as_owner():
        sys.stdout.write(json.dumps(state()))


WORDS: dict[str, Callable[..., None]] = {"load": load, "use": use, "check": check}

if __name__ == "__main__":
    word, *rest = sys.argv[1:]
    WORDS[word](*rest)
    tell()
