"""Each way to the security office's log, with a small receiver of its own: datagrams, TLS, and HTTPS."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import transaction

from trialscreen.institution.models import Site, TrailEntry, TrailHead, TrailLink
from trialscreen.institution.models.trail import TrailForwarded
from trialscreen.institution.trail.forwarding import forward
from trialscreen.wiring.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 25, tzinfo=UTC)
HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def history() -> None:
    """Three entries that nobody was told of yet."""
    with as_owner():
        for model in (TrailForwarded, TrailEntry, TrailLink, TrailHead):
            model.objects.all().delete()
    for number in range(3):
        with transaction.atomic():
            Site.objects.create(
                code=f"s{number}", name="S", city="C", time_zone="UTC", opened_on=date(2026, 1, 1)
            )


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine that nobody trusts yet, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "log.example.org")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HERE))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "log.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


class Receiver:
    """Takes connections by TLS, one after the other, and keeps what it hears; over HTTP it answers with `status`."""

    def __init__(self, certificate: Path) -> None:
        self.heard: list[str] = []
        self.status = 204
        self._thread: threading.Thread | None = None
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)

    def stream(self) -> int:
        def listen(sealed: ssl.SSLSocket) -> None:
            raw = b""
            while some := sealed.recv(4096):
                raw += some
            self.heard.append(raw.decode())

        return self._begin(listen)

    def web(self) -> int:
        def listen(sealed: ssl.SSLSocket) -> None:
            with sealed.makefile("rb") as asked:
                lengths = [
                    int(line.split(b":")[1])
                    for line in iter(asked.readline, b"\r\n")
                    if line.lower().startswith(b"content-length:")
                ]
                self.heard.append(asked.read(*lengths).decode())
            sealed.sendall(f"HTTP/1.1 {self.status} Told\r\nContent-Length: 0\r\n\r\n".encode())

        return self._begin(listen)

    def _begin(self, listen: Callable[[ssl.SSLSocket], None]) -> int:
        server = socket.create_server((HERE, 0))
        server.settimeout(5)

        def take() -> None:
            with suppress(OSError), server:
                while True:
                    connected, _ = server.accept()
                    with self._context.wrap_socket(connected, server_side=True) as sealed:
                        listen(sealed)
                    server.settimeout(0.5)

        self._thread = threading.Thread(target=take, daemon=True)
        self._thread.start()
        return int(server.getsockname()[1])

    def told(self) -> str:
        if self._thread is not None:
            self._thread.join(5)
        return "".join(self.heard)


@pytest.fixture
def receiver(certificate: Path) -> Iterator[Receiver]:
    made = Receiver(certificate)
    yield made
    made.told()


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def test_by_datagrams() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((HERE, 0))
        server.settimeout(5)
        assert forward(f"syslog+udp://{HERE}:{server.getsockname()[1]}", now=NOW) == 3
        messages = [server.recv(65_000).decode("ascii") for _ in range(3)]
    assert [json.loads(each.split(" - ", 2)[2])["subject"] for each in messages] == [
        "institution_site"
    ] * 3
    assert all(each.startswith("<110>1 ") for each in messages)


@pytest.mark.usefixtures("trusted")
def test_by_tls(receiver: Receiver) -> None:
    assert forward(f"syslog+tls://{HERE}:{receiver.stream()}", now=NOW) == 3
    assert receiver.told().count("institution_site") == 3
    assert forward(f"syslog+tls://{HERE}:1", now=NOW) == 0  # nothing is left to tell


@pytest.mark.usefixtures("trusted")
def test_by_https(receiver: Receiver) -> None:
    assert forward(f"https://{HERE}:{receiver.web()}/trail", now=NOW) == 3
    receiver.told()
    lines = "\n".join(receiver.heard).split("\n")
    assert [json.loads(each)["subject"] for each in lines] == ["institution_site"] * 3


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("status", [400, 401, 500, 503])
def test_what_was_not_taken_is_told_again(receiver: Receiver, status: int) -> None:
    receiver.status = status
    assert forward(f"https://{HERE}:{receiver.web()}/trail", now=NOW) == 0
    receiver.told()
    receiver.status = 204
    receiver.heard.clear()
    assert forward(f"https://{HERE}:{receiver.web()}/trail", now=NOW) == 3


@pytest.mark.parametrize("way", ["tls", "https"])
def test_who_cannot_show_who_it_is_hears_nothing(receiver: Receiver, way: str) -> None:
    port = receiver.stream() if way == "tls" else receiver.web()
    url = f"syslog+tls://{HERE}:{port}" if way == "tls" else f"https://{HERE}:{port}/trail"
    assert forward(url, now=NOW) == 0
    assert receiver.told() == ""
    assert not TrailForwarded.objects.exists()
