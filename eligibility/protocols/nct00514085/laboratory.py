"""PATIENT CHARACTERISTICS, bullets 1 to 7: performance status, life expectancy, blood counts and chemistry."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from eligibility.rules.criterion import Attestable, Criterion
from eligibility.rules.kinds.judgement import StatedWhileAlive
from eligibility.rules.kinds.latest import latest
from eligibility.rules.limits import Limit, uln

HEADING = "PATIENT CHARACTERISTICS"
inclusion = partial(Criterion, type="inclusion", heading=HEADING)


def per_mm3(count: int) -> Limit:
    """A cell count per cubic millimetre, as the registry writes it: 1,000/mm³ is 1 × 10⁹/L."""
    return Limit(Decimal(count).scaleb(-3).normalize() + 0, "10*9/L", "number", f"{count:,}/mm³")


GRANULOCYTES = latest(
    "granulocytes",
    "neutrophils",
    within="hematology",
    what="absolute granulocyte (neutrophil) count",
)
PLATELETS = latest("platelets", within="hematology", what="platelet count")
BILIRUBIN = latest("bilirubin", within="chemistry", what="total bilirubin")
CREATININE = latest("creatinine", within="chemistry", what="serum creatinine")
AST = latest("ast", within="chemistry", what="AST")
ALT = latest("alt", within="chemistry", what="ALT")
ECOG = latest("ecog", within="ecog", what="ECOG performance status")

LABORATORY = (
    inclusion(
        "ecog-0-2",
        place="patient/1",
        quote="ECOG performance status 0-2",
        title="ECOG 0-2",
        text="ECOG performance status is 0, 1 or 2. Karnofsky is not converted.",
        holds=Limit(Decimal(2), "", "score", "2") >= ECOG,
        ask="Record an ECOG score dated within the policy window before registration.",
        ask_of="chart",
        data="ECOG performance status",
    ),
    inclusion(
        "life-expectancy-12-weeks",
        place="patient/2",
        quote="Life expectancy ≥ 12 weeks",
        title="Life expectancy ≥ 12 weeks",
        text="An investigator expects survival of at least 12 weeks.",
        holds=StatedWhileAlive("life expectancy is at least 12 weeks"),
        ask="Investigator: is life expectancy at least 12 weeks?",
        ask_of="attestation",
        data="an investigator's statement; date of death",
        attestable=Attestable("investigator", validity=28),
    ),
    inclusion(
        "granulocytes",
        place="patient/3",
        quote="Absolute granulocytes count ≥ 1,500/mm^3",
        title="Granulocytes ≥ 1,500/mm³",
        text="Absolute granulocyte count ≥ 1,500/mm³ (1.5 × 10⁹/L); a neutrophil count is taken as one.",
        holds=per_mm3(1_500) <= GRANULOCYTES,
        ask="Obtain an absolute granulocyte (neutrophil) count.",
        ask_of="lab",
        data="absolute granulocyte or neutrophil count",
    ),
    inclusion(
        "platelets",
        place="patient/4",
        quote="Platelet count ≥ 100,000/mm^3",
        title="Platelets ≥ 100,000/mm³",
        text="Platelet count ≥ 100,000/mm³ (100 × 10⁹/L).",
        holds=per_mm3(100_000) <= PLATELETS,
        ask="Obtain a platelet count.",
        ask_of="lab",
        data="platelet count",
    ),
    inclusion(
        "bilirubin-normal",
        place="patient/5",
        quote="Bilirubin normal",
        title="Bilirubin normal",
        text="Total bilirubin not above the upper limit of normal; Gilbert's syndrome is no exception.",
        holds=uln() >= BILIRUBIN,
        ask="Obtain total bilirubin with its reference range.",
        ask_of="lab",
        data="total bilirubin with its upper limit of normal",
    ),
    inclusion(
        "creatinine",
        place="patient/6",
        quote="Serum creatinine ≤ 1.5 times upper limit of normal (ULN)",
        title="Creatinine ≤ 1.5 × ULN",
        text="Serum creatinine ≤ 1.5 times the upper limit of normal. Urine creatinine is never used.",
        holds=uln("1.5") >= CREATININE,
        ask="Obtain serum creatinine with its reference range.",
        ask_of="lab",
        data="serum, plasma or blood creatinine with its upper limit of normal",
    ),
    inclusion(
        "ast-alt",
        place="patient/7",
        quote="AST and ALT ≤ 2.5 times ULN",
        title="AST and ALT ≤ 2.5 × ULN",
        text="Both AST and ALT ≤ 2.5 times their own upper limit of normal.",
        holds=(uln("2.5") >= AST) & (uln("2.5") >= ALT),
        ask="Obtain AST and ALT with their reference ranges.",
        ask_of="lab",
        data="AST and ALT, each with its upper limit of normal",
    ),
)
