"""The security office hears of everything that was sealed, in order, at least once, and of no patient."""

from __future__ import annotations

import json
import re
import socket
import threading
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import transaction

from trialscreen.institution.models import Site, TrailEntry, TrailHead, TrailLink
from trialscreen.institution.models.trail import TrailForwarded
from trialscreen.institution.trail.acting import Acting, acting_as
from trialscreen.institution.trail.actions import Word, note
from trialscreen.institution.trail.destination import faults_of
from trialscreen.institution.trail.forwarding import forward
from trialscreen.wiring.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 25, tzinfo=UTC)
CANARY = "Amélie\r\n\x1b[31mGagnon"


class Listener:
    """A small receiver of octet-counted syslog."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.raw = b""
        self.heard = threading.Thread(target=self._listen, daemon=True)
        self.heard.start()

    def _listen(self) -> None:
        connected, _ = self.server.accept()
        with connected:
            while some := connected.recv(256):
                self.raw += some

    def messages(self) -> list[str]:
        self.heard.join(5)
        self.server.close()
        found, rest = [], self.raw
        while match := re.match(rb"(\d+) ", rest):
            end = match.end() + int(match[1])
            found.append(rest[match.end() : end].decode("ascii"))
            rest = rest[end:]
        return found


def bodies(messages: list[str]) -> list[dict[str, object]]:
    return [json.loads(each.split(" - ", 2)[2]) for each in messages]


@pytest.fixture(autouse=True)
def history() -> None:
    with as_owner():
        for model in (TrailForwarded, TrailEntry, TrailLink, TrailHead):
            model.objects.all().delete()
    who = Acting(account=7, by=CANARY, why=CANARY, origin="POST /sites/", request="r-1")
    for number in range(3):
        with acting_as(who), transaction.atomic():
            site = Site.objects.create(
                code=f"s{number}",
                name=CANARY,
                city="C",
                time_zone="UTC",
                opened_on=date(2026, 1, 1),
            )
            note(Word.VIEWED, about="patient", key="k", site=site.pk, patient=uuid4())


def test_everything_is_told_once_and_in_order_and_nothing_of_a_patient() -> None:
    listener = Listener()
    assert forward(f"syslog+tcp://127.0.0.1:{listener.port}", now=NOW) == 6
    messages = listener.messages()
    told = bodies(messages)
    assert [(each["kind"], each["subject"]) for each in told[:3]] == [
        ("insert", "institution_site")
    ] * 3
    assert [each["link"] for each in told] == [1, 2, 3, 1, 1, 1]
    assert {each["account"] for each in told} == {7}
    assert forward(f"syslog+tcp://127.0.0.1:{listener.port}", now=NOW) == 0
    text = "\n".join(messages)
    for secret in ("Am", "Gagnon", "\\u001b", "\r", "\x1b", "name", "patient_id", "why"):
        assert secret not in re.sub(r'"subject": "patient"', "", text), secret
    assert all(
        re.match(r"<1(08|10)>1 \d{4}-\d\d-\d\dT[\d:.]+Z \S+ trialscreen - ", one)
        for one in messages
    )


def test_what_could_not_be_told_is_told_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert forward(f"syslog+tcp://127.0.0.1:{port}", now=NOW) == 0
    listener = Listener()
    assert forward(f"syslog+tcp://127.0.0.1:{listener.port}", now=NOW) == 6
    assert len(listener.messages()) == 6


def test_an_address_that_was_typed_is_not_told() -> None:
    with acting_as(Acting(account=7, origin="GET /Gagnon/1984/")):
        note(Word.REFUSED, about="page", circumstances={"page": "", "status": 404})
    with acting_as(Acting(account=7, origin="GET /patients/x/")):
        note(Word.REFUSED, about="page", circumstances={"page": "patient", "status": 404})
    listener = Listener()
    forward(f"syslog+tcp://127.0.0.1:{listener.port}", now=NOW)
    origins = [each["origin"] for each in bodies(listener.messages()) if each["kind"] == "refused"]
    assert origins == ["GET", "GET /patients/x/"]


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", []),
        ("syslog+tcp://siem.example:6514", []),
        ("https://siem.example/in", []),
        ("syslog+tcp://siem.example", ["must name a port"]),
        (
            "http://siem.example/in",
            ["must begin with one of syslog+tcp://, syslog+tls://, syslog+udp://, https://"],
        ),
    ],
)
def test_an_address_is_read(url: str, fault: list[str]) -> None:
    assert faults_of(url) == fault
