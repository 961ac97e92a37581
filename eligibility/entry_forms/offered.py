"""Which forms a criterion offers, the one that fits its gap first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eligibility.entries import Desk
from eligibility.entry_forms.base import EntryForm
from eligibility.entry_forms.conditions import ConditionEntry, StudyEntry
from eligibility.entry_forms.correcting import BirthForm, CorrectionForm
from eligibility.entry_forms.disease import HistologyEntry, LesionEntry, SpecimenEntry
from eligibility.entry_forms.judging import AgainForm, SetAsideForm, StatementForm
from eligibility.entry_forms.laboratory import ResultsForm, ScoreForm, TestForm
from eligibility.entry_forms.therapies import DrugForm, ProcedureForm
from eligibility.rules.verdicts import EVIDENCE, NOT_MET, UNKNOWN, NeedKind, Reason

FORMS: dict[str, Any] = {
    form.way: form
    for form in (
        ResultsForm,
        ScoreForm,
        TestForm,
        LesionEntry,
        ConditionEntry,
        HistologyEntry,
        SpecimenEntry,
        DrugForm,
        ProcedureForm,
        StudyEntry,
        BirthForm,
        StatementForm,
        SetAsideForm,
        AgainForm,
    )
}
"""Every form by its way; a correction stands beside them, since it is one of a certain record."""
_OF_A_RECORD = frozenset(
    {
        Reason.INTENT_NOT_STATED,
        Reason.ROUTE_NOT_STATED,
        Reason.METHOD_NOT_STATED,
        Reason.PARTIAL_DATE,
        Reason.UNIT,
        Reason.IMPLAUSIBLE,
        Reason.UNREADABLE,
        Reason.NO_REFERENCE_RANGE,
        Reason.PROVISIONAL,
    }
)
"""Reasons of an unknown that are settled by putting right the record that leaves it open."""


def offered(desk: Desk) -> list[EntryForm]:
    """The forms of a criterion as things stand."""
    facts = [FORMS[way](desk) for way in _facts(desk)]
    stated = [StatementForm(desk)] if desk.asked is not None else []
    changes: list[EntryForm] = [
        CorrectionForm(desk, held) for held in desk.records if CorrectionForm.fits(held)
    ]
    aside: list[EntryForm] = [SetAsideForm(desk)] if desk.records else []
    if desk.asides:
        aside.append(AgainForm(desk))
    if desk.found.reason in _OF_A_RECORD:
        return [*changes, *facts, *stated, *aside]
    if _fails_by_record(desk):
        return [*facts, *changes, *aside, *stated]
    if _asks_for_data(desk):
        return [*facts, *stated, *changes, *aside]
    return [*stated, *facts, *changes, *aside]


def bound(desk: Desk, way: str, record: str, data: Any) -> EntryForm | None:
    """A form of the criterion with what was typed; None where the criterion offers no such form."""
    if record:
        held = desk.held(record)
        fits = way == CorrectionForm.way and held is not None and CorrectionForm.fits(held)
        return CorrectionForm(desk, held, data) if fits and held is not None else None
    if way not in {form.way for form in offered(desk)} - {CorrectionForm.way}:
        return None
    form: EntryForm = FORMS[way](desk, data)
    return form


def _fails_by_record(desk: Desk) -> bool:
    """Whether a record decides against the patient, which no answer changes."""
    weighed = desk.criterion.attestable is not None and desk.criterion.attestable.weighed_inside
    return desk.found.verdict is NOT_MET and desk.found.basis is EVIDENCE and not weighed


def _asks_for_data(desk: Desk) -> bool:
    """Whether what is missing is a record rather than an answer."""
    kinds = [need.kind for need in desk.found.needs]
    return desk.found.verdict is UNKNOWN and NeedKind.ATTESTATION not in kinds


def _facts(desk: Desk) -> Iterator[str]:
    reads = desk.reads
    offers = (
        (ResultsForm, reads.panel),
        (ScoreForm, reads.score),
        (TestForm, reads.tests),
        (HistologyEntry, reads.histology),
        (LesionEntry, reads.lesions),
        (SpecimenEntry, reads.specimens),
        (DrugForm, reads.drugs),
        (ProcedureForm, reads.operations),
        (ConditionEntry, reads.conditions),
        (StudyEntry, reads.studies),
        (BirthForm, reads.birth),
    )
    return (form.way for form, fits in offers if fits)
