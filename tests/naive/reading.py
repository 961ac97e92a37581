"""From raw resources to the chart. Nothing here depends on the day of evaluation."""

from __future__ import annotations

from datetime import date, tzinfo

from tests.naive import codes
from tests.naive.bundle import Contents
from tests.naive.dates import FAR_PAST, Span
from tests.naive.records import ACTIVE, Chart, Condition, Participation, Result
from tests.naive.treatments import Courses

MORPHOLOGY_URL = (
    "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
)
BIRTHSEX_URL = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
SEX_URL = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-sex"
CLINICAL = (*ACTIVE, "inactive", "remission", "resolved")
RESULTS = ("final", "amended", "corrected")


def chart(contents: Contents, received: date, zone: tzinfo) -> Chart:
    return _Reader(contents, received, zone).chart()


class _Reader(Courses):
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
            collected=days,
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
