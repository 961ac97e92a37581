"""One resource while it is read: its place in the delivery, its dates, and the notices about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from patients.codes.local import NO_LOCAL_CODES, LocalCodes, Mapped
from patients.facts import (
    Condition,
    Course,
    Histology,
    Lesion,
    Notice,
    Operation,
    Participation,
    Result,
    Specimen,
)
from patients.intake.fhir import dates
from patients.intake.fhir.concepts import Coding, Concept, Meaning, meaning
from patients.intake.fhir.envelope import Entry
from patients.intake.fhir.references import Index
from patients.intake.fhir.shapes import Malformed, Node
from patients.intake.problems import REASONS
from patients.values import Days

Fact = Condition | Result | Lesion | Histology | Course | Operation | Specimen | Participation
Outcome = Literal[
    "used", "not-used", "unrecognised", "set-aside", "unread", "superseded", "supporting"
]

ABOUT = {
    "Condition": "condition",
    "Observation": "observation",
    "DiagnosticReport": "observation",
    "Procedure": "procedure",
    "MedicationAdministration": "drug",
    "MedicationStatement": "drug",
    "MedicationRequest": "drug",
    "Medication": "drug",
    "Specimen": "specimen",
    "ResearchSubject": "study",
    "ResearchStudy": "study",
}
"""What a record of each resource type is about, for the lists beside a confirmation of absence."""


@dataclass(slots=True)
class Reading:
    """What one resource came to."""

    outcome: Outcome
    facts: list[Fact] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


class Timing(NamedTuple):
    """A choice of dateTime, instant, Period or something else; spans as reported, not cut."""

    kind: Literal["none", "moment", "period", "other"]
    start: Days | None = None
    """Of a moment: the moment."""
    end: Days | None = None


class Record:
    """One resource of the Bundle, its Type/id, and what the delivery around it says."""

    __slots__ = (
        "_read_locally",
        "_zone_missing",
        "entry",
        "index",
        "local_codes",
        "node",
        "received_on",
        "zone",
    )

    def __init__(
        self,
        entry: Entry,
        index: Index,
        received_on: date,
        zone: ZoneInfo,
        local_codes: LocalCodes = NO_LOCAL_CODES,
    ) -> None:
        self.entry = entry
        self.node = entry.node
        self.index = index
        self.received_on = received_on
        self.zone = zone
        self.local_codes = local_codes
        self._zone_missing: list[str] = []
        self._read_locally: list[Notice] = []

    @property
    def ref(self) -> str:
        return self.entry.ref

    def contained(self, ident: str) -> Node | None:
        """The contained resource with this id."""
        for one in self.node.children("contained"):
            if one.data.get("id") == ident:
                return one
        return None

    # --- codes --------------------------------------------------------------------------------

    def understood(self, kind: Mapped, concept: Concept) -> Concept:
        """`concept`, and beside its codings what the site's own map reads them as, where the dictionary knows none.

        Each coding leaves a remark, also one that the map does not know: by these the record is found again when the
        map is another one.
        """
        local = self.local_codes
        if not local.entries or meaning(kind, concept).state != "unrecognised":
            return concept
        found = {one: local.of(kind, one.system, one.code) for one in concept.codings}
        if not any(found.values()):
            return concept
        for coding, read in found.items():
            said = " ".join(one.said for one in read)
            reason = "local-code" if read else "beside-local-code"
            self._read_locally.append(
                self.notice("remark", reason, concept, coding=coding, detail=said)
            )
        also = [
            Coding(one.target_system, one.target_code, "")
            for read in found.values()
            for one in read
        ]
        return Concept((*concept.codings, *dict.fromkeys(also)), concept.text)

    # --- dates -------------------------------------------------------------------------------

    def date(self, node: Node, key: str) -> Days | None:
        """The span of days of an element, as reported; None when it is missing."""
        text = node.text(key)
        if text is None:
            return None
        try:
            moment = dates.read_moment(text, self.zone)
        except ValueError:
            raise node.malformed(key, f"“{text[:40]}” is not a FHIR date.") from None
        if moment.zone_missing:
            self._zone_missing.append(key)
        return moment.days

    def past(self, days: Days | None) -> Days | None:
        """`days` as of something that has happened."""
        return None if days is None else dates.happened(days, self.received_on)

    def period(self, node: Node) -> tuple[Days | None, Days | None]:
        """Start and end of a Period, as reported. Raises `Malformed` when it ends before it starts."""
        start, end = self.date(node, "start"), self.date(node, "end")
        if start and end and _before(end.text, start.text):
            raise node.malformed("end", "The period ends before it starts.")
        return start, end

    def timing(self, stem: str, others: Iterable[str] | None = None) -> Timing:
        """The choice element `stem`; `others` are the suffixes that give no date (None: any other one)."""
        key = self.node.choice(stem)
        if key is None:
            return Timing("none")
        kind = key[len(stem) :]
        if kind in ("DateTime", "Instant"):
            return Timing("moment", self.date(self.node, key))
        if kind == "Period":
            period = self.node.child(key)
            assert period is not None
            return Timing("period", *self.period(period))
        if others is not None and kind not in others:
            raise self.node.malformed(key, f"FHIR has no “{key}” here.")
        return Timing("other")

    # --- notices -----------------------------------------------------------------------------

    def notice(
        self,
        kind: Literal["unrecognised", "not-used", "set-aside", "unread", "remark"],
        reason: str,
        concept: Concept | None = None,
        *,
        coding: Coding | None = None,
        detail: str = "",
    ) -> Notice:
        if coding is None and concept is not None and concept.codings:
            coding = concept.codings[0]
        text = (concept.text if concept else "") or (coding.display if coding else "")
        return Notice(
            kind,
            ABOUT.get(self.entry.type, "other"),
            self.entry.type,
            self.entry.id or self.entry.full_url,
            coding.system if coding else "",
            coding.code if coding else "",
            text or (concept.shown if concept and not coding else ""),
            reason,
            detail or REASONS[reason],
        )

    def set_aside(self, reason: str, concept: Concept | None = None) -> Reading:
        return Reading("set-aside", notices=[self.notice("set-aside", reason, concept)])

    def unrecognised(self, concept: Concept) -> list[Notice]:
        """One notice for each coding, or one for the text alone."""
        if not concept.codings:
            return [self.notice("unrecognised", "no-code", concept)]
        return [
            self.notice("unrecognised", "unrecognised-code", concept, coding=coding)
            for coding in dict.fromkeys(concept.codings)
        ]

    def unused(self, concept: Concept, found: Meaning) -> Reading:
        """The reading of a record whose concept gives no class."""
        if found.state == "not-used":
            return Reading(
                "not-used",
                notices=[self.notice("not-used", "not-used", concept, coding=found.coding)],
            )
        return Reading("unrecognised", notices=self.unrecognised(concept))

    def remarks(self) -> list[Notice]:
        """What has to be said of a record although it is used."""
        if not self._zone_missing:
            return self._read_locally
        elements = ", ".join(sorted(set(self._zone_missing)))
        detail = f"Time zone missing in {elements}: only the date is used."
        return [*self._read_locally, self.notice("remark", "time-zone-missing", detail=detail)]


__all__ = ["ABOUT", "Fact", "Malformed", "Outcome", "Reading", "Record", "Timing"]


def _before(one: str, other: str) -> bool:
    """Whether a reported date lies before another one, at the precision of both.

    Compared as written: the same day in two time zones is no contradiction that would cost us the record.
    """
    shared = min(len(one), len(other), len("2026-11-25"))
    return one[:shared] < other[:shared]
