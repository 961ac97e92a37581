"""A client that others wrote (python-hl7) sends to `manage.py mllp`, each a process or a program of its own."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hl7
import pytest
from django.db import connection
from hl7.client import MLLPClient
from hl7.mllp import open_hl7_connection

from patients.models import LabResult, MessageSender, Patient, PatientMerge
from tests.hl7v2.conftest import at_site, make_sender, outcomes, results
from tests.hl7v2.processes import PATIENCE, Authority, Listening, listener, refused
from tests.hl7v2.writing import adt, msh, obr, obx, oru, pid
from trialscreen.institution.models import Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("mllp")]
WAITING = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
def running(laboratory: MessageSender, tmp_path: Path) -> Iterator[Listening]:
    with listener(tmp_path) as made:
        yield made


def caller(running: Listening) -> Any:
    made = MLLPClient("127.0.0.1", running.port)
    made.socket.settimeout(PATIENCE)
    return made


def answered(raw: bytes) -> tuple[str, str, str]:
    """MSA-1, the control id that is answered, and our word for the first reason: as the client reads them."""
    assert raw.startswith(b"\x0b")
    assert raw.endswith(b"\x1c\r")
    read = hl7.parse(raw[1:-2].decode())
    assert str(read.segment("MSH")[9]).startswith("ACK")
    told = read.segment("MSA")
    reason = str(read.segment("ERR")[5]).split("^")[0] if "\rERR|" in str(read) else ""
    return str(told[1]), str(told[2]), reason


def ask(client: Any, message: bytes) -> tuple[str, str, str]:
    # As text that the client has read and written again, as its own users send it.
    return answered(client.send_message(hl7.parse(message.decode())))


@pytest.mark.requirement(56)
def test_a_morning_of_messages(running: Listening, toronto: Site) -> None:
    with caller(running) as client:
        assert ask(client, oru(control="M1")) == ("AA", "M1", "")
        assert ask(client, oru(control="M1")) == ("AA", "M1", "")
        assert ask(client, oru(obx("90"), control="M1")) == ("AE", "M1", "control-id-reused")
        other = oru(person=pid("OLD^^^GENERAL"), order=obr("F-9"), control="M2")
        assert ask(client, other) == ("AA", "M2", "")
        newer = adt("A08", pid(name="Newname^Ada"), control="A1")
        assert ask(client, newer) == ("AA", "A1", "")
        one = adt("A40", pid(), "MRG|OLD^^^GENERAL", control="A2")
        assert [ask(client, one) for _ in range(2)] == [("AA", "A2", "")] * 2
        unread = oru(obx(status=""), control="M3")
        assert [ask(client, unread)[:2] for _ in range(2)] == [("AE", "M3")] * 2
        assert ask(client, oru(head=msh("ADT^A01", control="A3")))[:2] == ("AR", "A3")
        assert ask(client, oru(head=msh(control="T1", processing="T")))[:2] == ("AR", "T1")
    with at_site(toronto):
        assert PatientMerge.objects.count() == 1
        assert set(
            Patient.objects.filter(demographics__superseded_version=None).values_list(
                "demographics__family_name", flat=True
            )
        ) == {"Newname", "Invented"}
        kept = LabResult.objects.filter(patient__demographics__family_name="Newname")
        assert kept.filter(superseded_version=None).count() == 2  # with what the other record had
    assert outcomes(toronto).count("applied") == 4
    assert running.end() == 0
    assert running.process.last_lines().endswith("stopped")


@pytest.mark.requirement(56)
def test_the_message_in_hand_is_finished_and_no_other_begun(
    running: Listening, toronto: Site, laboratory: MessageSender
) -> None:
    """The sender's row is held elsewhere, so the message waits in the middle of its work when the end is asked for."""
    got: list[bytes] = []
    first, second = caller(running), caller(running)
    assert ask(second, oru(control="M0", order=obr("F-0"))) == ("AA", "M0", "")
    send = threading.Thread(target=lambda: got.append(first.send_message(oru(control="M1"))))
    with holding(laboratory) as others_wait:
        send.start()
        await_that(others_wait, running)
        # On the wire already, and not read yet: it is neither applied nor answered, and sent again later.
        first.socket.sendall(b"\x0b" + oru(control="M2", order=obr("F-2")) + b"\x1c\r")
        running.process.ask_to_end()
        await_that(lambda: not takes_calls(running.port), running)
    send.join(PATIENCE)
    assert [answered(one) for one in got] == [("AA", "M1", "")]
    assert (first.socket.recv(4096), second.socket.recv(4096)) == (b"", b"")
    assert running.code() == 0
    assert outcomes(toronto) == ["applied", "applied"]


@pytest.mark.requirement(56)
def test_who_shows_the_registered_certificate_is_let_in(toronto: Site, tmp_path: Path) -> None:
    ours, strangers = Authority(tmp_path), Authority(tmp_path, "strangers")
    own, key, _ = ours.give("listener")
    shown, shown_key, digest = ours.give("laboratory")
    other = ours.give("other")
    make_sender(toronto, certificate=digest)
    files = {"MLLP_TLS_CERTIFICATE": own, "MLLP_TLS_KEY": key, "MLLP_TLS_CLIENTS": ours.file}
    with listener(tmp_path, **{name: str(path) for name, path in files.items()}) as running:

        def tell(message: bytes, *certificate: Path) -> tuple[str, str, str]:
            context = ssl.create_default_context(cafile=str(ours.file))
            if certificate:
                context.load_cert_chain(certificate[0], certificate[1])
            return asyncio.run(over_tls(running.port, context, message))

        assert tell(oru(control="M1"), shown, shown_key) == ("AA", "M1", "")
        # An authority of ours signed it, and no sender is registered with it.
        assert tell(oru(control="M2"), *other[:2]) == ("AE", "M2", "unknown-sender")
        for certificate in ((), strangers.give("nobody")[:2]):
            with pytest.raises((OSError, asyncio.IncompleteReadError)):
                tell(oru(control="M3"), *certificate)
        with caller(running) as plain:
            assert not spoken(plain, oru(control="M4")).startswith(b"\x0b")
        assert len(results(toronto)) == 1
        assert running.end() == 0


def spoken(client: Any, message: bytes) -> bytes:
    try:
        answer: bytes = client.send_message(message)
    except ConnectionError:
        return b""
    return answer


async def over_tls(port: int, context: ssl.SSLContext, message: bytes) -> tuple[str, str, str]:
    reader, writer = await open_hl7_connection("127.0.0.1", port, ssl=context, encoding="utf-8")
    try:
        writer.writemessage(hl7.parse(message.decode()))
        await writer.drain()
        block = await asyncio.wait_for(reader.readblock(), PATIENCE)
    finally:
        writer.close()
    return answered(b"\x0b" + block + b"\x1c\r")


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused("--port", str(port))
    assert f"127.0.0.1:{port}" in said
    assert "in use" in said


class holding:  # noqa: N801 - read as "with holding"
    """Another connection holds the sender's row; gives a question whether somebody waits for it."""

    def __init__(self, sender: MessageSender) -> None:
        self._sender, self._other = sender, connection.copy()

    def __enter__(self) -> Any:
        self._other.set_autocommit(False)
        with self._other.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('trialscreen.sites', %s, true)", [str(self._sender.site_id)]
            )
            cursor.execute(
                "SELECT 1 FROM patients_messagesender WHERE id = %s FOR NO KEY UPDATE",
                [self._sender.pk],
            )
            assert cursor.fetchone()
        return self._others_wait

    def __exit__(self, *_: object) -> None:
        self._other.rollback()
        self._other.close()

    @staticmethod
    def _others_wait() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) {WAITING}")
            return bool(cursor.fetchone()[0])


def takes_calls(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def await_that(is_so: Any, running: Listening) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, running.process.last_lines()
        time.sleep(0.05)
