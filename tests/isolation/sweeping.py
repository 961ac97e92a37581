"""Trying the probes, and what counts as a leak."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html import escape
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, quote_plus

from django.core.cache import cache
from django.db import connection, transaction

from tests.isolation.hospitals import Asker, World, digests, more_of, of_patients, tables
from tests.isolation.probes import Ask, Probe, own
from tests.isolation.routes import routes
from trialscreen.institution.sealed import sealed

_TOLD = ("Content-Type", "Location", "HX-Redirect", "HX-Trigger", "ETag", "Allow", "Cache-Control",
         "WWW-Authenticate", "Retry-After", "Content-Disposition", "Vary", "Link")  # fmt: skip
"""Headers that must not tell a foreign id from an absent one."""
_CHANGING = re.compile(
    rb'data-seconds="[0-9]+"|"seconds": [0-9]+, "token": "[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"'
    rb"|hx-headers='[^']*'|csrf[-_]?token\"[^>]*>"
    rb'|name="(?:key|form_key|undo)" value="[^"]*"|data-[a-z-]*key="[^"]*"',
    re.IGNORECASE,
)
_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOMENT = re.compile(
    rb"[0-9]{4}-[0-9]{2}-[0-9]{2}t[0-9:.]+(?:z|[+-][0-9:]+)|\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\b"
)
_NEW_KEY = re.compile(rb'"(id|number|sequence|record_version)":\s*[0-9]+')
_NEW_TAG = re.compile(rb"'etag', '\"[0-9]+\"'")
"""Of what was just made, the number in its row."""


@dataclass
class Answer:
    status: int
    headers: bytes
    body: bytes
    raw: bytes

    def like(self, other: Answer) -> bool:
        return (self.status, self.headers, self.body) == (other.status, other.headers, other.body)

    def without(self, *asked: Ask) -> Answer:
        """But for what was asked with, as an answer may repeat it: the same is left out of both that are compared."""
        body, told = self.body, self.headers
        for ask in asked:
            for written in _ways_to_write(ask, sealed_too=True):
                body, told = body.replace(written, b"(id)"), told.replace(written, b"(id)")
        return replace(self, body=body, headers=told)


@dataclass
class Outcome:
    """What came of a sweep."""

    probes: int = 0
    requests: int = 0
    leaks: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    """Answers of 500 and above: they say nothing, and hide whether something was kept."""

    @property
    def clean(self) -> bool:
        return not self.leaks and not self.failures

    def __str__(self) -> str:
        told = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        said = f"{self.probes} probes, {self.requests} requests, {len(self.leaks)} leaks ({told})"
        return "\n".join([said, *self.leaks[:25], *self.failures[:10]])


class Sweep:
    """A world as it was at the beginning, and the answers to absent ids, each asked once."""

    def __init__(self, world: World, *, filtered: bool = True) -> None:
        """`filtered`: that the application asks for rows of one's own sites alone. Where it does not, it takes every
        site for one's own, shows their names, and it is their rows that must not be there.
        """
        self.world = world
        self.filtered = filtered
        self.tables = tables()
        self.of_patients = of_patients()
        self.sites = {code: one.site.pk for code, one in world.hospitals.items()}
        self.before = self.everything()
        self._absent: dict[tuple[str, str, str], Answer] = {}

    def everything(self) -> dict[tuple[str, int], str]:
        return digests(list(self.sites.values()), self.tables)

    def run(self, probes: Iterable[Probe], *, stop_at: int = 200) -> Outcome:
        outcome = Outcome()
        for probe in probes:
            self._try(probe, outcome)
            if len(outcome.leaks) >= stop_at:
                break
        after = self.everything()
        outcome.leaks += [
            f"changed: {name} of site {site}"
            for (name, site), total in self.before.items()
            if after.get((name, site)) != total and name != "institution_trailentry"
        ]
        return outcome

    def _try(self, probe: Probe, outcome: Outcome) -> None:
        asker = probe.asker
        answer, changed = self.ask(asker, probe.verb, probe.foreign, watch=True)
        key = (asker.name, probe.verb, repr(probe.absent))
        if key not in self._absent:
            self._absent[key], _ = self.ask(asker, probe.verb, probe.absent)
            outcome.requests += 1
        absent = self._absent[key]
        outcome.probes += 1
        outcome.requests += 1
        outcome.statuses[answer.status] += 1
        if answer.status >= 500:
            outcome.failures.append(f"{answer.status}: {probe}")
        of_a_site = {"code", "site"} & set(probe.place.replace("=", " ").replace("+", " ").split())
        if not (probe.known or probe.administers) and (self.filtered or not of_a_site):
            there, nowhere = (one.without(probe.foreign, probe.absent) for one in (answer, absent))
            if not there.like(nowhere):
                outcome.leaks.append(f"not as absent: {probe}: {_difference(there, nowhere)}")
        for word in self._told(probe, answer):
            outcome.leaks.append(f"tells {word!r}: {probe} ({answer.status})")
        for table in self.of_patients.intersection(changed) if probe.administers else changed:
            outcome.leaks.append(f"writes {table}: {probe}")

    def _told(self, probe: Probe, answer: Answer) -> list[str]:
        """Words of other sites in the answer, but for what was asked with."""
        raw = answer.raw + answer.headers
        for written in _ways_to_write(probe.foreign):
            raw = raw.replace(written, b"")
        words = probe.asker.forbidden(names=self.filtered)
        return [word.decode() for word in words if word in raw]

    def ask(
        self, asker: Asker, verb: str, ask: Ask, *, watch: bool = False
    ) -> tuple[Answer, list[str]]:
        """One request, undone afterwards; with which tables of other sites it had changed."""
        options: dict[str, Any] = {"headers": asker.headers | dict(ask.headers)}
        if ask.body is not None:
            options["data"] = ask.body
        if ask.content:
            options["content_type"] = ask.content
        elif verb not in ("GET", "HEAD", "POST"):
            options["content_type"] = "application/json"
            options["data"] = "{}"
        changed: list[str] = []
        cookies = asker.http.cookies.copy()
        cache.clear()  # how often somebody tried is counted there, and no rollback takes it back
        with transaction.atomic():
            response = getattr(asker.http, verb.lower())(ask.path, **options)
            if watch:
                changed = self._changed(asker)
            transaction.set_rollback(True)
        asker.http.cookies = SimpleCookie(cookies)
        return _answer(response, ask), changed

    def _changed(self, asker: Asker) -> list[str]:
        """Tables with rows of other sites that are not as they were, still inside of the transaction."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
            )
            written = [name for (name,) in cursor.fetchall() if name in self.tables]
        foreign = [pk for code, pk in self.sites.items() if code not in asker.sees]
        if not written or not foreign:
            return []
        now = digests(foreign, written)
        return [
            name
            for name in written
            for site in foreign
            if now.get((name, site)) != self.before.get((name, site))
        ]


def _answer(response: Any, ask: Ask) -> Answer:
    raw = response.getvalue() if response.streaming else response.content
    if response.get("Content-Type", "").endswith("sheet") and raw:
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            raw = b"".join(book.read(name) for name in sorted(book.namelist()))
    elif response.get("Content-Type") == "application/pdf":
        raw = b"(a PDF)"
    told = repr([(one, response.get(one)) for one in _TOLD]).lower().encode()
    if response.status_code == 201:
        told = _NEW_TAG.sub(b"", told)
    body = raw.lower()
    for written in _ways_to_write(ask, sealed_too=True):
        body, told = body.replace(written, b"(id)"), told.replace(written, b"(id)")
    for pattern in (_CHANGING, _UUID, _MOMENT, _NEW_KEY):
        body = pattern.sub(b"", body)
    return Answer(response.status_code, _UUID.sub(b"", told), body, raw.lower())


def _ways_to_write(ask: Ask, *, sealed_too: bool = False) -> list[bytes]:
    """What was asked with, as an answer may repeat it: as it is, in an address, and in an address of an address.

    `sealed_too`: and as an address holds what was searched for.
    """
    path = ask.path.partition("?")[0]
    found = {path, *ask.ids}
    if sealed_too:
        found |= {sealed(each) for each in ask.ids}
    for each in (path, *ask.ids):
        once = {quote(each, safe=""), quote(each), quote_plus(each)}
        found |= once | {quote(one, safe="") for one in once} | {quote(one) for one in once}
        found.add(escape(each))
    return [one.lower().encode() for one in sorted(found, key=len, reverse=True)]


def _difference(one: Answer, other: Answer) -> str:
    if one.status != other.status:
        return f"{one.status}, not {other.status}"
    if one.headers != other.headers:
        return f"{one.headers!r} {other.headers!r}"
    at = next(
        (n for n, (a, b) in enumerate(zip(one.body, other.body, strict=False)) if a != b),
        min(len(one.body), len(other.body)),
    )
    return f"{one.status} …{one.body[max(0, at - 60) : at + 80]!r} / {other.body[max(0, at - 20) : at + 80]!r}"


def interference(world: World, names: tuple[str, ...] = ()) -> list[str]:
    """Which answers to people and clients of one site change when another site gets a patient: none may.

    So counts, sums, pages and orders over all sites are found that tell no word.
    """
    sweep, found = Sweep(world), []
    wanted = [one for one in routes() if not names or one.name in names]
    asked = [
        (world.askers[name], route, own(world, route, world.askers[name]))
        for route in wanted
        for name in ("coordinator", "client", "anonymous")
        if route.name != "health-ready"
    ]
    before = [sweep.ask(asker, "GET", ask)[0] for asker, _, ask in asked]
    with transaction.atomic():
        more_of(world.hospitals["brandon"])
        for (asker, route, ask), then in zip(asked, before, strict=True):
            now, _ = sweep.ask(asker, "GET", ask)
            if not now.like(then):
                found.append(f"{asker.name}: {route.pattern}: {_difference(now, then)}")
        transaction.set_rollback(True)
    return found
