"""``manage.py mllp``: listens for HL7 v2 messages over MLLP, and answers each with its ACK after the commit.

Whose a message is decide MSH-3 and MSH-4 together with the address, and the certificate where one is registered. On
SIGTERM or SIGINT the message in hand is finished and answered.
"""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from ipaddress import ip_address
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from patients.management.mllp.handing_over import hand_over, is_expected
from patients.management.mllp.secured import Certificates, NotSecured, context
from patients.management.mllp.serving import Doors, Limits, Listener

_LAST_PORT: Final = 65_535
_MOST_CONNECTIONS: Final = 10_000
_LONGEST: Final = 86_400


class Command(BaseCommand):
    help = "Listen for HL7 v2 messages over MLLP."

    def add_arguments(self, parser: ArgumentParser) -> None:
        ours = Limits()
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--port", type=int, default=2575, help="0: any that is free")
        parser.add_argument(
            "--connections", type=int, default=ours.connections, help="how many at once"
        )
        parser.add_argument(
            "--idle", type=float, default=ours.idle, help="seconds without a message"
        )
        parser.add_argument("--frame", type=float, default=ours.frame, help="seconds for a message")
        parser.add_argument(
            "--without-tls",
            action="store_true",
            help="listen without TLS on an address that others reach: the network is protected by other means",
        )

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        if not 0 <= port <= _LAST_PORT:
            raise CommandError(f"--port {port}: a port is at most {_LAST_PORT}.", returncode=2)
        files = Certificates(
            settings.MLLP_TLS_CERTIFICATE, settings.MLLP_TLS_KEY, settings.MLLP_TLS_CLIENTS
        )
        try:
            tls = context(files)
        except NotSecured as fault:
            raise CommandError(str(fault), returncode=2) from None
        if tls is None and not _is_loopback(host) and not options["without_tls"]:
            raise CommandError(
                f"Others reach {host}: set MLLP_TLS_CERTIFICATE, MLLP_TLS_KEY and MLLP_TLS_CLIENTS, "
                "or say --without-tls where the network is protected by other means.",
                returncode=2,
            )
        limits = _limits(options["connections"], options["idle"], options["frame"])
        try:
            listener = Listener(host, port, Doors(is_expected, hand_over), limits, tls)
        except OSError as fault:
            raise CommandError(f"{host}:{port}: {fault}", returncode=2) from None
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda *_: listener.stop())
        how = "TLS" if tls else "no TLS"
        self.stdout.write(f"listening for HL7 v2 on {host}:{listener.port} ({how})")
        self.stdout.flush()
        listener.serve()
        self.stdout.write("stopped")


def _limits(connections: int, idle: float, frame: float) -> Limits:
    """What can be meant; anything else would end every connection at once, or none."""
    if not 1 <= connections <= _MOST_CONNECTIONS:
        said = f"--connections {connections}: from 1 to {_MOST_CONNECTIONS}."
        raise CommandError(said, returncode=2)
    for name, seconds in (("idle", idle), ("frame", frame)):
        if not 1 <= seconds <= _LONGEST:  # NaN is not either
            said = f"--{name} {seconds:g}: seconds, from 1 to {_LONGEST}."
            raise CommandError(said, returncode=2)
    return Limits(connections, idle, frame)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
