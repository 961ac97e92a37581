"""From what was received to rows of facts: the new is added, what no longer holds is superseded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from patients import facts, models
from patients.codec import decode, digest, encode
from patients.identity import reconciled
from patients.merged import in_force
from patients.models import CLINICAL, Demographics, DerivedRow, Patient
from patients.reading import READING
from patients.stored import FACT_KINDS, Read, read_again
from trialscreen.institution.models import Site

Since = dict[tuple[type[DerivedRow], str], int]
"""With which version a fact came, by table and digest."""
_OBSERVATIONS = frozenset({"ecog", "karnofsky", "pregnancy-status"})


def derive_facts(patient: Patient, site: Site, *, since: Since | None = None) -> bool:
    """Bring the rows of facts up to the patient's record version. The patient's row is locked by the caller.

    A fact that is held already keeps the version it came with, and a new one comes with this version, unless `since`
    says with which. Returns whether any row is another one now.
    """
    reads = read_again(patient, ZoneInfo(site.time_zone))
    moved = _derive_person(patient, reads[-1])
    wanted = rows_of(patient, reads)
    for table in CLINICAL:
        held = table.objects.filter(patient=patient, superseded_version=None)
        current = dict(held.values_list("digest", "since_version"))
        mine = {key: row for (kind, key), row in wanted.items() if kind is table}
        for key, row in mine.items():
            known = current.get(key, patient.record_version)
            row.since_version = (since or {}).get((table, key), known)
        gone = [
            key
            for key, came in current.items()
            if key not in mine or mine[key].since_version != came
        ]
        if gone:
            held.filter(digest__in=gone).update(superseded_version=patient.record_version)
        fresh = [row for key, row in mine.items() if current.get(key) != row.since_version]
        table.objects.bulk_create(fresh)
        moved = moved or bool(gone or fresh)
    if patient.read_with != READING:
        patient.read_with = READING
        patient.save(update_fields=["read_with"])
    return moved


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


def _derive_person(patient: Patient, read: Read) -> bool:
    told = reconciled(read.intake.facts.person, _told_of_others(patient))
    person = encode(told)
    current = Demographics.objects.filter(patient=patient, superseded_version=None).first()
    name = next(_names(read.person), ("", ""))
    if current is not None:
        same = current.fact == person and (current.family_name, current.given_name) == name
        if same:
            return False
        Demographics.objects.filter(pk=current.pk).update(superseded_version=patient.record_version)
    birth = told.birth
    Demographics.objects.create(
        site_id=patient.site_id,
        patient=patient,
        family_name=name[0][:200],
        given_name=name[1][:200],
        birth_first=birth.first if birth else None,
        birth_last=birth.last if birth else None,
        sex=told.sex or "",
        fact=person,
        since_version=patient.record_version,
    )
    return True


def _told_of_others(patient: Patient) -> list[facts.Person]:
    """Who those are said to be that are recorded as this patient. Each of them has taken in their own."""
    merged = in_force().filter(survivor=patient).values("merged")
    rows = Demographics.objects.filter(patient__in=merged, superseded_version=None)
    return [decode(row.fact) for row in rows.order_by("patient")]


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
        "patient": patient,
        "source": source,
        "ref": _ref(fact)[:600],
        "fact": held,
        "digest": digest({"source": source, **held}),
        "since_version": patient.record_version,
    }
    return _TABLES[type(fact)](fact, common)


def _ref(fact: Any) -> str:
    return f"{fact.type}/{fact.id}" if isinstance(fact, facts.Notice) else str(fact.ref)


def _span(days: facts.Days | None) -> dict[str, Any]:
    return {
        "collected_first": days.first if days else None,
        "collected_last": days.last if days else None,
    }


def _result(fact: facts.Result, common: dict[str, Any]) -> DerivedRow:
    about = {"analyte": fact.analyte, "status": fact.status, **_span(fact.collected)}
    if fact.analyte in _OBSERVATIONS:
        return models.Observation(**common, **about)
    amount = fact.value if isinstance(fact.value, facts.Amount) else None
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
