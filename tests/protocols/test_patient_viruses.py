"""PATIENT CHARACTERISTICS, bullet 14: no known HIV, hepatitis B or hepatitis C infection.

HIV is for ever. A hepatitis that is over counts as cleared when a negative HBV DNA or HCV RNA was
taken later; an antibody needs its confirming test, of the same day or later.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Resource, attested, condition, qualitative
from tests.protocols.verdicts import (
    Case,
    about,
    codes,
    judge,
    met,
    never,
    not_met,
    refused_by_a_person,
    unknown,
)

viruses = about("no-hiv-hbv-hcv")

CONFIRM = unknown("needs-confirmation")
JUDGE = unknown("needs-judgement")
HIV = codes("B20 B22 B24 Z21 B97.35 O98.7 O98.711 86406008 62479008 165816005")
HBV = codes("B16.9 B17.0 B18.0 B18.1 B19.10 66071002 61977001 165806002")
HCV = codes("B17.10 B18.2 B19.20 50711007 128302006")


def found(what: str, result: str = "positive", on: str = "2026-10-01", **also: Any) -> Resource:
    return qualitative(what, result, on=on, **also)


def said(answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested("no-hiv-hbv-hcv", answer, on=on)


CONDITIONS = [
    viruses("nothing on record", met("absence")),
    *(viruses(f"{code} is HIV", never(), condition(code)) for code in HIV),
    viruses("HIV called resolved", never(), condition("B20", status="resolved")),
    viruses("HIV of no status", never(), condition("B20", status=None)),
    viruses("an inconclusive HIV test", unknown("provisional"), condition("R75")),
    viruses("HIV suspected", unknown("provisional"), condition("B20", verification="provisional")),
    viruses("HIV refuted", met("absence"), condition("B20", verification="refuted")),
    *(viruses(f"{code} is active", not_met(), condition(code)) for code in [*HBV, *HCV]),
    *(
        viruses(f"{code} is neither", met("absence"), condition(code))
        for code in codes("B15.9 B17.2 B18.8 Z22.50 K74.60 B97.30")
    ),
    viruses(
        "hepatitis B suspected",
        unknown("provisional"),
        condition("B18.1", verification="unconfirmed"),
    ),
    viruses("hepatitis B of no status", unknown("provisional"), condition("B18.1", status=None)),
    viruses("hepatitis B resolved: cleared?", JUDGE, condition("B18.1", status="resolved")),
    viruses(
        "hepatitis C resolved: cleared?",
        JUDGE,
        condition("B18.2", status="resolved", abated="2020-01-01"),
    ),
    viruses("hepatitis C, ended by date", JUDGE, condition("B18.2", abated="2020-01-01")),
    viruses(
        "hepatitis C begins after the day", met("absence"), condition("B18.2", onset="2026-12-01")
    ),
    viruses("hepatitis C and HIV", never(), condition("B18.2"), condition("B20")),
]

CLEARED = [
    viruses(
        "hepatitis C over, RNA later",
        met(),
        condition("B18.2", status="resolved", abated="2020-01-01"),
        found("hcv rna", "negative", "2020-06-01"),
    ),
    viruses(
        "RNA of the day it ended",
        met(),
        condition("B18.2", status="resolved", abated="2020-01-01"),
        found("hcv rna", "negative", "2020-01-01"),
    ),
    viruses(
        "RNA of the day before",
        JUDGE,
        condition("B18.2", status="resolved", abated="2020-01-01"),
        found("hcv rna", "negative", "2019-12-31"),
    ),
    viruses(
        "RNA before the record was made",
        JUDGE,
        condition("B18.2", status="resolved", abated="2020-01-01", recorded="2021-01-01"),
        found("hcv rna", "negative", "2020-06-01"),
    ),
    viruses(
        "RNA in the year it ended",
        JUDGE,
        condition("B18.2", status="resolved", abated="2020"),
        found("hcv rna", "negative", "2020-06-01"),
    ),
    viruses(
        "hepatitis B over, DNA later",
        met(),
        condition("B18.1", status="resolved", abated="2020-01-01"),
        found("hbv dna", "negative", "2020-06-01"),
    ),
    viruses(
        "the other virus's test does not clear it",
        JUDGE,
        condition("B18.1", status="resolved", abated="2020-01-01"),
        found("hcv rna", "negative", "2020-06-01"),
    ),
    viruses(
        "a negative HBsAg does not clear it",
        JUDGE,
        condition("B18.1", status="resolved", abated="2020-01-01"),
        found("hbsag", "negative", "2020-06-01"),
    ),
    viruses(
        "active is not cleared by a test",
        not_met(),
        condition("B18.2"),
        found("hcv rna", "negative"),
    ),
    viruses(
        "over, and RNA positive",
        not_met(),
        condition("B18.2", status="resolved", abated="2020-01-01"),
        found("hcv rna", "positive"),
    ),
    viruses(
        "RNA positive, then negative",
        met(),
        condition("B18.2", status="resolved", abated="2020-01-01"),
        found("hcv rna", "positive", "2021-01-01"),
        found("hcv rna", "negative", "2022-01-01"),
    ),
]

TESTS = [
    viruses("HBsAg negative", met("absence"), found("hbsag", "negative")),
    viruses("HBsAg positive", not_met(), found("hbsag")),
    viruses("HBsAg positive in 2019", not_met(), found("hbsag", on="2019-03-01")),
    viruses(
        "HBsAg positive, then negative",
        met("absence", "evidence"),
        found("hbsag", on="2019-03-01"),
        found("hbsag", "negative"),
    ),
    viruses(
        "HBsAg negative, then positive",
        not_met(),
        found("hbsag", "negative", "2019-03-01"),
        found("hbsag"),
    ),
    viruses("HBsAg that cannot be read", unknown("unreadable"), found("hbsag", "borderline")),
    viruses(
        "HBsAg both ways on one day",
        unknown("conflicting"),
        found("hbsag"),
        found("hbsag", "negative"),
    ),
    viruses(
        "HBsAg preliminary", met("absence", warnings=True), found("hbsag", status="preliminary")
    ),
    viruses("HBsAg after the day", met("absence"), found("hbsag", on="2026-11-26")),
    viruses("HCV RNA positive", not_met(), found("hcv rna")),
    viruses("HCV RNA not detected", met("absence", "evidence"), found("hcv rna", "not detected")),
    viruses("HBV DNA positive", not_met(), found("hbv dna")),
    viruses("HBV DNA that cannot be read", unknown("unreadable"), found("hbv dna", "see report")),
    viruses("HCV antibody negative", met("absence", "evidence"), found("anti-hcv", "negative")),
    viruses("HCV antibody positive", CONFIRM, found("anti-hcv")),
    viruses(
        "... and RNA negative later",
        met(),
        found("anti-hcv", on="2018-05-01"),
        found("hcv rna", "negative", "2018-06-01"),
    ),
    viruses(
        "... and RNA negative that day",
        met(),
        found("anti-hcv", on="2018-05-01"),
        found("hcv rna", "negative", "2018-05-01"),
    ),
    viruses(
        "... and RNA negative before",
        CONFIRM,
        found("anti-hcv", on="2018-05-01"),
        found("hcv rna", "negative", "2018-04-30"),
    ),
    viruses(
        "... and RNA negative in the same month, before or after",
        unknown("partial-date"),
        found("anti-hcv", on="2018-05"),
        found("hcv rna", "negative", "2018-05-20"),
    ),
    viruses(
        "... and RNA negative after all of the month",
        met(),
        found("anti-hcv", on="2018-05"),
        found("hcv rna", "negative", "2018-05-31"),
    ),
    viruses(
        "... and RNA negative before the month",
        CONFIRM,
        found("anti-hcv", on="2018-05"),
        found("hcv rna", "negative", "2018-04-30"),
    ),
    viruses(
        "... and RNA positive",
        not_met(),
        found("anti-hcv", on="2018-05-01"),
        found("hcv rna", "positive", "2018-06-01"),
    ),
    viruses(
        "... and RNA that cannot be read",
        unknown("unreadable"),
        found("anti-hcv", on="2018-05-01"),
        found("hcv rna", "trace", "2018-06-01"),
    ),
    viruses(
        "HCV antibody that cannot be read", unknown("unreadable"), found("anti-hcv", "borderline")
    ),
    viruses("HIV screening negative", met("absence", "evidence"), found("hiv screen", "negative")),
    viruses("HIV screening positive", CONFIRM, found("hiv screen")),
    viruses(
        "HIV screening positive by its other code", CONFIRM, found("hiv screen", code="75622-1")
    ),
    viruses(
        "HIV screening positive, and HIV on record", never(), found("hiv screen"), condition("B20")
    ),
    viruses(
        "HIV screening that cannot be read",
        unknown("unreadable"),
        found("hiv screen", "indeterminate"),
    ),
    viruses("coded results", not_met(), found("hbsag", "10828004")),
    viruses(
        "antibodies to the surface are not known here",
        met("absence"),
        found("hbsag", code="22322-2"),
    ),
    viruses("nor is anti-HBc", met("absence"), found("hbsag", code="13952-7")),
]

ANSWERED = [
    viruses("confirmed by a coordinator", met("attestation"), said()),
    viruses("confirmed 28 days ago", met("attestation"), said(on="2026-10-28")),
    viruses("confirmed 29 days ago: as if never", met("absence"), said(on="2026-10-27")),
    viruses("HIV against the statement", never(conflicts=True), condition("B20"), said()),
    viruses("infected, says the patient", refused_by_a_person(), said("not_met")),
    viruses("an antibody, judged", met("attestation"), found("anti-hcv", on="2018-05-01"), said()),
    viruses(
        "an antibody after the judgement",
        unknown("newer-than-statement"),
        found("anti-hcv", on="2026-11-21"),
        said(),
    ),
    viruses(
        "an old hepatitis, judged",
        met("attestation"),
        condition("B18.2", status="resolved", recorded="2015-01-01"),
        said(),
    ),
    viruses(
        "an old hepatitis, judged too long ago",
        unknown("attestation-expired"),
        condition("B18.2", status="resolved", recorded="2015-01-01"),
        said(on="2026-10-01"),
    ),
    viruses(
        "cleared by test stays evidence",
        met("evidence"),
        found("anti-hcv", on="2018-05-01"),
        found("hcv rna", "negative", "2018-06-01"),
        said(),
    ),
]


@pytest.mark.parametrize("case", [*CONDITIONS, *CLEARED, *TESTS, *ANSWERED], ids=str)
def test_viruses(case: Case) -> None:
    judge(case)
