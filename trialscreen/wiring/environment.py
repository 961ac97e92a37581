"""Reading settings from environment variables, and collecting everything wrong with them.

Importing the settings must work on a bare machine, since ``manage.py evaluate`` needs no database,
no broker and no secret. So a missing or malformed variable is noted here, not raised; whatever
serves people calls :func:`demand_sound_environment` and refuses to start, naming each fault on a
line of its own.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

# gunicorn stops for good at this status instead of starting the worker again and again.
WILL_NOT_BOOT = 3
SHORTEST_SECRET = 50
FEWEST_CHARACTERS = 5
BROKERS = ("redis://", "rediss://", "redis+socket://")
LIMITS = {"person": 600, "client": 1200, "source": 240, "evaluation": 60, "refused": 30}
YES = frozenset({"1", "true", "yes", "on"})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
NO = frozenset({"0", "false", "no", "off", ""})


class Environment:
    """The process's variables, read one by one; `problems` says what no server may run with."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self._variables.get(name, "").strip() or default

    def switch(self, name: str, *, default: bool) -> bool:
        given = self._variables.get(name)
        if given is None:
            return default
        if given.strip().lower() in YES | NO:
            return given.strip().lower() in YES
        self.problems.append(f"{name} must be 1 or 0, not {given!r}")
        return default

    def names(self, name: str, default: str = "") -> list[str]:
        """A list separated by commas."""
        return [each.strip() for each in self.text(name, default).split(",") if each.strip()]

    def number(self, name: str, *, default: int, least: int = 0) -> int:
        given = self.text(name)
        if not given:
            return default
        if re.fullmatch(r"\d{1,9}", given) and int(given) >= least:
            return int(given)
        self.problems.append(f"{name} must be a whole number of at least {least}, not {given!r}")
        return default

    def limits(self, *, wider: int) -> dict[str, int]:
        """Requests in a minute, each from its ``LIMIT_...``; those not given are so many times `wider`."""
        return {
            name: self.number(f"LIMIT_{name.upper()}", default=most * wider, least=1)
            for name, most in LIMITS.items()
        }

    def networks(self, name: str) -> list[str]:
        """Networks separated by commas, as ``127.0.0.1`` or ``10.20.0.0/16``."""
        given = self.names(name)
        try:
            return [str(ip_network(each)) for each in given]
        except ValueError:
            self.problems.append(f"{name} must be networks such as 10.20.0.0/16, not {given}")
            return []

    def secret(self, name: str) -> str:
        given = self.text(name)
        if not given:
            self.problems.append(f"{name} is not set: a random text of at least 50 characters")
        elif len(given) < SHORTEST_SECRET or len(set(given)) < FEWEST_CHARACTERS:
            self.problems.append(f"{name} is too easy to guess: use at least 50 random characters")
        return given

    def hosts(self, name: str) -> list[str]:
        given = self.names(name)
        if not given:
            self.problems.append(f"{name} is not set: the host names served, separated by commas")
        return given

    def demand_loopback(self, name: str, hosts: list[str]) -> None:
        """The demonstration has accounts that everybody knows: it is for this machine alone."""
        if not LOOPBACK.issuperset(hosts):
            self.problems.append(
                f"{name} may name only {', '.join(sorted(LOOPBACK))} while DEMONSTRATION is 1"
            )

    def time_zone(self, name: str, default: str) -> str:
        given = self.text(name, default)
        try:
            ZoneInfo(given)
        except (KeyError, OSError, ValueError):
            self.problems.append(f"{name} is not a time zone: {given!r}")
            return default
        return given

    def database(self, name: str) -> dict[str, Any]:
        """Django's description of a PostgreSQL database; when unset, one that refuses queries."""
        nothing: dict[str, Any] = {"ENGINE": "django.db.backends.dummy"}
        given = self.text(name)
        if not given:
            self.problems.append(f"{name} is not set: postgres://user:password@host:port/name")
            return nothing
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                read: dict[str, Any] = environ.Env.db_url_config(given)
            except ValueError:
                read = {}
        if read.get("ENGINE") != "django.db.backends.postgresql" or not read.get("NAME"):
            # The value is not repeated: it may hold a password.
            self.problems.append(f"{name} is not of the form postgres://user:password@host/name")
            return nothing
        # A socket folder is written as libpq does it: postgres://user@%2Fvar%2Frun/name
        read["HOST"] = unquote(read["HOST"] or "")
        return read

    def email(self, name: str) -> dict[str, Any]:
        """Django's settings of a mail server; when unset, of none."""
        given = self.text(name)
        if not given:
            return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
        try:
            read: dict[str, Any] = environ.Env.email_url_config(given)
        except (ImproperlyConfigured, KeyError, ValueError):
            # The value is not repeated: it may hold a password.
            self.problems.append(f"{name} is not of the form smtp+tls://user:password@host:587")
            return {}
        return {key: value for key, value in read.items() if key.startswith("EMAIL_")}

    def broker(self, name: str) -> str:
        given = self.text(name)
        if not given:
            self.problems.append(f"{name} is not set: redis://host:port/0")
        elif not given.startswith(BROKERS):
            self.problems.append(f"{name} must begin with one of {', '.join(BROKERS)}")
        return given


def malformed(problems: list[str], variables: Mapping[str, str]) -> list[str]:
    """Without those that only say that a variable is not set, for who will set it."""
    return [each for each in problems if variables.get(each.split()[0], "").strip()]


def demand_sound_environment(problems: list[str]) -> None:
    """End the process, one line per fault, unless there is none.

    Called where a server starts (wsgi, the worker), never by importing the settings.
    """
    if not problems:
        return
    print("trialscreen cannot start:", file=sys.stderr)  # noqa: T201
    for problem in problems:
        print(f"  {problem}", file=sys.stderr)  # noqa: T201
    sys.exit(WILL_NOT_BOOT)
