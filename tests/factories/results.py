"""Builders of results: laboratory, ECOG, pregnancy, viruses, histology and measured lesions."""

from __future__ import annotations

import re
from typing import Any

from tests.factories.codes import ICD_O_3, LOINC, SNOMED, UCUM, Coded, coding, concept, diagnosis
from tests.factories.exact_json import Number
from tests.factories.fhir import SUBJECT, Resource, given

ANALYTES = {
    "neutrophils": ("751-8", "10*9/L"),
    "granulocytes": ("30394-1", "10*9/L"),
    "platelets": ("777-3", "10*9/L"),
    "bilirubin": ("14631-6", "umol/L"),
    "creatinine": ("14682-9", "umol/L"),
    "ast": ("1920-8", "U/L"),
    "alt": ("1742-6", "U/L"),
    "hcg": ("19080-1", "[iU]/L"),
    "ecog": ("89247-1", "{score}"),
    "karnofsky": ("89243-0", "{score}"),
    "urine hcg": ("2106-3", None),
    "serum hcg": ("2118-8", None),
    "hbsag": ("5196-1", None),
    "anti-hcv": ("13955-0", None),
    "hiv screen": ("56888-1", None),
    "hcv rna": ("11259-9", None),
    "hcv rna quantity": ("11011-4", "[iU]/mL"),
    "hcv rna log": ("38180-6", "{log_IU}/mL"),
    "hbv dna": ("29610-3", None),
    "hbv dna quantity": ("42595-9", "[iU]/mL"),
}
USUAL_UNIT = "the usual unit of the analyte"
METHODS = {
    "x-ray": ("363680008", None),
    "plain x-ray": ("399208008", None),
    "exam": ("5880005", None),
    "ct": ("77477000", None),
    "spiral ct": ("77477000", "CT, spiral"),
    "helical ct": ("77477000", "Helical CT of the thorax"),
    "non-spiral ct": ("77477000", "non-spiral CT"),
    "nonspiral ct": ("77477000", "CT (nonspiral)"),
    "non-helical ct": ("77477000", "non-helical CT"),
    "nonhelical ct": ("77477000", "nonhelical CT"),
    "mri": ("113091000", None),
    "ultrasound": ("16310003", None),
    "pet": ("82918005", None),
    "imaging": ("363679005", None),
}


def quantity(value: str, unit: str | None = None, *, written: str | None = None) -> Resource:
    """A quantity: ``"<5"`` carries its comparator, ``unit`` is UCUM, ``written`` a free text."""
    found = re.fullmatch(r"([<>]=?)?\s*(.+)", value)
    assert found is not None, value
    ucum = {} if unit is None else {"unit": written or unit, "system": UCUM, "code": unit}
    text = {"unit": written} if unit is None and written is not None else {}
    bound = {} if found[1] is None else {"comparator": found[1]}
    return {"value": Number(found[2]), **bound, **text, **ucum}


def normal_range(
    high: str | None,
    unit: str | None = None,
    *,
    low: str | None = None,
    kind: str | None = None,
    sex: str | None = None,
    age_low: str | None = None,
    age_high: str | None = None,
    age_unit: str = "a",
    text: str | None = None,
) -> Resource:
    """One reference range of a result; ``sex`` is male, female or a SNOMED code."""
    years = {
        end: {"value": Number(value), "unit": age_unit, "system": UCUM, "code": age_unit}
        for end, value in (("low", age_low), ("high", age_high))
        if value is not None
    }
    gender = "http://hl7.org/fhir/administrative-gender"
    meant = "http://terminology.hl7.org/CodeSystem/referencerange-meaning"
    return given(
        low=None if low is None else quantity(low, unit),
        high=None if high is None else quantity(high, unit),
        type=None if kind is None else concept(coding(meant, kind)),
        appliesTo=None
        if sex is None
        else [concept(coding(SNOMED if sex.isdigit() else gender, sex))],
        age=years or None,
        text=text,
    )


def _observed(
    code: str,
    *,
    on: str | None,
    status: str,
    issued: str | None = None,
    performer: str | None = None,
    **also: Any,
) -> Resource:
    return {
        "resourceType": "Observation",
        "status": status,
        "subject": SUBJECT,
        "code": concept(coding(LOINC, code)),
        **given(
            effectiveDateTime=on,
            issued=issued,
            performer=None if performer is None else [{"display": performer}],
        ),
        **also,
    }


def lab(
    analyte: str,
    value: str,
    unit: str | None = USUAL_UNIT,
    *,
    on: str | None = "2026-11-18",
    high: str | None = None,
    ranges: list[Resource] | None = None,
    written: str | None = None,
    code: str | None = None,
    status: str = "final",
    **also: Any,
) -> Resource:
    """A numeric result: ``high`` its upper limit of normal in the result's own unit.

    ``unit`` is a UCUM code, None when the result has none; ``written`` the unit as plain text.
    """
    loinc, usual = ANALYTES[analyte]
    if unit == USUAL_UNIT:
        unit = None if written is not None else usual
    own = ranges if ranges is not None else None if high is None else [normal_range(high, unit)]
    elements = {
        "valueQuantity": quantity(value, unit, written=written),
        **given(referenceRange=own),
        **also,
    }
    return _observed(code or loinc, on=on, status=status, **elements)


def unreadable(analyte: str, **also: Any) -> Resource:
    """A numeric result with a text where the number should be."""
    return without_value(analyte, valueString="see the comment", **also)


def haemolysed(analyte: str, **also: Any) -> Resource:
    """A result without a value, because the specimen was spoilt."""
    absent = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    return without_value(analyte, dataAbsentReason=concept(coding(absent, "error")), **also)


def without_value(
    analyte: str, *, on: str | None = "2026-11-18", status: str = "final", **also: Any
) -> Resource:
    """A result without a value, or with one given as a FHIR element."""
    return _observed(ANALYTES[analyte][0], on=on, status=status, **also)


def ecog(score: str, *, on: str | None = "2026-11-18", **also: Any) -> Resource:
    """An ECOG performance status: a whole number, or the LOINC answer when it begins with LA."""
    coded = score.startswith("LA")
    value: Resource = (
        {"valueCodeableConcept": concept(coding(LOINC, score))}
        if coded
        else {"valueInteger": Number(score)}
    )
    return without_value("ecog", on=on, **{**value, **also})


def qualitative(
    what: str,
    found: str | Coded,
    *,
    on: str | None = "2026-11-20",
    code: str | None = None,
    status: str = "final",
    **also: Any,
) -> Resource:
    """A qualitative test: ``found`` is a text, or a SNOMED code when it is a number."""
    value: Resource = (
        {"valueCodeableConcept": concept(coding(SNOMED, str(found)))}
        if str(found).isdigit()
        else {"valueString": found}
    )
    return _observed(code or ANALYTES[what][0], on=on, status=status, **{**value, **also})


def pregnancy_status(code: str = "77386006", *, on: str | None = "2026-11-20") -> Resource:
    """The recorded pregnancy status: 77386006 pregnant, 60001007 not pregnant."""
    value = concept(coding(SNOMED, code))
    return _observed("82810-3", on=on, status="final", valueCodeableConcept=value)


def histology(
    morphology: str = "8720/3",
    *,
    on: str | None = "2024-10-09",
    status: str = "final",
    code: str = "31206-6",
) -> Resource:
    """What the pathologist saw, as an ICD-O-3 morphology."""
    value = concept(coding(ICD_O_3, morphology))
    return _observed(code, on=on, status=status, valueCodeableConcept=value)


def pathology_report(
    conclusion: str = "8720/3",
    *,
    on: str | None = "2024-10-09",
    status: str = "final",
    code: str = "22637-3",
) -> Resource:
    """A pathology report with a coded conclusion."""
    concluded = coding(ICD_O_3, conclusion) if "/" in conclusion else diagnosis(conclusion)
    return {
        "resourceType": "DiagnosticReport",
        "status": status,
        "subject": SUBJECT,
        "code": concept(coding(LOINC, code)),
        "conclusionCode": [concept(concluded)],
        **given(effectiveDateTime=on),
    }


def lesion(
    size: str,
    unit: str | None = "mm",
    *,
    by: str | None = "ct",
    on: str | None = "2026-11-10",
    focus: str | None = None,
    site: str | None = None,
    alone: bool = False,
    status: str = "final",
    **also: Any,
) -> Resource:
    """A tumour measurement; ``alone`` writes it as the longest dimension without its panel.

    ``by`` names the method, ``focus`` the lesion (a body structure), ``site`` a SNOMED code.
    """
    number, text = METHODS.get(by, (None, by)) if by is not None else (None, None)
    method = concept(*([coding(SNOMED, number)] if number else []), text=text)
    longest = {"valueQuantity": quantity(size, unit)}
    measured: Resource = (
        longest
        if alone
        else {"component": [{"code": concept(coding(LOINC, "33728-7")), **longest}]}
    )
    elements = {
        **measured,
        **given(
            method=method or None,
            focus=None if focus is None else [{"reference": f"BodyStructure/{focus}"}],
            bodySite=None if site is None else concept(coding(SNOMED, site)),
        ),
        **also,
    }
    return _observed("33728-7" if alone else "21889-1", on=on, status=status, **elements)
