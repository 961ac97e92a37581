"""PATIENT CHARACTERISTICS, bullets 5 to 7: bilirubin, creatinine, AST and ALT.

Each is compared with the upper limit of normal of its own result, exactly: 1.5 or 2.5 times the
limit is never rounded.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Resource, lab, normal_range
from tests.protocols.verdicts import Case, about, judge, met, not_met, unknown

bilirubin = about("bilirubin-normal")
creatinine = about("creatinine")
enzymes = about("ast-alt")


def bili(value: str, unit: str | None = "umol/L", high: str | None = "20", **also: Any) -> Resource:
    return lab("bilirubin", value, unit, high=high, **also)


def crea(value: str, unit: str = "umol/L", high: str | None = "106", **also: Any) -> Resource:
    return lab("creatinine", value, unit, high=high, **also)


def ast(
    value: str = "24", unit: str | None = "U/L", high: str | None = "35", **also: Any
) -> Resource:
    return lab("ast", value, unit, high=high, **also)


def alt(
    value: str = "30", unit: str | None = "U/L", high: str | None = "40", **also: Any
) -> Resource:
    return lab("alt", value, unit, high=high, **also)


def per_litre(value: str, unit: str, limit: str, limit_unit: str) -> Resource:
    return lab("bilirubin", value, unit, ranges=[normal_range(limit, limit_unit)])


BILIRUBIN = [
    bilirubin("9 umol/L, limit 20", met(changes_on="2026-12-03"), bili("9")),
    bilirubin("equal to the limit", met(), bili("20")),
    bilirubin("just above the limit", not_met(), bili("20.1")),
    bilirubin("a trace above the limit", not_met(), bili("20.0000000000000000001")),
    bilirubin(
        "below the lower limit is acceptable",
        met(),
        lab("bilirubin", "2", ranges=[normal_range("20", "umol/L", low="5")]),
    ),
    bilirubin("0.9 mg/dL, limit 1.2", met(), bili("0.9", "mg/dL", "1.2", code="1975-2")),
    bilirubin("1.3 mg/dL, limit 1.2", not_met(), bili("1.3", "mg/dL", "1.2", code="1975-2")),
    bilirubin("9 mg/L, limit 12", met(), bili("9", "mg/L", "12", code="1975-2")),
    *(
        bilirubin(f"LOINC {code}", met(), bili("9", code=code))
        for code in ("1975-2", "14631-6", "42719-5", "54363-7", "77137-8")
    ),
    bilirubin("direct bilirubin is not used", unknown("missing"), bili("9", code="1968-7")),
    bilirubin("nothing on record", unknown("missing", kind="lab")),
    bilirubin("micro written with the micro sign", met(), bili("9", None, written="µmol/L")),
    bilirubin("micro written with the Greek letter", met(), bili("9", None, written="μmol/L")),
    bilirubin("mcmol/L", met(), bili("9", None, written="mcmol/L")),
    bilirubin("no unit", unknown("unit"), bili("9", None)),
    bilirubin("limit in mmol/L", met(), per_litre("20", "umol/L", "0.02", "mmol/L")),
    bilirubin(
        "limit in mmol/L, above it", not_met(), per_litre("20.1", "umol/L", "0.02", "mmol/L")
    ),
    bilirubin("mg/L against mg/dL", met(), per_litre("12", "mg/L", "1.2", "mg/dL")),
    bilirubin(
        "limit in mass, result in moles: never converted",
        unknown("unit", "no-reference-range"),
        per_litre("9", "umol/L", "1.2", "mg/dL"),
    ),
    bilirubin("1500 umol/L is plausible", not_met(), bili("1500")),
    bilirubin("1501 umol/L is not", unknown("implausible"), bili("1501")),
    bilirubin("90 mg/dL is plausible", not_met(), bili("90", "mg/dL", "1.2")),
    bilirubin("91 mg/dL is not", unknown("implausible"), bili("91", "mg/dL", "1.2")),
    bilirubin("less than 5", met(), bili("<5")),
    bilirubin("less than 25", unknown("comparator"), bili("<25")),
    bilirubin("more than 20", not_met(), bili(">20")),
    bilirubin("15 days old", unknown("too-old"), bili("9", on="2026-11-10")),
    bilirubin(
        "a chemistry window of 5 days", unknown("too-old"), bili("9"), policy={"chemistry": 5}
    ),
    bilirubin("the haematology window is another", met(), bili("9"), policy={"hematology": 5}),
]

CREATININE = [
    creatinine("72 umol/L, limit 90", met(changes_on="2026-12-03"), crea("72", high="90")),
    creatinine("159 is 1.5 times 106", met(), crea("159")),
    creatinine("159.1 is more", not_met(), crea("159.1")),
    creatinine("1.35 is 1.5 times 0.9 mg/dL", met(), crea("1.35", "mg/dL", "0.9", code="2160-0")),
    creatinine("1.36 is more", not_met(), crea("1.36", "mg/dL", "0.9", code="2160-0")),
    creatinine("1.65 is 1.5 times 1.1 mg/dL", met(), crea("1.65", "mg/dL", "1.1")),
    creatinine(
        "0.15 mmol/L, limit 100 umol/L",
        met(),
        lab("creatinine", "0.15", "mmol/L", ranges=[normal_range("100", "umol/L")]),
    ),
    *(
        creatinine(f"LOINC {code}", met(), crea("100", code=code))
        for code in ("2160-0", "14682-9", "38483-4", "77140-2")
    ),
    creatinine("urine creatinine is never used", unknown("missing"), crea("100", code="2161-8")),
    creatinine("no limit", unknown("no-reference-range"), crea("72", high=None)),
    creatinine("5 umol/L is plausible", met(), crea("5")),
    creatinine("4.9 umol/L is not", unknown("implausible"), crea("4.9")),
    creatinine("3000 umol/L is plausible", not_met(), crea("3000")),
    creatinine("3001 umol/L is not", unknown("implausible"), crea("3001")),
    creatinine("35 mg/dL is plausible", not_met(), crea("35", "mg/dL", "1.1")),
    creatinine("36 mg/dL is not", unknown("implausible"), crea("36", "mg/dL", "1.1")),
    creatinine("0.05 mg/dL is plausible", met(), crea("0.05", "mg/dL", "1.1")),
    creatinine("14 days old", met(), crea("72", on="2026-11-11")),
    creatinine("15 days old", unknown("too-old"), crea("72", on="2026-11-10")),
    creatinine("nothing on record", unknown("missing", kind="lab")),
]

ENZYMES = [
    enzymes("AST 24 of 35, ALT 30 of 40", met(changes_on="2026-12-03"), ast(), alt()),
    enzymes("both exactly 2.5 times the limit", met(), ast("87.5"), alt("100")),
    enzymes("AST a little more", not_met(), ast("87.6"), alt()),
    enzymes("ALT a little more", not_met(), ast(), alt("100.1")),
    enzymes("no AST", unknown("missing"), alt()),
    enzymes("no ALT", unknown("missing"), ast()),
    enzymes("ALT too high, no AST", not_met(), alt("101")),
    enzymes("AST too high, ALT too old", not_met(), ast("90"), alt(on="2026-11-01")),
    enzymes("ALT too old", unknown("too-old"), ast(), alt(on="2026-11-01")),
    enzymes("nothing on record", unknown("missing", kind="lab")),
    enzymes(
        "the older of the two lapses first",
        met(changes_on="2026-11-29"),
        ast(on="2026-11-14"),
        alt(on="2026-11-18"),
    ),
    enzymes("AST without a limit", unknown("no-reference-range"), ast(high=None), alt()),
    enzymes(
        "IU/L means U/L here", met(), ast(unit=None, written="IU/L"), alt(unit=None, written="IU/L")
    ),
    enzymes(
        "1.5 ukat/L is 90 U/L",
        met(),
        lab("alt", "1.5", "ukat/L", ranges=[normal_range("36", "U/L")]),
        ast(),
    ),
    enzymes(
        "1.51 ukat/L is more",
        not_met(),
        lab("alt", "1.51", "ukat/L", ranges=[normal_range("36", "U/L")]),
        ast(),
    ),
    enzymes(
        "1500 nkat/L is 90 U/L",
        met(),
        lab("alt", "1500", "nkat/L", ranges=[normal_range("36", "U/L")]),
        ast(),
    ),
    enzymes("µkat/L as it is written", met(), alt("0.5", None, "0.6", written="µkat/L"), ast()),
    enzymes(
        "μkat/L with the Greek letter", met(), alt("0.5", None, "0.6", written="μkat/L"), ast()
    ),
    enzymes("0.03 kU/L", met(), alt("0.03", "kU/L", "0.04"), ast()),
    enzymes("30 mU/mL", met(), alt("30", "mU/mL", "40"), ast()),
    enzymes("no unit", unknown("unit"), alt(unit=None), ast()),
    enzymes("50000 U/L is plausible", not_met(), alt("50000"), ast()),
    enzymes("50001 U/L is not", unknown("implausible"), alt("50001"), ast()),
    *(
        enzymes(f"AST as LOINC {code}", met(), ast(code=code), alt())
        for code in ("1920-8", "30239-8", "88112-8")
    ),
    *(
        enzymes(f"ALT as LOINC {code}", met(), ast(), alt(code=code))
        for code in ("1742-6", "1743-4", "1744-2", "76625-3")
    ),
]


@pytest.mark.parametrize("case", [*BILIRUBIN, *CREATININE, *ENZYMES], ids=str)
def test_chemistry(case: Case) -> None:
    judge(case)
