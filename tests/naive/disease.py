"""The disease characteristics: histology, lesions, tissue, brain metastases."""

from __future__ import annotations

import itertools
from datetime import date

from tests.naive import codes, conditions, dates
from tests.naive.outcomes import (
    MET,
    NOT_MET,
    UNKNOWN,
    Finding,
    Ground,
    finding_of,
    met,
    not_met,
    nothing,
    over_days,
    together,
    unknown,
)
from tests.naive.records import Chart, Condition, Result

CUTANEOUS = "cutaneous melanoma"
UNPLACED = ("melanoma, site not stated", "cutaneous melanoma, metastasis only")
MELANOMAS = (CUTANEOUS, *UNPLACED, "melanoma in situ", "non-cutaneous melanoma")


# histology


def histology(chart: Chart, on: date) -> Finding:
    """Every way in which the records with imprecise dates can have begun is tried."""
    melanomas = conditions.with_class(chart.conditions, *MELANOMAS)
    proofs = _proofs(chart)
    choices = [sorted(conditions.begun(each, on)) for each in melanomas]
    choices += [sorted(_taken(days, on)) for days in proofs]
    imprecise = [m for m in melanomas if len(conditions.begun(m, on)) > 1]
    grounds = []
    for combination in itertools.product(*choices):
        present = [m for m, yes in zip(melanomas, combination, strict=False) if yes]
        proven = any(combination[len(melanomas) :])
        grounds.append(_histology_ground(present, proven))
    causes = [c for g in grounds for c in g.causes] + imprecise
    finding = finding_of(over_days(grounds, causes=causes))
    finding.unchangeable = any(ground.verdict == NOT_MET for ground in grounds)
    return finding


def _proofs(chart: Chart) -> list[dates.Span | None]:
    """The dates of the results and reports that show an invasive melanoma (None: undated)."""
    found = []
    for result in chart.results:
        value = result.raw.get("valueCodeableConcept")
        if "histology" in result.analytes and codes.is_invasive_melanoma_morphology(value):
            found.append(result.collected)
    for report, days in chart.reports:
        named = set(codes.in_system(report.get("code"), codes.LOINC))
        if not named & codes.PATHOLOGY_REPORTS:
            continue
        for conclusion in report.get("conclusionCode", []):
            if codes.is_invasive_melanoma_morphology(
                conclusion
            ) or CUTANEOUS in codes.condition_classes(conclusion):
                found.append(days)
    return found


def _taken(days: dates.Span | None, on: date) -> set[bool]:
    if days is None:
        return {True}
    return {day <= on for day in dates.possible_days(days, dates.around(on))}


def _histology_ground(present: list[Condition], proven: bool) -> Ground:
    confirmed = [m for m in present if m.certain]
    cutaneous = [m for m in confirmed if CUTANEOUS in m.classes]
    if cutaneous:
        by_extension = any(
            codes.is_invasive_melanoma_morphology(each) for m in cutaneous for each in m.morphology
        )
        return met() if proven or by_extension else unknown("missing")
    only_elsewhere = all(m.classes & set(MELANOMAS) == {"non-cutaneous melanoma"} for m in present)
    if confirmed and only_elsewhere:
        return not_met()
    reasons = set()
    if any(not m.certain for m in present):
        reasons.add("provisional")
    if any(m.classes & set(UNPLACED) for m in confirmed):
        reasons.add("site-not-stated")
    return unknown(*(reasons or {"missing"}), causes=present)


# tissue, brain


def tissue(chart: Chart) -> Finding:
    for specimen in chart.specimens:
        is_block = codes.FFPE in codes.in_system(specimen.get("type"), codes.SNOMED)
        if is_block and specimen.get("status") == "available":
            return Finding(MET, "evidence")
    return Finding(UNKNOWN, reasons={"missing"})


def brain(chart: Chart, on: date) -> Finding:
    grounds = []
    for condition in chart.conditions:
        if _is_brain_metastasis(condition):
            grounds.append(conditions.ever(condition, on))
        elif "metastasis, nervous system unspecified" in condition.classes:
            grounds.append(conditions.ever(condition, on, lambda _: unknown("site-not-stated")))
    for result in chart.results:
        if _is_measured_in_the_brain(chart, result):
            seen = unknown("needs-judgement")
            choices = [seen if yes else nothing() for yes in _taken(result.collected, on)]
            grounds.append(over_days(choices, causes=[result]))
    return together(grounds)


def _is_brain_metastasis(condition: Condition) -> bool:
    if "brain metastasis" in condition.classes:
        return True
    return "secondary cancer" in condition.classes and any(map(codes.is_brain, condition.sites))


def _is_measured_in_the_brain(chart: Chart, result: Result) -> bool:
    if "tumour size" not in result.analytes:
        return False
    if codes.is_brain(result.raw.get("bodySite")):
        return True
    for each in result.raw.get("focus", []):
        structure = chart.by_reference.get(each.get("reference", ""), {})
        is_structure = structure.get("resourceType") == "BodyStructure"
        if is_structure and codes.is_brain(structure.get("location")):
            return True
    return False
