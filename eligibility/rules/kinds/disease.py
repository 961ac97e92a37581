"""Histologically confirmed melanoma, and archived tumour tissue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from eligibility.rules.case import Case
from eligibility.rules.catalogue import named
from eligibility.rules.days import edges, happened, plus_days
from eligibility.rules.finding import Evidence, Finding, Need, Note, show
from eligibility.rules.kinds.presence import condition_days
from eligibility.rules.statement import Statement
from eligibility.rules.verdicts import (
    EVIDENCE,
    MET,
    NOT_MET,
    UNKNOWN,
    NeedKind,
    Reason,
    Remedy,
    first_reason,
)
from patients.facts import Condition, Histology

_PATHOLOGY = Need(NeedKind.CHART, Note("Attach or attest the pathology report."))


@named("histologically-confirmed")
@dataclass(frozen=True, slots=True)
class HistologicallyConfirmed(Statement):
    """A confirmed condition of the `disease` classes, and a melanoma morphology of malignant behaviour (/3).

    The morphology comes from a histology observation, a pathology report, or the condition itself; an undated one
    counts. Only a melanoma of the `other` classes (eye, mucosa, nervous system) is not met; everything else is open.
    """

    disease: tuple[str, ...]
    open: tuple[str, ...]
    """Melanoma whose site is not stated."""
    in_situ: tuple[str, ...]
    other: tuple[str, ...]

    def judge(self, case: Case, on: date) -> Finding:
        disease = _begun(case.record.conditions(self.disease), on)
        certain = [c for c, begun in disease if begun and not c.provisional]
        proven, maybe_proven = self._proof(case, certain, on)
        if certain and proven:
            says = Note("{}; {}.", (certain[0], _proof_words(proven[0])))
            evidence = (Evidence(certain[0]), *(Evidence(proof) for proof in proven[:3]))
            return Finding(MET, EVIDENCE, says=(says,), evidence=evidence)
        if certain:
            reason = Reason.PARTIAL_DATE if maybe_proven else Reason.MISSING
            says = Note("{}, without histology on record.", (certain[0],))
            return _open([certain[0]], (reason,), says, causes=maybe_proven)
        doubtful = [c for c, begun in disease if begun is None and not c.provisional]
        shown, maybe_shown = self._proof(case, doubtful, on)
        decides = bool(doubtful and (shown or maybe_shown))
        return self._without_disease(case, on, disease, day_decides=decides)

    def days(self, case: Case) -> Iterator[date]:
        every = (*self.disease, *self.open, *self.in_situ, *self.other)
        yield from condition_days(case.record.conditions(every))
        for day in edges(*(h.dated for h in case.record.facts.histologies)):
            yield day
            yield plus_days(day, 1)

    def words(self) -> str:
        return (
            "a confirmed cutaneous melanoma is on record, with a melanoma morphology of behaviour /3 "
            "from histology"
        )

    def _proof(
        self, case: Case, certain: list[Condition], on: date
    ) -> tuple[list[Histology | Condition], list[Histology]]:
        """What shows invasive melanoma, and what may, its day not being exact."""
        dated = [(h, happened(h.dated, on)) for h in case.record.facts.histologies if h.invasive]
        shown: list[Histology | Condition] = [
            c for c in certain if "melanoma-invasive" in c.morphologies
        ]
        shown += [h for h, by_then in dated if by_then]
        return shown, [h for h, by_then in dated if by_then is None]

    def _without_disease(
        self,
        case: Case,
        on: date,
        disease: list[tuple[Condition, bool | None]],
        *,
        day_decides: bool,
    ) -> Finding:
        site_open = _begun(case.record.conditions(self.open), on)
        in_situ = _begun(case.record.conditions(self.in_situ), on)
        elsewhere = _begun(case.record.conditions(self.other), on)
        doubts = [*disease, *site_open, *in_situ]
        only = [c for c, begun in elsewhere if begun and not c.provisional]
        if only and not doubts:
            note = Note("Only another melanoma is on record: {}.", (only[0],))
            evidence = tuple(Evidence(condition) for condition in only)
            return Finding(NOT_MET, EVIDENCE, says=(note,), evidence=evidence, remedy=Remedy.NONE)
        records = [*doubts, *elsewhere]
        if not records:
            return _open([], (Reason.MISSING,), Note("No melanoma is on record."))
        reasons = [Reason.SITE_NOT_STATED] if site_open else []
        if day_decides or (not doubts and any(not c.provisional for c, _ in elsewhere)):
            reasons.append(Reason.PARTIAL_DATE)
        if any(c.provisional for c, _ in records):
            reasons.append(Reason.PROVISIONAL)
        conditions = [condition for condition, _ in records]
        named_all = ", ".join(show(c) for c in conditions)
        note = Note("No confirmed cutaneous melanoma, but: {}.", (named_all,))
        return _open(conditions, tuple(reasons) or (Reason.MISSING,), note, causes=conditions)


def _begun(conditions: list[Condition], on: date) -> list[tuple[Condition, bool | None]]:
    dated = [(condition, happened(condition.onset, on)) for condition in conditions]
    return [(condition, begun) for condition, begun in dated if begun is not False]


def _open(
    shown: list[Condition],
    reasons: tuple[Reason, ...],
    says: Note,
    causes: list[Histology] | list[Condition] | None = None,
) -> Finding:
    return Finding(
        UNKNOWN,
        reason=first_reason(reasons),
        says=(says,),
        evidence=tuple(Evidence(condition) for condition in shown),
        needs=(_PATHOLOGY,),
        causes=tuple(causes or ()),
    )


def _proof_words(proof: Histology | Condition) -> str:
    if isinstance(proof, Condition):
        return "histology given with the diagnosis"
    when = proof.dated
    day = when.first.isoformat() if when is not None and when.exact and when.first else "undated"
    return f"histology {proof.code}, {day}"


@named("tissue-available")
@dataclass(frozen=True, slots=True)
class TissueAvailable(Statement):
    """A paraffin-embedded tumour specimen is available. Its lack is never *not met* from records alone."""

    def judge(self, case: Case, on: date) -> Finding:
        specimens = case.record.facts.specimens
        available = [s for s in specimens if s.kind == "ffpe" and s.status == "available"]
        if available:
            note = Note("{} is available.", (available[0].label,))
            evidence = tuple(Evidence(specimen) for specimen in available)
            return Finding(MET, EVIDENCE, says=(note,), evidence=evidence)
        says = Note("No paraffin block is recorded as available.")
        if specimens:
            says = Note(
                "No paraffin block is recorded as available among {} on record.",
                ("1 specimen" if len(specimens) == 1 else f"{len(specimens)} specimens",),
            )
        return Finding(
            UNKNOWN,
            reason=Reason.MISSING,
            says=(says,),
            evidence=tuple(Evidence(specimen) for specimen in specimens),
        )

    def days(self, case: Case) -> Iterator[date]:
        return iter(())

    def words(self) -> str:
        return "a paraffin-embedded specimen is recorded as available"
