"""Parts in research studies. Participation that has not begun is not a fact."""

from __future__ import annotations

from typing import Final

from patients.facts import Participation
from patients.intake.fhir.concepts import NOTHING
from patients.intake.fhir.dates import latest
from patients.intake.fhir.record import Reading, Record
from patients.intake.fhir.references import identifiers
from patients.intake.fhir.shapes import Node
from patients.intake.fhir.spans import in_order

STATUSES: Final = (
    "candidate",
    "eligible",
    "follow-up",
    "ineligible",
    "not-registered",
    "off-study",
    "on-study",
    "on-study-intervention",
    "on-study-observation",
    "pending-on-study",
    "potential-candidate",
    "screening",
    "withdrawn",
)
_ON_INTERVENTION: Final = "on-study-intervention"
_OVER: Final = ("off-study", "withdrawn", "follow-up", "on-study")


def read_participation(record: Record) -> Reading:
    node = record.node
    status = node.word("status", STATUSES)
    study = node.child("study")
    if status != _ON_INTERVENTION and status not in _OVER:
        detail = f"The status “{status}” of a study participation does not count."
        return Reading(
            "not-used", notices=[record.notice("not-used", "pre-study", NOTHING, detail=detail)]
        )
    period = node.child("period")
    start, end = record.period(period) if period else (None, None)
    start = record.past(start)
    if end is not None:
        start, end, _ = in_order(start, end)
    fact = Participation(
        ref=record.ref,
        label=_label(record, study),
        status=status,
        on_intervention=status == _ON_INTERVENTION,
        start=start,
        end=end,
        studies=_names(record, study),
        own=latest(end) if end else latest(start),
        over_by=record.received_on if end is None and status in _OVER else None,
    )
    return Reading("used", [fact])


def _names(record: Record, study: Node | None) -> frozenset[str]:
    """Every name the study goes by, in capitals."""
    if study is None:
        return frozenset()
    names = {value for _, value in identifiers(study.data)}
    reference = study.text("reference")
    if reference:
        names.add(reference.split("/_history/")[0].rstrip("/").rpartition("/")[2])
    entry = record.index.resolve(study, "ResearchStudy")
    if entry is not None:
        names.add(entry.id)
        names |= {value for _, value in identifiers(entry.node.data)}
    return frozenset(name.strip().upper() for name in names if name.strip())


def _label(record: Record, study: Node | None) -> str:
    if study is None:
        return ""
    entry = record.index.resolve(study, "ResearchStudy")
    title = entry.node.data.get("title") if entry is not None else None
    if type(title) is str and title:
        return title
    return (
        study.text("display")
        or study.text("reference")
        or next(iter(sorted(_names(record, study))), "")
    )
