"""Every spoiled body at every way in: the answer is the one of the table, and nothing of it is kept.

`HOSTILE_WRITE=1` writes the table anew, to be looked at before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from patients.models import (
    Delivery,
    Import,
    LabResult,
    LocalCodesVersion,
    MessageSender,
    Patient,
    ReceivedResource,
)
from tests.api.stored.conftest import Asker, coordinator, ehr, sent, today, toronto
from tests.hl7v2.conftest import laboratory
from tests.hostile.bodies import BODIES, MARK, Sent
from tests.hostile.document import PATH, document, held, write
from tests.hostile.ways import CONTROL, WAYS, Way, told
from tests.imports.files import now_of, refusals, worked
from tests.smart.record_systems import registered
from trialscreen.institution.models import Account, Role, Site, StaffRole
from trialscreen.institution.scope import use_sites

__all__ = ["coordinator", "ehr", "laboratory", "sent", "today", "toronto"]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement(51, 52)]
TABLES: tuple[Any, ...] = (Patient, Delivery, ReceivedResource, LabResult, LocalCodesVersion)
Ask = Callable[[Way, Sent], Any]


@pytest.fixture
def patient(sent: Callable[..., str]) -> str:
    return sent()


@pytest.fixture
def ask(
    toronto: Site, ehr: Asker, coordinator: Asker, laboratory: MessageSender, patient: str
) -> Ask:
    """Send it as the one who sends this way."""
    sasha = Account.objects.create_user("sasha", "a long way round the lake", name="Sasha")
    StaffRole.objects.create(account=sasha, role=Role.ADMINISTRATOR, first_day=date(2026, 1, 1))
    system = registered(toronto, sasha, timezone.now())
    tokens = {"ehr": ehr.token, "coordinator": coordinator.token, "nobody": ""}

    def asked(way: Way, what: Sent) -> Any:
        token = system.token() if way.who == "record system" else tokens[way.who]
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if what.encoding:
            headers["Content-Encoding"] = what.encoding
        at = way.at.format(patient=patient)
        return Client().post(at, what.body, what.kind or way.kind, headers=headers)

    return asked


def rows(site: Site) -> dict[str, int]:
    with use_sites([site.pk]):
        return {table.__name__: table.objects.count() for table in TABLES}


def after(answer: Any, site: Site) -> str:
    """What the answer says; of a file that was taken, what its check found."""
    if answer.status_code != 201 or answer.json().get("state") != "uploaded":
        return told(answer)
    job = Import(pk=answer.json()["id"], site=site)
    worked(job)
    job = now_of(job)
    codes = {code for _line, faults in refusals(job) for _column, code in faults}
    return " ".join([str(answer.status_code), job.state, *sorted(codes)])


@pytest.mark.parametrize("way", WAYS)
def test_a_spoiled_body_is_answered_as_the_table_says_and_leaves_nothing(
    way: str, ask: Ask, toronto: Site, patient: str
) -> None:
    before = rows(toronto)
    found: dict[str, str] = {}
    for number, (name, spoil) in enumerate(BODIES.items()):
        text = WAYS[way].written(patient).replace(CONTROL, f"M{number}")
        what = spoil(text)
        if what == Sent(text.encode()) and found:
            continue  # it holds nothing that could be spoiled so
        answer = ask(WAYS[way], what)
        assert answer.status_code < 500, (name, answer.content[:300])
        assert MARK.encode() not in answer.content or answer.status_code < 300, name
        found[name] = after(answer, toronto)
        if rows(toronto) != before:
            found[name] += " kept"
            before = rows(toronto)
    if os.environ.get("HOSTILE_WRITE"):
        write(way, found)
    assert found == held().get(way)


def test_the_document_is_written_from_the_table() -> None:
    assert PATH.read_text() == document()
