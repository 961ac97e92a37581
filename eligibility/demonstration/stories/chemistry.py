"""Liver and kidney values against their upper limits of normal."""

from __future__ import annotations

from eligibility.demonstration.expectations import fails, holds, unknown
from eligibility.demonstration.stories.shelf import Shelf, eligible, ineligible, undetermined
from eligibility.demonstration.usual import Patient

SHELF = Shelf()
BILIRUBIN = "bilirubin-normal"


@SHELF.patient(
    "bilirubin-above-normal",
    "Gilbert's syndrome",
    "Bilirubin 21 with a limit of 20; the harmless cause makes no exception.",
    ineligible(fails(BILIRUBIN)),
)
def bilirubin_above_normal(patient: Patient) -> None:
    patient.lab("bilirubin", 21)
    patient.condition("Gilbert's syndrome", onset=-4000)


@SHELF.patient(
    "bilirubin-without-range",
    "Bilirubin without a reference range",
    "Nine, but what is normal at that laboratory?",
    undetermined(unknown(BILIRUBIN, "no-reference-range")),
)
def bilirubin_without_range(patient: Patient) -> None:
    patient.lab("bilirubin", 9, low=None, high=None)


@SHELF.patient(
    "bilirubin-by-site-range",
    "The site knows the reference range",
    "The result names no range; the site's own says 21.",
    eligible(holds(BILIRUBIN, "evidence")),
)
def bilirubin_by_site_range(patient: Patient) -> None:
    bilirubin_without_range(patient)
    patient.ranges = [{"analyte": "bilirubin", "sex": "any", "high": "21", "unit": "umol/L"}]


@SHELF.patient(
    "bilirubin-direct-only",
    "Only direct bilirubin measured",
    "Total bilirubin is what the trial asks for.",
    undetermined(unknown(BILIRUBIN, "missing")),
)
def bilirubin_direct_only(patient: Patient) -> None:
    patient.without("bilirubin").lab("bilirubin-direct")


@SHELF.patient(
    "bilirubin-pending",
    "Bilirubin still pending",
    "A preliminary value is shown as a warning, and decides nothing.",
    undetermined(unknown(BILIRUBIN, "missing"), warned=(BILIRUBIN,)),
)
def bilirubin_pending(patient: Patient) -> None:
    patient.lab("bilirubin", 8, status="preliminary", ago=1)


@SHELF.patient(
    "creatinine-high",
    "Creatinine above one and a half times normal",
    "160 with a limit of 159 (1.5 x 106).",
    ineligible(fails("creatinine")),
)
def creatinine_high(patient: Patient) -> None:
    patient.lab("creatinine", 160)


@SHELF.patient(
    "creatinine-of-urine",
    "Creatinine of urine only",
    "Urine is never used for serum.",
    undetermined(unknown("creatinine", "missing")),
)
def creatinine_of_urine(patient: Patient) -> None:
    patient.without("creatinine").lab("creatinine-urine")


@SHELF.patient(
    "creatinine-two-kinds-of-unit",
    "Creatinine and its range in different kinds of unit",
    "72 umol/L against a range in mg/dL: molar and mass are not converted into one another.",
    undetermined(unknown("creatinine")),
)
def creatinine_two_kinds_of_unit(patient: Patient) -> None:
    result = patient.lab("creatinine", 72, low=None, high=None)
    result["referenceRange"] = patient.lab("creatinine-mass", name="model")["referenceRange"]
    patient.without("model")


@SHELF.patient(
    "transaminases-high",
    "AST half a unit too high",
    "88 with a limit of 87.5, ALT in order: both have to hold.",
    ineligible(fails("ast-alt")),
)
def transaminases_high(patient: Patient) -> None:
    patient.lab("ast", 88)


@SHELF.patient(
    "alt-missing",
    "ALT not measured",
    "AST alone is not enough.",
    undetermined(unknown("ast-alt", "missing")),
)
def alt_missing(patient: Patient) -> None:
    patient.without("alt")


@SHELF.patient(
    "range-for-a-sex-not-known",
    "Reference range for women, sex not known",
    "Neither the range nor the pregnancy test can be judged until the sex is recorded.",
    undetermined(
        unknown("creatinine"),
        unknown("pregnancy-test-negative"),
        unknown("not-pregnant-or-nursing"),
    ),
    sex="male",
)
def range_for_a_sex_not_known(patient: Patient) -> None:
    chart = patient.resources["patient"]
    chart["gender"] = "unknown"
    chart["extension"] = []
    ranges = patient.lab("creatinine", 72, high=90)["referenceRange"]
    assert isinstance(ranges, list)
    women = {"system": "http://hl7.org/fhir/administrative-gender", "code": "female"}
    ranges[0]["appliesTo"] = [{"coding": [women]}]
