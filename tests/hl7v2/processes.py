"""`manage.py mllp` as the process that it is where it runs, and certificates for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from tests.wiring.test_worker_end_to_end import own_url
from trialscreen.wiring.embedded.processes import Process

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90
_LISTENING = re.compile(r"listening for HL7 v2 on .*:(\d+) \(")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", "mllp", *arguments]


def environment(**more: str) -> dict[str, str]:
    # Nobody listens there: what a message sets going is a row as well, which a sweep finds.
    away = {"BROKER_URL": "redis://127.0.0.1:1/0", "TIME_ZONE": "America/Toronto"}
    return os.environ | away | {"DATABASE_URL": own_url()} | more


@dataclass(frozen=True)
class Listening:
    process: Process
    port: int

    def end(self) -> int:
        """SIGTERM; gives the code with which it ends."""
        self.process.ask_to_end()
        return self.code()

    def code(self) -> int:
        child = self.process._child
        assert child is not None
        return child.wait(PATIENCE)


@contextmanager
def listener(folder: Path, *arguments: str, **more: str) -> Iterator[Listening]:
    """It listens on a port that was free."""
    log = folder / "mllp.log"
    process = Process(
        "the listener",
        command("--port", "0", *arguments),
        log,
        environment=environment(**more),
        folder=ROOT,
    )
    process.start()
    try:
        process.await_ready(lambda: bool(_LISTENING.search(log.read_text())), seconds=PATIENCE)
        found = _LISTENING.search(log.read_text())
        assert found
        yield Listening(process, int(found[1]))
    finally:
        process.end(patience=15)


def refused(*arguments: str, **more: str) -> str:
    """What it says when it does not start: by itself, in one sentence, and with a code of its own."""
    ended = subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr


class Authority:
    """Signs certificates for the address of this machine and for who calls."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._certificate(name, self._key, authority=True)
        self.file = self._write(f"{name}.pem", made.public_bytes(Encoding.PEM))

    def give(self, name: str, password: bytes = b"") -> tuple[Path, Path, str]:
        """Certificate, key, and SHA-256 of the certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._certificate(name, key)
        closed = BestAvailableEncryption(password) if password else NoEncryption()
        held = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closed)
        return (
            self._write(f"{name}.pem", made.public_bytes(Encoding.PEM)),
            self._write(f"{name}.key", held),
            sha256(made.public_bytes(Encoding.DER)).hexdigest(),
        )

    def _write(self, name: str, said: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(said)
        return path

    def _certificate(self, name: str, key: Any, *, authority: bool = False) -> x509.Certificate:
        now = datetime.now(UTC)
        here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(here, critical=False)
            .sign(self._key, SHA256())
        )
