"""PATIENT CHARACTERISTICS, bullet 14: HCV RNA and HBV DNA as numbers, in any unit.

Nothing is negative but nought; less than something says nothing, and a logarithm was taken of
something that was there.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Resource, lab, qualitative
from tests.protocols.verdicts import Case, about, judge, met, not_met, unknown

viruses = about("no-hiv-hbv-hcv")


def found(what: str, result: str = "positive", on: str = "2026-10-01", **also: Any) -> Resource:
    return qualitative(what, result, on=on, **also)


def load(what: str, value: str, on: str = "2026-10-01", **also: Any) -> Resource:
    return lab(what, value, on=on, **also)


LOADS = [
    *(
        viruses(f"{what} 15 by LOINC {code}", not_met(), load(what, "15", code=code))
        for what, code in (
            ("hcv rna quantity", "11011-4"),
            ("hcv rna quantity", "20416-4"),
            ("hcv rna quantity", "11259-9"),
            ("hbv dna quantity", "42595-9"),
            ("hbv dna quantity", "29615-2"),
            ("hbv dna quantity", "11258-1"),
        )
    ),
    viruses("HCV RNA 0", met("absence", "evidence"), load("hcv rna quantity", "0")),
    viruses("antibody positive, RNA 0", met(), found("anti-hcv"), load("hcv rna quantity", "0")),
    viruses("HCV RNA more than 0", not_met(), load("hcv rna quantity", ">0")),
    viruses("HCV RNA at least 15", not_met(), load("hcv rna quantity", ">=15")),
    viruses("HCV RNA less than 15", unknown("unreadable"), load("hcv rna quantity", "<15")),
    viruses("HCV RNA at most 15", unknown("unreadable"), load("hcv rna quantity", "<=15")),
    viruses(
        "HCV RNA in any unit",
        not_met(),
        load("hcv rna quantity", "15", unit=None, written="copies"),
    ),
    *(
        viruses(f"logarithm {value}", not_met(), load("hcv rna log", value))
        for value in ("2.1", "0", "-1", ">7.5")
    ),
    viruses("logarithm by its other code", not_met(), load("hcv rna log", "2.1", code="47252-2")),
    viruses("logarithm less than 1.2", unknown("unreadable"), load("hcv rna log", "<1.2")),
    viruses(
        "a load set aside",
        met("absence"),
        load("hcv rna quantity", "15", id="x"),
        set_aside=["Observation/x"],
    ),
]


@pytest.mark.parametrize("case", LOADS, ids=str)
def test_virus_loads(case: Case) -> None:
    judge(case)
