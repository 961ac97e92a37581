"""Signatures by the published vector, and addresses that nothing is sent to."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import pytest

from eligibility.telling import addresses, posting, signing
from eligibility.telling.addresses import NotAnAddress, Rules, Target, may_connect, target_of
from eligibility.telling.posting import Outcome
from eligibility.telling.retrying import MOST_TRIES, WAITS, rest_after
from tests.telling.receiver import Received

OUTSIDE = Rules()
HERE = Rules(loopback=True)
THERE = Target("https", "hospital.example", 443, "/")


def test_the_published_vector_of_standard_webhooks() -> None:
    """As it stands in the specification's own libraries."""
    secret, message = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    body, moment = b'{"test": 2432232314}', 1614265330
    wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signing.signature(secret, message=message, timestamp=moment, body=body) == wanted
    made = signing.headers([secret], message=message, timestamp=moment, body=body)
    assert Received("/", made, body).is_signed_with(secret)
    assert not Received("/", made, body + b" ").is_signed_with(secret)
    assert not Received("/", made | {"webhook-timestamp": "1614265331"}, body).is_signed_with(
        secret
    )


def test_secrets_are_random_and_long_enough() -> None:
    made = {signing.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(len(signing._key(one)) == 32 for one in made)
    for wrong in ("", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%"):
        with pytest.raises(signing.NoSecret):
            signing.signature(wrong, message="m", timestamp=1, body=b"")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hospital.example",
        "http://hospital.example/",
        "ftp://hospital.example/",
        "gopher://hospital.example/",
        "https://",
        "https:///path",
        "https://user:secret@hospital.example/",
        "https://hospital.example/?patient=1",
        "https://hospital.example/?",
        "https://hospital.example/#here",
        "https://hospital.example:0/",
        "https://hospital.example:99999/",
        "https://hospital.example:x/",
        "https://hospital.example/a b",
        "https://hospital.example/\r\nHost: elsewhere",
        "https://hospital.example\\@elsewhere/",
        "https://höspital.example/",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://hospital.example/" + "x" * 500,
        "http://localhost/",
        "http://127.0.0.1/",
        "javascript:alert(1)",
    ],
)
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(NotAnAddress):
        target_of(url, OUTSIDE)


def test_urls_that_are_taken() -> None:
    assert target_of("https://hospital.example", OUTSIDE) == THERE
    assert target_of("https://hospital.example:8443/a/b", OUTSIDE).authority == (
        "hospital.example:8443"
    )
    assert target_of("https://[2001:db8::1]/", OUTSIDE).authority == "[2001:db8::1]"
    assert target_of("http://127.0.0.1:9000/x", HERE).port == 9000
    with pytest.raises(NotAnAddress):
        target_of("http://hospital.example/", HERE)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.1.2.3", "::1", "0.0.0.0", "::", "255.255.255.255"),
        *("169.254.169.254", "169.254.1.1", "fe80::1", "fd00:ec2::254", "100.100.100.200"),
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd12::1", "fc00::1"),
        *("224.0.0.1", "239.1.1.1", "ff02::1", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:7f00:1::1"),
    ],
)
def test_addresses_that_nothing_is_sent_to(address: str) -> None:
    assert not may_connect(ip_address(address), THERE, OUTSIDE)
    assert not may_connect(ip_address(address), THERE, HERE)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"])
def test_public_addresses_may_be_told(address: str) -> None:
    assert may_connect(ip_address(address), THERE, OUTSIDE)


def test_a_private_network_is_told_where_it_is_listed() -> None:
    listed = Rules(("10.20.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "fd00::/8"))
    assert may_connect(ip_address("10.20.3.4"), THERE, listed)
    assert may_connect(ip_address("fd00::1"), THERE, listed)
    for never in ("10.21.0.1", "169.254.169.254", "127.0.0.1", "fd00:ec2::254"):
        assert not may_connect(ip_address(never), THERE, listed)


def test_a_host_that_is_partly_elsewhere_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(2, 1, 6, "", (one, 443)) for one in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: answers)
    with pytest.raises(NotAnAddress):
        addresses.checked_addresses(THERE, OUTSIDE)
    assert posting.post(THERE, b"", {}, rules=OUTSIDE).outcome is Outcome.NOT_ALLOWED


def test_the_name_is_looked_up_once_and_the_checked_address_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that means a public address when it is judged and this machine afterwards."""
    asked: list[Any] = []
    connected: list[Any] = []

    def look_up(*told: Any, **_: Any) -> Any:
        asked.append(told)
        return [(2, 1, 6, "", ("93.184.216.34" if len(asked) == 1 else "127.0.0.1", 443))]

    def connect(place: Any, **_: Any) -> Any:
        connected.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert posting.post(THERE, b"", {}, rules=OUTSIDE).outcome is Outcome.NO_ANSWER
    assert (len(asked), connected) == (1, [("93.184.216.34", 443)])


@contextmanager
def dripping(piece: bytes) -> Iterator[int]:
    """A receiver that answers a byte now and then, for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                line, _ = server.accept()
                with line:
                    while True:
                        line.sendall(piece)
                        time.sleep(0.05)
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    "piece", [b"H", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 100 Continue\r\n\r\n"]
)
def test_who_answers_drop_by_drop_is_left(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "PATIENCE", 0.5)
    with dripping(piece) as port:
        begun = time.monotonic()
        told = posting.post(Target("http", "127.0.0.1", port, "/"), b"{}", {}, rules=HERE)
    assert time.monotonic() - begun < 3
    assert told.outcome in (Outcome.TIMED_OUT, Outcome.NO_ANSWER)


def test_a_receiver_without_a_trusted_certificate_is_not_told() -> None:
    with dripping(b"no TLS here") as port:
        target = Target("https", "127.0.0.1", port, "/")
        assert posting.post(target, b"{}", {}, rules=HERE).outcome is Outcome.NO_TLS


def test_waits_are_as_documented() -> None:
    assert [one.total_seconds() for one in WAITS] == [5, 30, 120, 600]
    assert MOST_TRIES == 5
    rests = [rest_after(away) for away in (1, 2, 3, 4, 8, 9, 50)]
    assert [one.total_seconds() if one else None for one in rests] == [
        *(None, None, 5, 10, 160, 300, 300)
    ]
