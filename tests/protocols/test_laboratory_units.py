"""Laboratory results: the line, the unit, the comparator and what cannot be read.

The platelet count stands for every numeric result; what is particular to the others follows in
the tables of their own.
"""

from __future__ import annotations

import pytest

from tests.factories import Number, lab, quantity, unreadable, without_value
from tests.protocols.verdicts import Case, about, judge, met, not_met, unknown

platelets = about("platelets")
granulocytes = about("granulocytes")

ONE_HUNDRED = {
    "10*9/L": "100",
    "10*3/uL": "100",
    "10*3/mm3": "100",
    "10*6/L": "100000",
    "10*6/mL": "100",
    "/uL": "100000",
    "/mm3": "100000",
    "/L": "100000000000",
    "/mL": "100000000",
    "{cells}/uL": "100000",
    "{platelets}/uL": "100000",
    "{#}/mm3": "100000",
    "10*9{cells}/L": "100",
    "10*3{cells}/uL": "100",
}
AS_WRITTEN = {
    **dict.fromkeys(
        ["x10^9/L", "10^9/L", "x10(9)/L", "10e9/L", "10E9/L", "G/L", "Giga/L", "x 10^9 / L"], "100"
    ),
    **dict.fromkeys(
        ["x10^3/uL", "10^3/uL", "x10E3/uL", "10E3/uL", "K/uL", "K/mcL", "K/mm3"], "100"
    ),
    **dict.fromkeys(["thou/uL", "Thousand/uL", "10*9/L", "10*3/uL"], "100"),
    **dict.fromkeys(["cells/uL", "cells/mcL", "/mcL", "cells/mm3", "/cumm"], "100000"),
    **dict.fromkeys(["cells/mm^3", "/mm^3", "/uL"], "100000"),
}


def just_below(value: str) -> str:
    return str(int(value) - 1)


THE_LINE = [
    platelets("231 x10*9/L", met(uses="231", changes_on="2026-12-03"), lab("platelets", "231")),
    platelets("exactly 100", met(), lab("platelets", "100")),
    platelets("exactly 100.0", met(), lab("platelets", "100.0")),
    platelets("exactly 1e2", met(), lab("platelets", "1e2")),
    platelets("99", not_met(), lab("platelets", "99")),
    platelets("a hair below", not_met(), lab("platelets", "99.9999999999999999999")),
    platelets("a hair above", met(), lab("platelets", "100.0000000000000000001")),
    *(
        platelets(f"{v} {u} is the line", met(), lab("platelets", v, u))
        for u, v in ONE_HUNDRED.items()
    ),
    *(
        platelets(f"{just_below(v)} {u} is below", not_met(), lab("platelets", just_below(v), u))
        for u, v in ONE_HUNDRED.items()
    ),
    *(
        platelets(f"the unit written {u}", met(), lab("platelets", v, written=u))
        for u, v in AS_WRITTEN.items()
    ),
    *(
        platelets(f"LOINC {code}", met(), lab("platelets", "100", code=code))
        for code in ("777-3", "778-1", "26515-7", "49497-1")
    ),
    platelets("a code nobody uses", unknown("missing"), lab("platelets", "100", code="32207-3")),
    platelets("nothing on record", unknown("missing", kind="lab")),
]

UNITS = [
    platelets("no unit: 250 is not 250 x10*9/L", unknown("unit"), lab("platelets", "250", None)),
    platelets("a unit nobody knows", unknown("unit"), lab("platelets", "250", written="k/uL")),
    platelets(
        "aliases mind their letters", unknown("unit"), lab("platelets", "250", written="g/l")
    ),
    platelets("a UCUM code of another kind", unknown("unit"), lab("platelets", "250", "mg/dL")),
    platelets("percent", unknown("unit"), lab("platelets", "45", "%")),
    platelets(
        "the UCUM code decides against the written unit",
        met(),
        lab("platelets", "231000", "/uL", written="10*9/L"),
    ),
    platelets(
        "... and an implausible code is not rescued by it",
        unknown("implausible"),
        lab("platelets", "100", "/uL", written="10*9/L"),
    ),
    platelets(
        "a unit coded elsewhere is read as written",
        met(),
        without_value(
            "platelets",
            valueQuantity={
                "value": Number("231"),
                "unit": "K/uL",
                "system": "urn:oid:1.2.3",
                "code": "THOU",
            },
        ),
    ),
    platelets("1 x10*9/L is plausible", not_met(), lab("platelets", "1")),
    platelets("0.9 is not", unknown("implausible"), lab("platelets", "0.9")),
    platelets("3000 is plausible", met(), lab("platelets", "3000")),
    platelets("3001 is not", unknown("implausible"), lab("platelets", "3001")),
    platelets("a negative count", unknown("implausible", "unreadable"), lab("platelets", "-5")),
    platelets("an implausible bound", unknown("implausible"), lab("platelets", ">5000")),
]

BOUNDS = [
    platelets("more than 100", met(), lab("platelets", ">100")),
    platelets("at least 100", met(), lab("platelets", ">=100")),
    platelets("more than 99", unknown("comparator"), lab("platelets", ">99")),
    platelets("less than 100", not_met(), lab("platelets", "<100")),
    platelets("at most 100", unknown("comparator"), lab("platelets", "<=100")),
    platelets("less than 101", unknown("comparator"), lab("platelets", "<101")),
]

UNREADABLE = [
    platelets("a text for a number", unknown("unreadable"), unreadable("platelets")),
    platelets(
        "even a text that looks like a number",
        unknown("unreadable"),
        without_value("platelets", valueString="250"),
    ),
    platelets(
        "a number in quotation marks",
        unknown("unreadable"),
        without_value("platelets", valueQuantity={**quantity("250", "10*9/L"), "value": "250"}),
    ),
    platelets(
        "never back to an older result",
        unknown("unreadable"),
        lab("platelets", "231", on="2026-11-17"),
        unreadable("platelets", on="2026-11-18"),
    ),
    platelets(
        "a later unit that cannot be read is not passed over",
        unknown("unit"),
        lab("platelets", "231", on="2026-11-17"),
        lab("platelets", "231", None, on="2026-11-18"),
    ),
    platelets(
        "an unreadable result that is not the last",
        met(),
        unreadable("platelets", on="2026-11-17"),
        lab("platelets", "231", on="2026-11-18"),
    ),
]

GRANULOCYTES = [
    granulocytes("neutrophils 3.9", met(changes_on="2026-12-03"), lab("neutrophils", "3.9")),
    granulocytes("exactly 1.5", met(), lab("neutrophils", "1.5")),
    granulocytes("1.499", not_met(), lab("neutrophils", "1.499")),
    granulocytes("1500 /uL", met(), lab("neutrophils", "1500", "/uL")),
    granulocytes("1499 /uL", not_met(), lab("neutrophils", "1499", "/uL")),
    granulocytes("1500 /mm3, the unit of the protocol", met(), lab("neutrophils", "1500", "/mm3")),
    granulocytes("1.5 K/uL", met(), lab("neutrophils", "1.5", written="K/uL")),
    *(
        granulocytes(f"LOINC {code}", met(), lab("neutrophils", "1.5", code=code))
        for code in ("751-8", "753-4", "26499-4", "30394-1", "20482-6")
    ),
    granulocytes("nothing on record", unknown("missing", kind="lab")),
    granulocytes("15 days old", unknown("too-old"), lab("neutrophils", "3.9", on="2026-11-10")),
    granulocytes("14 days old", met(), lab("neutrophils", "3.9", on="2026-11-11")),
    granulocytes("no neutrophil at all", not_met(), lab("neutrophils", "0")),
    granulocytes("0.01 is plausible", not_met(), lab("neutrophils", "0.01")),
    granulocytes("0.009 is not", unknown("implausible"), lab("neutrophils", "0.009")),
    granulocytes("200 is plausible", met(), lab("neutrophils", "200")),
    granulocytes("200.1 is not", unknown("implausible"), lab("neutrophils", "200.1")),
    granulocytes(
        "3000 said in thousands is never rescaled",
        unknown("implausible"),
        lab("neutrophils", "3000", "10*3/uL"),
    ),
    granulocytes("percent under an absolute code", unknown("unit"), lab("neutrophils", "62", "%")),
    granulocytes(
        "percent and leukocytes only suggest",
        unknown("missing"),
        lab("neutrophils", "62", "%", code="770-8"),
        lab("neutrophils", "6.2", code="6690-2"),
    ),
    granulocytes(
        "nor do percent and leukocytes by other codes",
        unknown("missing"),
        lab("neutrophils", "62", "%", code="26511-6"),
        lab("neutrophils", "6.2", code="26464-8"),
    ),
    granulocytes(
        "of one blood sample the granulocytes count",
        not_met(),
        lab("neutrophils", "2.0", on="2026-11-18T08:00:00-05:00"),
        lab("granulocytes", "1.4", on="2026-11-18T08:00:00-05:00"),
    ),
    granulocytes(
        "of one day the granulocytes count",
        met(),
        lab("granulocytes", "2.0"),
        lab("neutrophils", "1.4"),
    ),
    granulocytes(
        "neutrophils of a later sample count",
        not_met(),
        lab("granulocytes", "2.0", on="2026-11-17"),
        lab("neutrophils", "1.4", on="2026-11-18"),
    ),
    granulocytes(
        "granulocytes of a later sample count",
        met(),
        lab("neutrophils", "1.4", on="2026-11-17"),
        lab("granulocytes", "2.0", on="2026-11-18"),
    ),
]


@pytest.mark.parametrize("case", [*THE_LINE, *UNITS, *BOUNDS, *UNREADABLE, *GRANULOCYTES], ids=str)
def test_laboratory_units(case: Case) -> None:
    judge(case)
