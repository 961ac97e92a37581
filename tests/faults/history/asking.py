"""One request of a client's, kept in the history: sent again with its key until somebody says what became of it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any, NamedTuple

from tests.faults.history.told import Operation, Outcome

PATIENCE = 20
UNTIL_RESOLVED = 90
"""Seconds for which a request is sent again; longer than anything may be away."""


class Answer(NamedTuple):
    """What the server said; status 0: nothing was heard of it."""

    status: int
    body: Any
    version: int | None

    @property
    def outcome(self) -> Outcome:
        if self.status in (200, 201):
            return Outcome.OK
        return Outcome.FAIL if 400 <= self.status < 500 else Outcome.UNKNOWN


NOTHING = Answer(0, None, None)


@dataclass(frozen=True, slots=True)
class Write:
    """What is to be done, and by which marks it will be found."""

    method: str
    at: str
    body: Any
    token: str
    key: str
    marks: Sequence[str]
    subject: str = ""
    seen: int | None = None
    after: int | None = None
    """The version that is asked for where what is made is no version of it: the episode after this one."""
    replaces: str = ""
    shared: Sequence[str] = ()
    """Of the marks, those that others may make too."""
    kind: str = "application/json"


@dataclass
class Line:
    """One session: a client that asks one thing after another, and keeps what it was told."""

    session: str
    port: int
    history: list[Operation] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    """Answers that no client should ever see."""

    def read(self, at: str, token: str) -> tuple[Answer, float, float]:
        began = time.monotonic()
        answer = self._ask("GET", at, token, None, {})
        return answer, began, time.monotonic()

    def keep_read(
        self, subject: str, asked: tuple[Answer, float, float], held: frozenset[str] | None = None
    ) -> None:
        answer, began, ended = asked
        self.history.append(
            Operation(
                self.session,
                subject,
                began,
                ended,
                answer.outcome,
                told=answer.version if answer.outcome is Outcome.OK else None,
                held=held,
            )
        )

    def write(self, write: Write, *, again: bool = False) -> Answer:
        """Until it is done or refused; `again`: once more after that, as who lost the answer would."""
        until = time.monotonic() + UNTIL_RESOLVED
        pause = 0.1
        while True:
            answer = self._write_once(write)
            if answer.outcome is not Outcome.UNKNOWN or time.monotonic() > until:
                break
            time.sleep(pause)
            pause = min(pause * 2, 2)
        if again and answer.outcome is Outcome.OK:
            self._write_once(write)
        return answer

    def _write_once(self, write: Write) -> Answer:
        headers = {"Idempotency-Key": write.key, "Content-Type": write.kind}
        version = write.after if write.seen is None else write.seen
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        raw = json.dumps(write.body)
        began = time.monotonic()
        answer = self._ask(write.method, write.at, write.token, raw, headers)
        ended = time.monotonic()
        told = answer.version if answer.outcome is Outcome.OK and not write.shared else None
        for mark in write.marks:
            self.history.append(
                Operation(
                    self.session,
                    write.subject,
                    began,
                    ended,
                    answer.outcome,
                    mark=mark,
                    key=f"{write.key} {mark}",
                    seen=write.seen,
                    told=told,
                    replaces=write.replaces,
                    shared=mark in write.shared,
                )
            )
        return answer

    def _ask(
        self, method: str, at: str, token: str, raw: str | None, headers: dict[str, str]
    ) -> Answer:
        headers = headers | {"Authorization": f"Bearer {token}", "Connection": "close"}
        web = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            web.request(method, at, None if raw is None else raw.encode(), headers)
            told = web.getresponse()
            text = told.read()
            body = json.loads(text) if text else None
        except (OSError, HTTPException, ValueError):
            return NOTHING
        finally:
            web.close()
        if told.status == 429 or (told.status == 409 and told.getheader("Retry-After")):
            return NOTHING
        if told.status >= 500 and told.status != 503:
            self.unexpected.append(f"{method} {at}: {told.status} {text[:200]!r}")
        tag = (told.getheader("ETag") or "").strip('"')
        return Answer(told.status, body, int(tag) if tag.isdecimal() else None)
