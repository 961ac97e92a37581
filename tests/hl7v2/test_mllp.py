"""Messages over MLLP, by a client of our own over real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections

from patients.actions import messages
from patients.management.mllp.framing import Frames, framed
from patients.management.mllp.handing_over import hand_over, is_expected
from patients.management.mllp.serving import Doors, Limits, Listener
from patients.models import MessageSender, UnplacedMessage
from tests.hl7v2.conftest import code, faults, make_sender, outcomes, results
from tests.hl7v2.writing import msh, obx, oru
from trialscreen.institution.models import Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("mllp")]
QUICK = Limits(connections=4, idle=20, frame=3)


@contextmanager
def listening(limits: Limits = QUICK) -> Iterator[Listener]:
    listener = Listener("127.0.0.1", 0, Doors(is_expected, hand_over), limits)
    serving = threading.Thread(target=listener.serve)
    serving.start()
    try:
        yield listener
    finally:
        listener.stop()
        serving.join(20)
        connections.close_all()
    assert not serving.is_alive()


class Caller:
    """A sending system: writes bytes, reads answers."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.frames = Frames()
        self.waiting: list[bytes] = []

    def write(self, raw: bytes) -> None:
        self.socket.sendall(raw)

    def read(self) -> bytes | None:
        """The next answer; None where the other side has hung up."""
        while not self.waiting:
            try:
                received = self.socket.recv(4096)
            except ConnectionError:
                return None
            if not received:
                return None
            self.waiting += self.frames.feed(received)
        return self.waiting.pop(0)

    def ask(self, message: bytes) -> str:
        self.write(framed(message))
        answer = self.read()
        assert answer is not None
        return code(answer)


@pytest.fixture
def port(laboratory: MessageSender) -> Iterator[int]:
    with listening() as listener:
        yield listener.port


@pytest.fixture
def caller(port: int) -> Iterator[Caller]:
    made = Caller(port)
    yield made
    made.socket.close()


def test_a_result_arrives_and_is_acknowledged(caller: Caller, toronto: Site) -> None:
    assert caller.ask(oru()) == "AA"
    assert caller.ask(oru()) == "AA"
    assert len(results(toronto)) == 1
    assert outcomes(toronto) == ["applied", "duplicate"]


def test_frames_in_pieces_together_and_among_noise(caller: Caller, toronto: Site) -> None:
    first, second = (framed(oru(control=one)) for one in ("M1", "M2"))
    for at in range(0, len(first), 40):
        caller.write(first[at : at + 40])
    assert caller.read() is not None
    caller.write(b"noise\r\n" + second + b"\x00" + framed(oru(control="M3")))
    assert [code(caller.read() or b"") for _ in range(2)] == ["AA", "AA"]
    assert outcomes(toronto) == ["applied"] * 3


def test_an_unreadable_frame_is_kept_and_answered(caller: Caller, toronto: Site) -> None:
    assert caller.ask(b"this is no message") == "AE"
    assert caller.ask(b"\xff\xfe\x00") == "AE"
    assert outcomes(toronto) == ["refused", "refused"]


def test_a_header_alone_makes_no_sender(caller: Caller, toronto: Site, montreal: Site) -> None:
    """Whoever claims to be a sender of another site, from an address that is not its own, is nobody."""
    make_sender(montreal, name="Theirs", application="OTHER", networks=["10.9.0.0/16"])
    caller.write(framed(oru(head=msh(application="OTHER"))))
    answer = caller.read() or b""
    assert (code(answer), faults(answer)[0][1]) == ("AE", "unknown-sender")
    assert outcomes(montreal) == []
    assert outcomes(toronto) == ["refused"]
    assert results(toronto) == results(montreal) == []


def test_a_message_of_no_site_is_kept_unread(
    laboratory: MessageSender, montreal: Site, toronto: Site
) -> None:
    make_sender(montreal, name="Theirs", application="OTHER")
    with listening() as listener:
        assert Caller(listener.port).ask(oru(head=msh(application="NOBODY"))) == "AE"
    assert outcomes(toronto) == outcomes(montreal) == []
    assert UnplacedMessage.objects.values_list("application", flat=True).get() == "NOBODY"


def test_an_address_that_nobody_sends_from_is_not_talked_to(toronto: Site) -> None:
    make_sender(toronto, networks=["10.0.0.0/8"])
    with listening() as listener:
        assert Caller(listener.port).read() is None


def test_half_a_message_is_neither_kept_nor_waited_for(
    laboratory: MessageSender, toronto: Site
) -> None:
    with listening(Limits(frame=0.6, idle=20)) as listener:
        caller = Caller(listener.port)
        caller.write(framed(oru())[:60])
        assert caller.read() is None
    assert outcomes(toronto) == []


def test_so_many_connections_and_no_more(laboratory: MessageSender) -> None:
    with listening(Limits(connections=2, frame=3, idle=20)) as listener:
        held = [Caller(listener.port) for _ in range(2)]
        assert [one.ask(oru(control=f"M{n}")) for n, one in enumerate(held)] == ["AA", "AA"]
        assert Caller(listener.port).read() is None


def test_nothing_is_acknowledged_that_was_not_committed(
    caller: Caller, toronto: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault after everything was applied and before the commit: no answer, and nothing of the message is held."""

    def fails(*_: object) -> None:
        raise ConnectionError("the machine went away")

    with monkeypatch.context() as broken:
        broken.setattr(messages, "_answer", fails)
        caller.write(framed(oru()))
        assert caller.read() is None
    assert outcomes(toronto) == []
    assert results(toronto) == []


def test_the_message_in_hand_is_finished(
    laboratory: MessageSender, toronto: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, going_on = threading.Event(), threading.Event()

    def slowly(raw: bytes, peer: str, certificate: str) -> bytes | None:
        begun.set()
        going_on.wait(10)
        return hand_over(raw, peer, certificate)

    listener = Listener("127.0.0.1", 0, Doors(is_expected, slowly), QUICK)
    serving = threading.Thread(target=listener.serve)
    serving.start()
    caller = Caller(listener.port)
    caller.write(framed(oru()) + framed(oru(obx("5"), control="M2")))
    assert begun.wait(10)
    listener.stop()
    going_on.set()
    assert code(caller.read() or b"") == "AA"
    assert caller.read() is None
    serving.join(20)
    assert outcomes(toronto) == ["applied"]
