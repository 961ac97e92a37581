"""Everything that is given from a day to a day: drugs, operations, codes that stand for one."""

from __future__ import annotations

from datetime import date, tzinfo

from tests.naive import codes, dates
from tests.naive.bundle import Contents
from tests.naive.dates import FAR_PAST, Moment, Span
from tests.naive.records import Condition, Course

INTENT_URLS = (
    "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-procedure-intent",
    "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-treatment-intent",
)


class Courses:
    """Reads courses, and the dates of any record."""

    def __init__(self, contents: Contents, received: date, zone: tzinfo) -> None:
        self.contents, self.received, self.zone = contents, received, zone

    # dates

    def moment(self, holder: dict, name: str) -> Moment | None:
        return dates.read(holder[name], self.zone) if name in holder else None

    def days(self, holder: dict, name: str, *, planned: bool = False) -> Span | None:
        """The possible days of a date; of something that has happened, cut at the receipt."""
        moment = self.moment(holder, name)
        if moment is None:
            return None
        return moment.days if planned else moment.days.cut(self.received)

    def open_past(self, until: date | None = None) -> Span:
        return Span(FAR_PAST, self.received if until is None else until)

    def latest_of(self, *spans: Span | None) -> date | None:
        return max((span.last for span in spans if span is not None), default=None)

    def treatments_of(self, condition: Condition) -> list[Course]:
        """Codes that stand for a treatment."""
        found = []
        if "history of irradiation" in condition.classes:
            found.append(self.undated_treatment(condition, "radiotherapy"))
        if "history of checkpoint inhibitor" in condition.classes:
            found.append(self.undated_treatment(condition, "immunotherapy"))
        if "encounter for chemotherapy" in condition.classes:
            found.append(self.encounter(condition, "chemotherapy", certain=False))
        if "encounter for immunotherapy" in condition.classes:
            found.append(self.encounter(condition, "immunotherapy", certain=condition.certain))
        return found

    def undated_treatment(self, condition: Condition, name: str) -> Course:
        return Course(
            raw=condition.raw,
            latest=condition.latest,
            classes={name},
            intents={"not stated"},
            routes=set(),
            start=self.open_past(),
            end=self.open_past(),
            begun=False,
            certain=condition.certain,
            can_be_concurrent=False,
            not_before=condition.onset,
        )

    def encounter(self, condition: Condition, name: str, *, certain: bool) -> Course:
        start, end = self.start_and_unknown_end(condition.onset)
        if condition.abatement is not None:
            end = condition.abatement
            start = condition.onset or self.open_past(end.last)
        return Course(
            raw=condition.raw,
            latest=condition.latest,
            classes={name},
            intents={"not stated"},
            routes=set(),
            start=start,
            end=end,
            begun=False,
            certain=certain,
            can_be_concurrent=False,
        )

    # courses

    def start_and_unknown_end(
        self, start: Span | None, at_latest: date | None = None
    ) -> tuple[Span, Span]:
        """A finished course without an end date ended between its start and the receipt.

        A day on which it ended at the latest also bounds the days on which it can have begun.
        """
        last = self.received if at_latest is None else min(self.received, at_latest)
        start = start or self.open_past(last)
        if at_latest is not None and start.first <= last:
            start = Span(start.first, min(start.last, last))
        return start, Span(start.first, max(start.last, last))

    def timing(self, raw: dict, prefix: str, *, ongoing: bool) -> dict:
        """Start and end by the elements ``prefix``DateTime and ``prefix``Period."""
        period = raw.get(f"{prefix}Period", {})
        moment = self.days(raw, f"{prefix}DateTime")
        start = moment or self.days(period, "start")
        if ongoing:
            end = self.days(period, "end", planned=True)
            begun = start is None
            start = start or self.open_past(None if end is None else min(end.last, self.received))
            return {"start": start, "end": end, "begun": begun}
        end = moment or self.days(period, "end")
        if end is not None:
            return {"start": start or self.open_past(end.last), "end": end, "begun": False}
        start, end = self.start_and_unknown_end(start)
        return {"start": start, "end": end, "begun": False, "can_be_concurrent": False}

    def latest_of_treatment(self, raw: dict, prefix: str, *, finished: bool) -> date | None:
        period = raw.get(f"{prefix}Period", {})
        end = self.days(period, "end") if finished else None
        return self.latest_of(
            self.days(raw, f"{prefix}DateTime") or end or self.days(period, "start")
        )

    def procedure(self, raw: dict) -> Course:
        status = raw["status"]
        classes = codes.procedure_classes(raw.get("code"))
        certain = status not in ("on-hold", "unknown")
        if not classes:
            category = codes.in_system(raw.get("category"), codes.SNOMED)
            if "387713003" in category:
                classes = {"surgery, extent unknown"}
            if "108290001" in category:
                classes, certain = classes | {"radiotherapy"}, False
        ongoing = status in ("in-progress", "on-hold")
        return Course(
            raw=raw,
            latest=self.latest_of_treatment(raw, "performed", finished=not ongoing),
            classes=classes,
            intents=_intents(raw),
            routes=set(),
            certain=certain,
            completed=status == "completed",
            **self.timing(raw, "performed", ongoing=ongoing),
        )

    def administration(self, raw: dict) -> Course:
        status = raw["status"]
        finished = status in ("completed", "stopped")
        dosage = raw.get("dosage", [])
        return Course(
            raw=raw,
            latest=self.latest_of_treatment(raw, "effective", finished=finished),
            classes=self.drug(raw),
            intents=_intents(raw),
            routes=_routes(dosage if isinstance(dosage, list) else [dosage]),
            certain=status not in ("on-hold", "unknown"),
            **self.timing(raw, "effective", ongoing=not finished),
        )

    def is_an_order(self, raw: dict) -> bool:
        return (
            raw["status"] not in ("draft", "cancelled")
            and raw.get("doNotPerform") is not True
            and raw["intent"] not in ("proposal", "plan", "option")
        )

    def order(self, raw: dict) -> Course:
        status = raw["status"]
        bounds = [
            dosage["timing"]["repeat"]["boundsPeriod"]
            for dosage in raw.get("dosageInstruction", [])
            if "boundsPeriod" in dosage.get("timing", {}).get("repeat", {})
        ]
        starts = [day for day in (self.days(period, "start") for period in bounds) if day]
        first = Span(min(s.first for s in starts), min(s.last for s in starts)) if starts else None
        start = first or self.days(raw, "authoredOn")
        planned = status not in ("completed", "stopped")
        ends = [self.days(period, "end", planned=planned) for period in bounds]
        end = None
        known = [day for day in ends if day]
        if known and len(known) == len(ends):
            end = Span(max(e.first for e in known), max(e.last for e in known))
        return Course(
            raw=raw,
            latest=self.latest_of(
                self.days(raw, "authoredOn"),
                end if status == "completed" and end else first,
            ),
            classes=self.drug(raw),
            intents=_intents(raw),
            routes=_routes(raw.get("dosageInstruction", [])),
            certain=status not in ("on-hold", "unknown"),
            **self.order_timing(status, start, end),
        )

    def order_timing(self, status: str, start: Span | None, end: Span | None) -> dict:
        if status == "stopped":
            start, end = self.start_and_unknown_end(start, end.last if end else None)
            return {"start": start, "end": end, "begun": False, "can_be_concurrent": False}
        if status == "completed":
            if end is not None:
                return {"start": start or self.open_past(end.last), "end": end, "begun": False}
            start, end = self.start_and_unknown_end(start)
            return {"start": start, "end": end, "begun": False, "can_be_concurrent": False}
        until = None if end is None else min(end.last, self.received)
        return {"start": start or self.open_past(until), "end": end, "begun": start is None}

    def drug(self, raw: dict) -> set[str]:
        if "medicationCodeableConcept" in raw:
            return codes.drug_classes(raw["medicationCodeableConcept"])
        reference = str(raw["medicationReference"].get("reference", ""))
        if reference.startswith("#"):
            for contained in raw.get("contained", []):
                if contained.get("id") == reference[1:]:
                    return codes.drug_classes(contained.get("code"))
            return set()
        return codes.drug_classes(self.contents.by_reference.get(reference, {}).get("code"))


def _intents(raw: dict) -> set[str]:
    found = set()
    for extension in raw.get("extension", []):
        if extension.get("url") in INTENT_URLS:
            for code in codes.in_system(extension.get("valueCodeableConcept"), codes.SNOMED):
                if code in codes.INTENTS:
                    found.add(codes.INTENTS[code])
    return found or {"not stated"}


def _routes(dosages: list[dict]) -> set[str]:
    found = set()
    for dosage in dosages:
        route = dosage.get("route")
        if not route:
            continue
        coded = set(codes.in_system(route, codes.SNOMED))
        known = set()
        if coded & codes.SYSTEMIC_ROUTES:
            known.add("systemic")
        if coded & codes.TOPICAL_ROUTES:
            known.add("topical")
        found |= known or {"undetermined"}
    return found
