"""From a Bundle to facts: every resource is read once and ends in exactly one outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from patients.codes.loader import VERSION
from patients.codes.local import NO_LOCAL_CODES, LocalCodes
from patients.facts import (
    Account,
    Condition,
    Course,
    Facts,
    Histology,
    Intake,
    Lesion,
    Notice,
    Operation,
    Participation,
    Person,
    Result,
    Specimen,
)
from patients.intake.fhir.concepts import NOTHING, Concept, read_concept
from patients.intake.fhir.conditions import read_condition
from patients.intake.fhir.drugs import read_administration, read_request, read_statement
from patients.intake.fhir.envelope import Entry, Envelope, unpack
from patients.intake.fhir.histology import read_report
from patients.intake.fhir.observations import read_observation
from patients.intake.fhir.others import read_body_structure, read_medication, read_other, read_study
from patients.intake.fhir.patient import read_patient
from patients.intake.fhir.procedures import read_procedure
from patients.intake.fhir.record import Fact, Reading, Record
from patients.intake.fhir.references import SUBJECT, Index, check_subjects
from patients.intake.fhir.shapes import Malformed
from patients.intake.fhir.specimens import read_specimen
from patients.intake.fhir.studies import read_participation
from patients.intake.fhir.survey import survey
from patients.intake.fhir.versions import survivors
from patients.intake.problems import REFUSALS, Issue, Refused, refuse

_Kind = TypeVar("_Kind")

READERS: Final[dict[str, Callable[[Record], Reading]]] = {
    "Condition": read_condition,
    "Observation": read_observation,
    "DiagnosticReport": read_report,
    "Procedure": read_procedure,
    "MedicationAdministration": read_administration,
    "MedicationStatement": read_statement,
    "MedicationRequest": read_request,
    "Specimen": read_specimen,
    "ResearchSubject": read_participation,
    "Medication": read_medication,
    "BodyStructure": read_body_structure,
    "ResearchStudy": read_study,
}
MOST_ISSUES: Final = 20
"""Of one kind, in one refusal."""
SUPPORTING: Final = ("Medication", "BodyStructure", "ResearchStudy")
"""Read first: other records refer to them."""


def read_bundle(
    tree: object,
    *,
    received_on: date,
    zone: ZoneInfo,
    set_aside: Collection[str] = (),
    days: Mapping[int, date] | None = None,
    digests: Mapping[int, str] | None = None,
    local_codes: LocalCodes = NO_LOCAL_CODES,
) -> Intake:
    """Facts and account of a FHIR R4 Bundle, as parsed by `strict_json`.

    `zone` is the site's time zone, `received_on` the day of receipt there. By index of an entry, `days` gives another
    for what arrived earlier, `digests` the digest for what is not as it was sent. `set_aside` names records by
    ``Type/id`` that a coordinator set aside; `local_codes` is the site's own map, for codes that the dictionary does
    not know. Raises `Refused`, and nothing else, whatever `tree` is.
    """
    envelope = unpack(tree, digests or {})
    delivery = _Delivery(envelope, received_on, zone, set_aside, days or {}, local_codes)
    delivery.check()
    person = delivery.read_person()
    delivery.read_all()
    return delivery.intake(person)


class _Delivery:
    """One Bundle while it is read."""

    def __init__(
        self,
        envelope: Envelope,
        received_on: date,
        zone: ZoneInfo,
        set_aside: Collection[str],
        days: Mapping[int, date],
        local_codes: LocalCodes,
    ) -> None:
        self.days = days
        self.local_codes = local_codes
        self.envelope = envelope
        self.received_on = received_on
        self.zone = zone
        self.index = Index()
        self.current = survivors(envelope.entries, zone)
        for entry in envelope.entries:
            self.index.add(entry, self.current[entry.index])
        self.set_aside = {name.strip() for name in set_aside}
        self.readings: dict[int, Reading] = {}
        self.extensions: dict[str, list[Entry]] = {}
        self.faults: list[tuple[int, Issue]] = []

    def record(self, entry: Entry) -> Record:
        received_on = self.days.get(entry.index, self.received_on)
        return Record(entry, self.index, received_on, self.zone, self.local_codes)

    def is_current(self, entry: Entry) -> bool:
        return self.current[entry.index] is entry

    def check(self) -> None:
        """Exactly one patient, and every record is that patient's. Raises `Refused`."""
        patients = [e for e in self.envelope.entries if e.type == "Patient" and self.is_current(e)]
        if not patients:
            raise refuse("Bundle.entry", "no-patient")
        if len(patients) > 1:
            sentence = REFUSALS["two-patients"]
            raise Refused(tuple(Issue(e.node.place, "two-patients", sentence) for e in patients))
        self.index.patient = patients[0]
        issues = check_subjects(self.envelope.entries, self.index)
        if issues:
            raise Refused(tuple(issues[:MOST_ISSUES]))

    def read_person(self) -> Person:
        entry = self.index.patient
        record = self.record(entry)
        try:
            self._look_over(entry)
            person = read_patient(record)
        except Malformed as fault:
            raise refuse(fault.place, "patient-unreadable", fault.detail) from None
        self.readings[entry.index] = Reading("used", notices=record.remarks())
        return person

    def read_all(self) -> None:
        """Supporting resources first, then the others in order. Raises `Refused` for a transaction."""
        entries = self.envelope.entries
        order = [e for e in entries if e.type in SUPPORTING]
        order += [e for e in entries if e.type not in SUPPORTING]
        for entry in order:
            if entry.index not in self.readings:
                self.readings[entry.index] = self._read(entry)
        if self.faults and self.envelope.whole_or_nothing:
            raise Refused(tuple(issue for _, issue in sorted(self.faults)[:MOST_ISSUES]))

    def _read(self, entry: Entry) -> Reading:
        record = self.record(entry)
        if self.is_current(entry) and self._is_set_aside(entry):
            entry.usable = False
            return record.set_aside("set-aside-by-coordinator", _code_of(entry))
        try:
            reading = self._read_resource(entry, record)
        except Malformed as fault:
            entry.usable = False
            issue = Issue(fault.place, "transaction-unreadable", fault.detail)
            self.faults.append((entry.index, issue))
            detail = f"{fault.place}: {fault.detail}"
            notice = record.notice("unread", fault.code, _code_of(entry), detail=detail)
            reading = Reading("unread", notices=[notice])
        if not self.is_current(entry):
            return Reading("superseded")
        return reading

    def _read_resource(self, entry: Entry, record: Record) -> Reading:
        if not self.is_current(entry) and not self.envelope.whole_or_nothing:
            return Reading("superseded")
        if entry.type == "Patient":
            read_patient(record)
            return Reading("superseded")
        reader = READERS.get(entry.type)
        if reader is None:
            if entry.fault is not None:
                raise entry.fault
            return read_other(record)
        self._look_over(entry)
        reading = reader(record)
        if reading.outcome != "set-aside":
            _check_subject(entry)
        reading.notices += record.remarks()
        return reading

    def _look_over(self, entry: Entry) -> None:
        """Raise `Malformed` for what may not be used; note the extensions that are not read."""
        if entry.fault is not None:
            raise entry.fault
        found = survey(entry.node.data)
        if found.forbidden is not None:
            code, path = found.forbidden
            raise Malformed(f"{entry.node.place}{path}", f"“{path[1:]}” is not understood.", code)
        for url in found.extensions:
            self.extensions.setdefault(url, []).append(entry)

    def _is_set_aside(self, entry: Entry) -> bool:
        return bool(self.set_aside) and (
            entry.ref in self.set_aside or entry.full_url in self.set_aside
        )

    def intake(self, person: Person) -> Intake:
        facts: dict[type, list[Fact]] = {}
        notices: list[Notice] = [*self.envelope.remarks, *self.envelope.empty]
        outcomes = Counter({"unread": len(self.envelope.empty)} if self.envelope.empty else {})
        for entry in self.envelope.entries:
            reading = self.readings[entry.index]
            outcomes[reading.outcome] += 1
            notices += reading.notices
            for fact in reading.facts:
                facts.setdefault(type(fact), []).append(fact)
        notices += self._without_effect()
        notices += [_extension(url, self.extensions[url]) for url in sorted(self.extensions)]
        known = _facts(person, self.received_on, facts, notices)
        return Intake(known, Account(self.envelope.received, dict(sorted(outcomes.items()))))

    def _without_effect(self) -> list[Notice]:
        entries = self.envelope.entries
        named = {e.ref for e in entries} | {e.full_url for e in entries}
        patient = self.index.patient
        missing = {name for name in self.set_aside if name not in named}
        missing |= {name for name in self.set_aside if name in (patient.ref, patient.full_url)}
        return [_without_effect(name) for name in sorted(missing)]


def _without_effect(name: str) -> Notice:
    kind, _, ident = name[:100].partition("/")
    reason, detail = "set-aside-without-effect", f"{name[:100]} is not a record of the Bundle."
    return Notice("set-aside", "other", kind, ident, "", "", name[:100], reason, detail)


def _extension(url: str, carriers: list[Entry]) -> Notice:
    """One notice for an extension that is not read, however many records carry it."""
    first, count = carriers[0], len(carriers)
    detail = (
        f"The extension stands on {count} record{'s' if count > 1 else ''}; no criterion uses it."
    )
    return Notice(
        "not-used", "other", first.type, first.id, url, "", "", "extension-not-used", detail
    )


def _check_subject(entry: Entry) -> None:
    """Whose it is was checked for the whole Bundle; here, that it says so at all."""
    key = SUBJECT.get(entry.type)
    if key is None:
        return
    reference = entry.node.child(key)
    named = reference is not None and (
        reference.text("reference") or (reference.child("identifier") is not None)
    )
    if not named:
        raise entry.node.malformed(key, "The record does not say whose it is.", "missing-subject")


def _code_of(entry: Entry) -> Concept:
    """What a record that is not read further says it is about, as far as that can be told."""
    for key in ("code", "medicationCodeableConcept", "type"):
        try:
            concept = read_concept(entry.node.child(key))
        except Malformed:
            continue
        if concept.shown:
            return concept
    return NOTHING


def _every(by_type: dict[type, list[Fact]], kind: type[_Kind]) -> tuple[_Kind, ...]:
    return tuple(fact for fact in by_type.get(kind, ()) if isinstance(fact, kind))


def _facts(
    person: Person, received_on: date, by_type: dict[type, list[Fact]], notices: list[Notice]
) -> Facts:
    return Facts(
        person=person,
        received_on=received_on,
        conditions=_every(by_type, Condition),
        results=_every(by_type, Result),
        lesions=_every(by_type, Lesion),
        histologies=_every(by_type, Histology),
        courses=_every(by_type, Course),
        operations=_every(by_type, Operation),
        specimens=_every(by_type, Specimen),
        participations=_every(by_type, Participation),
        notices=tuple(notices),
        dictionary=VERSION,
    )
