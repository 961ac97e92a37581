"""The patient's records in the words of the rules: conditions, courses, results and so on.

Reading only: nothing here depends on the day of evaluation, and nothing decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from tests.naive import codes, dates
from tests.naive.bundle import Contents
from tests.naive.dates import FAR_PAST, Moment, Span

INTENT_URLS = (
    "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-procedure-intent",
    "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-treatment-intent",
)
MORPHOLOGY_URL = (
    "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
)
BIRTHSEX_URL = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
SEX_URL = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-sex"
ACTIVE = ("active", "recurrence", "relapse")
CLINICAL = (*ACTIVE, "inactive", "remission", "resolved")
RESULTS = ("final", "amended", "corrected")


@dataclass
class Record:
    """What every record has: where it came from and its latest own date (None: undated)."""

    raw: dict
    latest: date | None


@dataclass
class Condition(Record):
    classes: set[str]
    sites: list[dict]
    certain: bool
    """False for unconfirmed, provisional, differential and verification codes not of FHIR."""
    clinical: str | None
    onset: Span | None
    abatement: Span | None
    """None: no abatement. An abatement without date is a span open to the past."""
    abatement_dated: bool
    morphology: list[dict]


@dataclass
class Course(Record):
    """A drug course, an operation, an irradiation: something given from a day to a day."""

    classes: set[str]
    intents: set[str]
    routes: set[str]
    """systemic, topical, undetermined; empty when no route is stated."""
    start: Span
    end: Span | None
    """None: ongoing, without an end."""
    begun: bool
    """True where a missing start does not matter (an ongoing course)."""
    certain: bool
    can_be_concurrent: bool = True
    completed: bool = False
    not_before: Span | None = None
    """A condition code that stands for a treatment: not yet begun before this day."""


@dataclass
class Result(Record):
    analytes: set[str]
    days: Span | None
    instant: datetime | None
    issued: tuple[date, datetime | None] | None
    specimen: bool


@dataclass
class Participation(Record):
    status: str
    start: Span | None
    end: Span | None
    end_is_known: bool


@dataclass
class Chart:
    """All that is known of the patient."""

    patient: dict
    sex: str | None
    sex_contradictory: bool
    birth: Span | None
    deceased: Span | None
    received: date
    zone: tzinfo
    conditions: list[Condition] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    reports: list[tuple[dict, Span | None]] = field(default_factory=list)
    participations: list[Participation] = field(default_factory=list)
    specimens: list[dict] = field(default_factory=list)
    by_reference: dict[str, dict] = field(default_factory=dict)


def chart(contents: Contents, received: date, zone: tzinfo) -> Chart:
    return _Reader(contents, received, zone).chart()


class _Reader:
    def __init__(self, contents: Contents, received: date, zone: tzinfo) -> None:
        self.contents, self.received, self.zone = contents, received, zone

    def chart(self) -> Chart:
        patient = self.contents.patient
        sex, contradictory = _sex(patient)
        chart = Chart(
            patient=patient,
            sex=sex,
            sex_contradictory=contradictory,
            birth=self.days(patient, "birthDate"),
            deceased=self.deceased(patient),
            received=self.received,
            zone=self.zone,
            by_reference=self.contents.by_reference,
        )
        for raw in self.contents.resources:
            if id(raw) not in self.contents.withdrawn and raw.get("status") != "entered-in-error":
                self.add(chart, raw)
        return chart

    def add(self, chart: Chart, raw: dict) -> None:
        kind = raw.get("resourceType")
        if kind == "Condition":
            self.add_condition(chart, raw)
        elif kind == "Observation" and raw["status"] in RESULTS:
            chart.results.append(self.result(raw))
        elif kind == "DiagnosticReport" and raw["status"] in RESULTS:
            chart.reports.append((raw, self.report_day(raw)))
        elif kind == "Procedure" and raw["status"] not in ("not-done", "preparation"):
            chart.courses.append(self.procedure(raw))
        elif kind in ("MedicationAdministration", "MedicationStatement"):
            if raw["status"] not in ("not-taken", "not-done", "intended"):
                chart.courses.append(self.administration(raw))
        elif kind == "MedicationRequest" and self.is_an_order(raw):
            chart.courses.append(self.order(raw))
        elif kind == "ResearchSubject" and not self.is_this_trial(raw):
            chart.participations.append(self.participation(raw))
        elif kind == "Specimen":
            chart.specimens.append(raw)

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

    def deceased(self, patient: dict) -> Span | None:
        if "deceasedDateTime" in patient:
            return self.days(patient, "deceasedDateTime")
        return self.open_past() if patient.get("deceasedBoolean") is True else None

    def report_day(self, raw: dict) -> Span | None:
        period = raw.get("effectivePeriod", {})
        return (
            self.days(raw, "effectiveDateTime")
            or self.days(period, "end")
            or self.days(period, "start")
        )

    # conditions

    def add_condition(self, chart: Chart, raw: dict) -> None:
        verification = _status_code(raw.get("verificationStatus"))
        if verification in ("refuted", "entered-in-error"):
            return
        onset = self.days(raw, "onsetDateTime") or self.days(raw.get("onsetPeriod", {}), "start")
        dated = self.days(raw, "abatementDateTime") or self.days(
            raw.get("abatementPeriod", {}), "end"
        )
        abatement = dated
        if dated is None and any(name.startswith("abatement") for name in raw):
            first = onset.first if onset else FAR_PAST
            abatement = Span(first, max(first, self.received))
        clinical = _status_code(raw.get("clinicalStatus"))
        condition = Condition(
            raw=raw,
            latest=self.latest_of(onset, self.days(raw, "recordedDate")),
            classes=codes.condition_classes(raw.get("code")),
            sites=raw.get("bodySite", []),
            certain=verification in (None, "confirmed"),
            clinical=clinical if clinical in CLINICAL else None,
            onset=onset,
            abatement=abatement,
            abatement_dated=dated is not None,
            morphology=[
                extension["valueCodeableConcept"]
                for extension in raw.get("extension", [])
                if extension.get("url") == MORPHOLOGY_URL and "valueCodeableConcept" in extension
            ],
        )
        chart.conditions.append(condition)
        chart.courses.extend(self.treatments_of(condition))

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

    def start_and_unknown_end(self, start: Span | None, at_latest: date | None = None):
        """A finished course without an end date ended between its start and the receipt."""
        last = self.received if at_latest is None else min(self.received, at_latest)
        start = start or self.open_past(last)
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
        starts = [self.days(period, "start") for period in bounds if "start" in period]
        first = Span(min(s.first for s in starts), min(s.last for s in starts)) if starts else None
        start = first or self.days(raw, "authoredOn")
        planned = status not in ("completed", "stopped")
        ends = [self.days(period, "end", planned=planned) for period in bounds]
        end = None
        if ends and None not in ends:
            end = Span(max(e.first for e in ends), max(e.last for e in ends))
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

    # results and the rest

    def result(self, raw: dict) -> Result:
        period = raw.get("effectivePeriod", {})
        moment = (
            self.moment(raw, "effectiveDateTime")
            or self.moment(period, "end")
            or self.moment(period, "start")
            or self.moment(raw, "effectiveInstant")
        )
        issued = self.moment(raw, "issued")
        days = moment.days.cut(self.received) if moment else None
        return Result(
            raw=raw,
            latest=self.latest_of(days, issued.days.cut(self.received) if issued else None),
            analytes=codes.analytes(raw["code"]),
            days=days,
            instant=moment.instant if moment else None,
            issued=(issued.days.last, issued.instant) if issued else None,
            specimen="specimen" in raw,
        )

    def participation(self, raw: dict) -> Participation:
        period = raw.get("period", {})
        start, end = self.days(period, "start"), self.days(period, "end", planned=True)
        latest = self.latest_of(end or start)
        known = end is not None
        if not known and raw["status"] != "on-study-intervention":
            end = self.start_and_unknown_end(start)[1]
        return Participation(
            raw=raw,
            latest=latest,
            status=raw["status"],
            start=start,
            end=end,
            end_is_known=known,
        )

    def is_this_trial(self, raw: dict) -> bool:
        study = raw["study"]
        reference = str(study.get("reference", ""))
        names = {reference.rsplit("/", 1)[-1], str(study.get("identifier", {}).get("value", ""))}
        target = self.contents.by_reference.get(reference, {})
        names.add(str(target.get("id", "")))
        names |= {str(each.get("value", "")) for each in target.get("identifier", [])}
        return bool({name.lower() for name in names} & codes.THIS_TRIAL)


def _status_code(concept: object) -> str | None:
    """The code of a status; None when the element is missing, "?" when it has no code."""
    if concept is None:
        return None
    found = codes.codings(concept)
    return found[0][1] if found else "?"


def _sex(patient: dict) -> tuple[str | None, bool]:
    """(female, male, or None when not known; whether two statements contradict each other)."""
    said = set()
    for extension in patient.get("extension", []):
        if extension.get("url") == BIRTHSEX_URL:
            said.add({"F": "female", "M": "male"}.get(extension.get("valueCode"), "unknown"))
        if extension.get("url") == SEX_URL:
            words = {"248152002": "female", "248153007": "male"}
            said.add(words.get(extension.get("valueCode"), "unknown"))
    if not said:
        gender = patient.get("gender")
        return (gender if gender in ("female", "male") else None), False
    if len(said) == 1:
        only = said.pop()
        return (only if only != "unknown" else None), False
    return None, {"female", "male"} <= said


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
