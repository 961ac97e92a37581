"""TLS of the listener: its own certificate, and that of who connects, which an authority of ours has signed."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import NamedTuple


class Certificates(NamedTuple):
    """Paths of PEM files."""

    own: str
    key: str
    clients: str
    """Authorities whose certificates are taken of who connects; empty where none is asked for."""


class NotSecured(Exception):
    """A file cannot be used; the message begins with the setting that names it."""


def context(files: Certificates) -> ssl.SSLContext | None:
    """TLS 1.2 or later; None where nothing is set.

    Raises:
        NotSecured: a file cannot be read, does not fit, or is missing beside the others.
    """
    if not files.own:
        if files.key or files.clients:
            said = "is not set, but MLLP_TLS_KEY or MLLP_TLS_CLIENTS is: without it there is no TLS"
            raise NotSecured(f"MLLP_TLS_CERTIFICATE: {said}")
        return None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    for name, path in zip(_NAMES, files, strict=True):
        if path:
            _demand_readable(name, path)
    try:
        made.load_cert_chain(files.own, files.key or None, password=_no_password)
    except (OSError, ValueError) as fault:
        said = f"{files.own}, MLLP_TLS_KEY: {files.key or files.own}: no certificate with its key"
        raise NotSecured(f"MLLP_TLS_CERTIFICATE: {said} ({fault})") from None
    if files.clients:
        try:
            made.load_verify_locations(files.clients)
        except OSError as fault:
            said = f"MLLP_TLS_CLIENTS: {files.clients}: holds no certificate ({fault})"
            raise NotSecured(said) from None
        made.verify_mode = ssl.CERT_REQUIRED
    return made


_NAMES = ("MLLP_TLS_CERTIFICATE", "MLLP_TLS_KEY", "MLLP_TLS_CLIENTS")


def _demand_readable(name: str, path: str) -> None:
    try:
        with Path(path).open("rb"):
            pass
    except OSError as fault:
        raise NotSecured(f"{name}: {path}: {fault.strerror}") from None


def _no_password() -> str:
    # OpenSSL would ask at a terminal, which a service has not.
    raise ValueError("the key is encrypted; it has to be readable without a password")
