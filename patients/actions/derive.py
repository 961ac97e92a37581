"""From what was received to rows of facts: the new is added, what no longer holds is superseded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from patients import facts, models
from patients.actions.adding import add_rows
from patients.actions.addressing import address_all
from patients.codec import decode, digest, encode
from patients.identity import reconciled
from patients.local_codes import map_in_force
from patients.merged import in_force
from patients.models import CLINICAL, Demographics, DerivedRow, Patient
from patients.reading import READING
from patients.stored import FACT_KINDS, Read, read_again
from patients.values import Amount, Days
from trialscreen.institution.models import Site

Since = dict[tuple[type[DerivedRow], str], int]
"""With which version a fact came, by table and digest."""
_OBSERVATIONS = frozenset({"ecog", "karnofsky", "pregnancy-status"})


def derive_facts(patient: Patient, site: Site, *, since: Since | None = None) -> bool:
    """Bring the rows of facts up to the patient's record version. The patient's row is locked by the caller.

    A fact that is held already keeps the version it came with, and a new one comes with this version, unless `since`
    says with which. Returns whether any row is another one now.
    """
    local = map_in_force(site.pk)
    reads = read_again(patient, ZoneInfo(site.time_zone), local_codes=local)
    moved = file_facts([(patient, reads)], since=since)
    if (patient.read_with, patient.local_codes_version) != (READING, local.version):
        if patient.read_with != READING:
            address_all(patient, site)
        patient.read_with, patient.local_codes_version = READING, local.version
        patient.save(update_fields=["read_with", "local_codes_version"])
    return bool(moved)


def file_facts(
    read: Sequence[tuple[Patient, list[Read]]],
    *,
    since: Since | None = None,
    new: Collection[UUID] = frozenset(),
) -> bool:
    """Bring the rows of facts of patients, held by the caller, to what was read; see `derive_facts`. Of those who are
    `new` there are no rows yet."""
    known = [patient.pk for patient, _ in read if patient.pk not in new]
    moved = _file_persons(read, known)
    wanted = [(patient, rows_of(patient, reads)) for patient, reads in read]
    for table in CLINICAL:
        current = _current(table, known)
        gone: dict[int, list[int]] = {}
        fresh: list[DerivedRow] = []
        for patient, rows in wanted:
            mine = {key: row for (kind, key), row in rows.items() if kind is table}
            left, added = _changes(patient, mine, current.get(patient.pk, {}), since or {})
            gone.setdefault(patient.record_version, []).extend(left)
            fresh += added
        for version, pks in gone.items():
            if pks:
                table.objects.filter(pk__in=pks).update(superseded_version=version)
                moved = True
        add_rows(fresh)
        moved = moved or bool(fresh)
    return moved


def _current(
    table: type[DerivedRow], patients: list[UUID]
) -> dict[UUID, dict[str, tuple[int, int]]]:
    """With which version each row that holds came, and its id, by patient and digest."""
    current: dict[UUID, dict[str, tuple[int, int]]] = {}
    if patients:
        held = table.objects.filter(patient__in=patients, superseded_version=None)
        for whose, key, came, pk in held.values_list("patient", "digest", "since_version", "pk"):
            current.setdefault(whose, {})[key] = came, pk
    return current


def _changes(
    patient: Patient,
    mine: dict[str, DerivedRow],
    current: dict[str, tuple[int, int]],
    since: Since,
) -> tuple[list[int], list[DerivedRow]]:
    """Which rows of a table hold no longer, by their ids, and which come."""
    for key, row in mine.items():
        known, _ = current.get(key, (patient.record_version, 0))
        row.since_version = since.get((type(row), key), known)
    gone = [
        pk
        for key, (came, pk) in current.items()
        if key not in mine or mine[key].since_version != came
    ]
    added = [
        row for key, row in mine.items() if current.get(key, (None, 0))[0] != row.since_version
    ]
    return gone, added


def rows_of(
    patient: Patient, reads: Iterable[Read]
) -> dict[tuple[type[DerivedRow], str], DerivedRow]:
    """The rows that stand for what was read, by table and digest; not filed."""
    rows = (
        _row(fact, read.source, patient)
        for read in reads
        for kind in FACT_KINDS
        for fact in getattr(read.intake.facts, kind)
    )
    return {(type(row), row.digest): row for row in rows}


def _file_persons(read: Sequence[tuple[Patient, list[Read]]], known: list[UUID]) -> bool:
    others = _told_of_others(known) if known else {}
    held = Demographics.objects.filter(patient__in=known, superseded_version=None)
    current = {one.patient_id: one for one in held} if known else {}
    fresh = []
    gone: dict[int, list[int]] = {}
    for patient, reads in read:
        now = _demographics(patient, reads[-1], others.get(patient.pk, []))
        before = current.get(patient.pk)
        if before is not None:
            if _says_the_same(before, now):
                continue
            gone.setdefault(patient.record_version, []).append(before.pk)
        fresh.append(now)
    for version, pks in gone.items():
        Demographics.objects.filter(pk__in=pks).update(superseded_version=version)
    add_rows(fresh)
    return bool(fresh)


def _says_the_same(before: Demographics, now: Demographics) -> bool:
    mine = now.fact, now.family_name, now.given_name
    return (before.fact, before.family_name, before.given_name) == mine


def _demographics(patient: Patient, read: Read, others: list[facts.Person]) -> Demographics:
    told = reconciled(read.intake.facts.person, others)
    name = next(_names(read.person), ("", ""))
    birth = told.birth
    return Demographics(
        site_id=patient.site_id,
        patient=patient,
        family_name=name[0][:200],
        given_name=name[1][:200],
        birth_first=birth.first if birth else None,
        birth_last=birth.last if birth else None,
        sex=told.sex or "",
        fact=encode(told),
        since_version=patient.record_version,
    )


def _told_of_others(patients: list[UUID]) -> dict[UUID, list[facts.Person]]:
    """Who those are said to be that are recorded as these patients. Each of them has taken in their own."""
    into = dict(in_force().filter(survivor__in=patients).values_list("merged", "survivor"))
    found: dict[UUID, list[facts.Person]] = {}
    if into:
        rows = Demographics.objects.filter(patient__in=list(into), superseded_version=None)
        for row in rows.order_by("patient"):
            found.setdefault(into[row.patient_id], []).append(decode(row.fact))
    return found


def _names(person: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Family and given names, as far as the resource tells them."""
    held = person.get("name")
    for name in held if isinstance(held, list) else ():
        if isinstance(name, dict):
            given = name.get("given")
            parts = (
                [part for part in given if isinstance(part, str)] if isinstance(given, list) else []
            )
            family = name.get("family")
            yield (family if isinstance(family, str) else "", " ".join(parts))


def _row(fact: Any, source: str, patient: Patient) -> DerivedRow:
    held = encode(fact)
    common = {
        "site_id": patient.site_id,
        "patient_id": patient.pk,
        "source": source,
        "ref": _ref(fact)[:600],
        "fact": held,
        "digest": digest({"source": source, **held}),
        "since_version": patient.record_version,
    }
    return _TABLES[type(fact)](fact, common)


def _ref(fact: Any) -> str:
    return f"{fact.type}/{fact.id}" if isinstance(fact, facts.Notice) else str(fact.ref)


def _span(days: Days | None) -> dict[str, Any]:
    return {
        "collected_first": days.first if days else None,
        "collected_last": days.last if days else None,
    }


def _result(fact: facts.Result, common: dict[str, Any]) -> DerivedRow:
    about = {"analyte": fact.analyte, "status": fact.status, **_span(fact.collected)}
    if fact.analyte in _OBSERVATIONS:
        return models.Observation(**common, **about)
    amount = fact.value if isinstance(fact.value, Amount) else None
    return models.LabResult(
        **common,
        **about,
        value=amount.value if amount else None,
        unit=amount.unit[:200] if amount else "",
    )


def _condition(fact: facts.Condition, common: dict[str, Any]) -> DerivedRow:
    return models.Condition(
        **common,
        code=fact.code[:100],
        classes=sorted(fact.classes),
        clinical=fact.clinical or "",
        provisional=fact.provisional,
    )


def _therapy(fact: facts.Course | facts.Operation, common: dict[str, Any]) -> DerivedRow:
    return models.PriorTherapy(
        **common,
        kind="course" if isinstance(fact, facts.Course) else "operation",
        classes=sorted(fact.classes),
        start_first=fact.start.first if fact.start else None,
        end_last=fact.end.last if fact.end else None,
        ended=fact.ended,
    )


_TABLES: dict[type, Any] = {
    facts.Result: _result,
    facts.Condition: _condition,
    facts.Course: _therapy,
    facts.Operation: _therapy,
    facts.Lesion: lambda fact, common: models.Lesion(**common, **_span(fact.collected)),
    facts.Histology: lambda fact, common: models.Histology(**common),
    facts.Specimen: lambda fact, common: models.Specimen(**common),
    facts.Participation: lambda fact, common: models.StudyParticipation(**common),
    facts.Notice: lambda fact, common: models.RecordNotice(
        **common, kind=fact.kind, about=fact.about
    ),
}
