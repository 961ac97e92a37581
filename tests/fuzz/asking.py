"""Sending what was made up, each request undone afterwards, and holding the answer against the document."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi import checks

CHECKS = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
)
SLOWEST = 60.0
"""Seconds; who waits longer is left alone, on a machine that is busy with other work too."""


@dataclass
class Outcome:
    """What came of it."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    """What was not as the document has it, each with its place once, and how often."""
    examples: dict[str, str] = field(default_factory=dict)
    slowest: tuple[float, str] = (0.0, "")

    def fault(self, said: str, example: str) -> None:
        self.faults[said] += 1
        self.examples.setdefault(said, example)

    def __str__(self) -> str:
        told = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        lines = [f"{self.requests} requests ({told}), slowest {self.slowest[0]:.2f} s"]
        lines += [
            f"{count} x {said}\n    {self.examples[said]}"
            for said, count in self.faults.most_common(60)
        ]
        return "\n".join(lines)

    def short(self) -> str:
        """What was wrong, for a report of which the last lines are read."""
        most = self.faults.most_common(12)
        lines = [f"{count} x {said}\n  {self.examples[said][:400]}" for said, count in most]
        return "\n".join([f"{len(self.faults)} kinds of faults", *lines])


def undone(app: Any) -> Callable[[Any, Any], Iterable[bytes]]:
    """The application, after each of whose answers everything is as it was."""

    def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
        cache.clear()  # attempts are counted there, and no rollback takes a count back
        with transaction.atomic():
            answered = app(environ, start_response)
            body = [b"".join(answered)]
            answered.close()
            transaction.set_rollback(True)
        return body

    return answer


def ask(cases: Iterable[Any], token: str, outcome: Outcome) -> None:
    """Send them all; what is wrong with an answer is kept in `outcome`."""
    with _one_connection():
        _ask(cases, token, outcome)


@contextmanager
def _one_connection() -> Iterator[None]:
    """A server looks after its connection before and after each request; here a transaction is open over it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def _ask(cases: Iterable[Any], token: str, outcome: Outcome) -> None:
    app = undone(WSGIHandler())
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    for case in cases:
        began = time.monotonic()
        label = f"{case.method} {case.operation.path}"
        response = case.call(app=app, headers=headers)
        took = time.monotonic() - began
        outcome.requests += 1
        outcome.statuses[response.status_code] += 1
        outcome.slowest = max(outcome.slowest, (took, label))
        if took > SLOWEST:
            outcome.fault(f"{label}: took longer than {SLOWEST:.0f} s", f"{took:.1f} s")
        try:
            case.validate_response(response, checks=list(CHECKS), headers=headers)
        except FailureGroup as group:
            for one in group.exceptions:
                _keep(one, label, case, response, outcome)
        except Failure as one:
            _keep(one, label, case, response, outcome)


def _keep(failure: Any, label: str, case: Any, response: Any, outcome: Outcome) -> None:
    said = str(getattr(failure, "title", "") or type(failure).__name__)
    place = str(getattr(failure, "message", "")).strip().splitlines()
    outcome.fault(
        f"{label}: {response.status_code}: {said}: {' / '.join(place[:6])[:300]}",
        f"{case.method} {case.formatted_path} query={case.query} headers={dict(case.headers or {})} "
        f"body={case.body!r:.300} -> {response.content[:300]!r}",
    )
