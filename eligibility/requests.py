"""What a dry run is asked: the envelope around a Bundle, read strictly, every fault with its place.

Optional everywhere, but never guessed: a date that is not one, an unknown criterion or a looser policy refuses the
request; what has no meaning here is listed as ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from eligibility.rules.protocol import Protocol
from eligibility.rules.record import Answer, Attestation, SiteRange
from patients.codes.local import NO_LOCAL_CODES, LocalCodes
from patients.codes.local_rows import Refused as RefusedRows
from patients.codes.local_rows import Row, changed
from patients.codes.units import read_amount
from patients.intake.problems import Issue, Refused

DEFAULT_ZONE = "America/Toronto"

_FIELDS = (
    "on",
    "received_on",
    "time_zone",
    "bundle",
    "attestations",
    "set_aside",
    "policy",
    "reference_ranges",
    "local_codes",
)
_ATTESTATION = (
    "criterion",
    "answer",
    "stated_on",
    "by",
    "detail",
    "note",
    "source",
    "source_dated",
)
_RANGE = ("analyte", "sex", "age_low", "age_high", "high", "unit", "laboratory", "from", "to")
_LOCAL_CODE = ("system", "code", "target_system", "target_code", "version")
_ANALYTES = ("bilirubin", "creatinine", "ast", "alt")
_ANSWERS = ("met", "not_met", "not_applicable")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


@dataclass(frozen=True, slots=True)
class Request:
    """One request for an answer, read."""

    bundle: object
    enveloped: bool
    on: date
    received_on: date
    zone: ZoneInfo
    attestations: tuple[Attestation, ...] = ()
    set_aside: tuple[str, ...] = ()
    policy: dict[str, Any] = field(default_factory=dict)
    ranges: tuple[SiteRange, ...] = ()
    local_codes: LocalCodes = NO_LOCAL_CODES
    ignored: tuple[str, ...] = ()
    """Pointers to what was sent and means nothing here."""


class _Reader:
    """Reads the envelope, gathering faults and what is ignored."""

    def __init__(self, protocol: Protocol) -> None:
        self.issues: list[Issue] = []
        self.ignored: list[str] = []
        self._attestable = {c.id: c.attestable for c in protocol.criteria}

    def fault(self, place: str, code: str, detail: str) -> None:
        self.issues.append(Issue(place, code, detail))

    def day(self, value: object, place: str) -> date | None:
        """A whole calendar date, written 2026-11-25; None when absent."""
        if value is None:
            return None
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.fault(place, "not-a-date", "Dates are written YYYY-MM-DD.")
        return None

    def zone(self, value: object) -> ZoneInfo:
        name = DEFAULT_ZONE if value is None else value
        if isinstance(name, str):
            try:
                return ZoneInfo(name)
            except (KeyError, ValueError, OSError):
                pass
        self.fault("/time_zone", "unknown-time-zone", "No IANA time zone is called that.")
        return ZoneInfo(DEFAULT_ZONE)

    def text(self, value: object, place: str) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        self.fault(place, "not-text", "This is a text.")
        return ""

    def number(self, value: object, place: str) -> Decimal | None:
        """An exact number, written as a JSON number or as a string."""
        if value is None:
            return None
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            return Decimal(value)
        if isinstance(value, str) and _NUMBER.fullmatch(value) and value.isascii():
            return Decimal(value)
        self.fault(place, "not-a-number", "This is a number, or a number as a string.")
        return None

    def rows(
        self, value: object, place: str, known: tuple[str, ...]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """The objects of a list with their places."""
        if value is None:
            return
        if not isinstance(value, list):
            self.fault(place, "not-a-list", "This is a list.")
            return
        for position, row in enumerate(value):
            at = f"{place}/{position}"
            if isinstance(row, dict):
                self.ignored += [f"{at}/{name}" for name in row if name not in known]
                yield at, row
            else:
                self.fault(at, "not-an-object", "Each entry of this list is an object.")

    def attestations(self, value: object) -> Iterator[Attestation]:
        for at, row in self.rows(value, "/attestations", _ATTESTATION):
            criterion, answered = row.get("criterion"), row.get("answer")
            stated_on = self.day(row.get("stated_on"), f"{at}/stated_on")
            if not isinstance(criterion, str) or criterion not in self._attestable:
                self.fault(
                    f"{at}/criterion", "unknown-criterion", "The protocol has no such criterion."
                )
                continue
            if answered not in _ANSWERS:
                self.fault(
                    f"{at}/answer", "unknown-answer", f"An answer is one of {', '.join(_ANSWERS)}."
                )
                continue
            if stated_on is None:
                if row.get("stated_on") is None:
                    self.fault(
                        f"{at}/stated_on", "not-a-date", "A statement needs the day it was made."
                    )
                continue
            allowed = self._attestable[criterion]
            if allowed is None or answered not in allowed.answers:
                # Missing data has to be entered as data: such an answer counts for nothing, and that is said.
                self.ignored.append(at)
            by, detail, note, source = (
                self.text(row.get(name), f"{at}/{name}")
                for name in ("by", "detail", "note", "source")
            )
            dated = self.day(row.get("source_dated"), f"{at}/source_dated")
            said = cast(Answer, answered)
            yield Attestation(
                criterion, said, stated_on, by, detail, note, source, source_dated=dated
            )

    def ranges(self, value: object) -> Iterator[SiteRange]:
        for at, row in self.rows(value, "/reference_ranges", _RANGE):
            high = self.number(row.get("high"), f"{at}/high")
            sex = row.get("sex") or "any"
            if row.get("analyte") not in _ANALYTES:
                self.fault(f"{at}/analyte", "unknown-analyte", f"One of {', '.join(_ANALYTES)}.")
            elif sex not in ("any", "female", "male"):
                self.fault(f"{at}/sex", "unknown-sex", "One of any, female, male.")
            elif high is None:
                if row.get("high") is None:
                    self.fault(f"{at}/high", "not-a-number", "A range needs its upper limit.")
            else:
                amount = read_amount(
                    row["analyte"], high, unit=self.text(row.get("unit"), f"{at}/unit")
                )
                if amount.fault == "unit":
                    self.ignored.append(at)
                yield SiteRange(
                    row["analyte"],
                    amount,
                    cast(Literal["any", "female", "male"], sex),
                    self.number(row.get("age_low"), f"{at}/age_low"),
                    self.number(row.get("age_high"), f"{at}/age_high"),
                    " ".join(
                        self.text(row.get("laboratory"), f"{at}/laboratory").split()
                    ).casefold(),
                    self.day(row.get("from"), f"{at}/from"),
                    self.day(row.get("to"), f"{at}/to"),
                )

    def local_codes(self, value: object) -> LocalCodes:
        """A map of local codes, under the same checks as a site's own; `version` says since which version a line is
        in it, as the answer of a stored record tells."""
        rows, since = [], {}
        for at, row in self.rows(value, "/local_codes", _LOCAL_CODE):
            said = {name: self.text(row.get(name), f"{at}/{name}") for name in _LOCAL_CODE[:-1]}
            version = row.get("version", 0)
            if (
                not isinstance(version, int)
                or isinstance(version, bool)
                or not 0 <= version < 2**31
            ):
                self.fault(f"{at}/version", "not-a-number", "This is the number of a version.")
                version = 0
            line = int(at.rpartition("/")[2]) + 1
            rows.append(Row(line, **said))
            since[said["system"].strip(), said["code"].strip()] = version
        if not rows or self.issues:
            return NO_LOCAL_CODES
        try:
            lines = changed((), rows)
        except RefusedRows as refused:
            for one in refused.problems:
                place = f"/local_codes/{one.line - 1}" if one.line else "/local_codes"
                self.fault(f"{place}/{one.column}".rstrip("/"), one.code, one.text)
            return NO_LOCAL_CODES
        read = (line.read for line in lines)
        return LocalCodes(tuple(one._replace(since=since[one.system, one.code]) for one in read))

    def references(self, value: object) -> Iterator[str]:
        if value is None:
            return
        if not isinstance(value, list):
            self.fault("/set_aside", "not-a-list", "This is a list of references, Type/id.")
            return
        for position, reference in enumerate(value):
            if isinstance(reference, str) and "/" in reference:
                yield reference
            else:
                self.fault(
                    f"/set_aside/{position}", "not-a-reference", "A reference is written Type/id."
                )


def read_request(
    tree: object, *, on: date | None, today: Callable[[ZoneInfo], date], protocol: Protocol
) -> Request:
    """The request that a JSON document makes.

    Raises:
        Refused: with the place of every fault.
    """
    if not isinstance(tree, dict):
        raise Refused((Issue("", "not-an-object", "A Bundle or a request is a JSON object."),))
    if "resourceType" in tree:
        zone = ZoneInfo(DEFAULT_ZONE)
        day = on if on is not None else today(zone)
        return Request(tree, False, day, day, zone)
    reader = _Reader(protocol)
    if "bundle" not in tree:
        reader.fault("/bundle", "no-bundle", "The request carries no Bundle.")
    reader.ignored += [f"/{name}" for name in tree if name not in _FIELDS]
    zone = reader.zone(tree.get("time_zone"))
    stated = reader.day(tree.get("on"), "/on")
    received = reader.day(tree.get("received_on"), "/received_on")
    policy = tree.get("policy")
    if policy is not None and not isinstance(policy, dict):
        reader.fault("/policy", "not-an-object", "The policy is an object of values by name.")
        policy = None
    attestations = tuple(reader.attestations(tree.get("attestations")))
    ranges = tuple(reader.ranges(tree.get("reference_ranges")))
    set_aside = tuple(reader.references(tree.get("set_aside")))
    local_codes = reader.local_codes(tree.get("local_codes"))
    if reader.issues:
        raise Refused(tuple(reader.issues))
    day = on if on is not None else stated if stated is not None else today(zone)
    return Request(
        tree["bundle"],
        True,
        day,
        received if received is not None else day,
        zone,
        attestations,
        set_aside,
        dict(policy or {}),
        ranges,
        local_codes,
        tuple(reader.ignored),
    )
