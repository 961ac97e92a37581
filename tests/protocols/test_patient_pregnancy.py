"""PATIENT CHARACTERISTICS, bullets 8 and 9: a negative test, neither pregnant nor nursing.

Whether a test is needed follows from the childbearing status: a woman has it unless womb or
ovaries are gone or she is past the menopause; a man has not, unless a record contradicts.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import (
    Resource,
    attested,
    condition,
    haemolysed,
    lab,
    normal_range,
    patient,
    procedure,
    qualitative,
    without_value,
)
from tests.protocols.verdicts import (
    Case,
    about,
    codes,
    judge,
    met,
    not_applicable,
    not_met,
    unknown,
)

proof = about("pregnancy-test-negative")

MAN = patient(gender="male")
FEMALE, MALE = "248152002", "248153007"


def urine(found: str = "negative", on: str | None = "2026-11-20", **also: Any) -> Resource:
    return qualitative("urine hcg", found, on=on, **also)


def hcg(value: str, high: str | None = "5", **also: Any) -> Resource:
    return lab("hcg", value, **{"high": high, "on": "2026-11-20", **also})


def exempt(answer: str = "not_applicable", on: str = "2026-11-20") -> dict[str, Any]:
    return attested("pregnancy-test-negative", answer, on=on)


RESULT = [
    proof("negative", met(changes_on="2026-11-28"), urine()),
    proof("positive", not_met(), urine("positive")),
    proof("7 days ago", met(changes_on="2026-11-26"), urine(on="2026-11-18")),
    proof("8 days ago", unknown("too-old"), urine(on="2026-11-17")),
    proof("positive 8 days ago", unknown("too-old"), urine("positive", on="2026-11-17")),
    proof("on the day", met(), urine(on="2026-11-25")),
    proof("after the day", unknown("missing"), urine(on="2026-11-26")),
    proof("no test", unknown("missing", kind="lab")),
    proof("this month", unknown("partial-date"), urine(on="2026-11")),
    proof("without a date", unknown("missing"), urine(on=None)),
    proof("a tighter window of 3 days", unknown("too-old"), urine(), policy={"pregnancy": 3}),
    *(
        proof(f"LOINC {code}", met(), urine(code=code))
        for code in ("2106-3", "80384-1", "2112-1", "2118-8", "2110-5")
    ),
    *(
        proof(f"'{said}' is negative", met(), urine(said))
        for said in (
            "negative",
            "NEGATIVE",
            "neg",
            "not detected",
            "nonreactive",
            "Non-Reactive",
            "260385009",
            "260415000",
        )
    ),
    *(
        proof(f"'{said}' is positive", not_met(), urine(said))
        for said in ("positive", "Pos", "detected", "reactive", "10828004", "260373001")
    ),
    *(
        proof(f"'{said}' cannot be interpreted", unknown("unreadable"), urine(said))
        for said in ("negative?", "trace", "not detected, see note", "82334004")
    ),
    proof(
        "a number under a qualitative test",
        unknown("unreadable"),
        lab("urine hcg", "2", "[iU]/L", on="2026-11-20"),
    ),
    proof("the last test counts", met(), urine("positive", on="2026-11-19"), urine()),
    proof(
        "the last test counts, also when positive",
        not_met(),
        urine(on="2026-11-19"),
        urine("positive"),
    ),
    proof("two of one day that differ", unknown("conflicting"), urine(), urine("positive")),
    proof(
        "two of one day, the later issued counts",
        met(),
        urine(issued="2026-11-20T15:00:00Z"),
        urine("positive", issued="2026-11-20T12:00:00Z"),
    ),
    proof(
        "the last cannot be interpreted",
        unknown("unreadable"),
        urine(on="2026-11-19"),
        urine("trace"),
    ),
    proof("only preliminary", unknown("missing", warnings=True), urine(status="preliminary")),
    proof(
        "a preliminary positive after it warns",
        met(warnings=True),
        urine(on="2026-11-19"),
        urine("positive", status="preliminary"),
    ),
    proof(
        "a spoilt specimen after it warns",
        met(warnings=True),
        urine(),
        haemolysed("urine hcg", on="2026-11-21"),
    ),
    proof("entered in error", unknown("missing"), urine("positive", status="entered-in-error")),
]

QUANTITY = [
    proof("hCG 3, limit 5", met(), hcg("3")),
    proof("hCG at the limit", met(), hcg("5")),
    proof("hCG above it", not_met(), hcg("5.1")),
    proof("hCG less than 5", met(), hcg("<5")),
    proof("hCG less than 10", unknown("comparator"), hcg("<10")),
    proof("hCG more than 1000", not_met(), hcg(">1000")),
    proof("hCG without a range", unknown("no-reference-range"), hcg("3", None)),
    proof("hCG by another code", met(), hcg("3", code="21198-7")),
    proof(
        "hCG in another unit than its range",
        unknown("unit", "no-reference-range"),
        hcg("3", ranges=[normal_range("5", "m[IU]/mL")]),
    ),
    proof(
        "hCG in words",
        unknown("unreadable"),
        without_value("hcg", on="2026-11-20", valueString="negative"),
    ),
    proof("hCG and a urine test: the last counts", not_met(), urine(on="2026-11-19"), hcg("2500")),
]

CHILDBEARING = [
    proof("a man", not_applicable(), MAN),
    proof("a man with an old test", unknown("conflicting"), MAN, urine(on="2026-01-05")),
    proof("a man with a negative test", met(), MAN, urine()),
    proof("a man with a positive test", not_met(), MAN, urine("positive")),
    proof("a man with a measured hCG", met(), MAN, hcg("1")),
    proof("a man recorded as pregnant", unknown("conflicting"), MAN, condition("Z33.1")),
    proof("a man recorded as nursing", unknown("conflicting"), MAN, condition("Z39.1")),
    proof(
        "a man once recorded as pregnant",
        not_applicable(),
        MAN,
        condition("Z33.1", status="resolved", abated="2020-01-01"),
    ),
    *(
        proof(f"gender {gender}, no test", unknown(), patient(gender=gender))
        for gender in ("other", "unknown", None)
    ),
    proof("gender other, negative test", met(), patient(gender="other"), urine()),
    proof("gender other, positive test", not_met(), patient(gender="other"), urine("positive")),
    proof("female at birth, a man today", unknown("missing"), patient(gender="male", birthsex="F")),
    proof("male at birth, a woman today", not_applicable(), patient(gender="female", birthsex="M")),
    proof("sex at birth recorded as unknown", unknown(), patient(gender="male", birthsex="UNK")),
    proof("sex, as US Core has it now", not_applicable(), patient(gender="female", sex=MALE)),
    proof("sex female, gender male", unknown("missing"), patient(gender="male", sex=FEMALE)),
    proof(
        "the two contradict", unknown("conflicting"), patient(gender="male", birthsex="F", sex=MALE)
    ),
    proof("the two agree", not_applicable(), patient(gender="female", birthsex="M", sex=MALE)),
    *(
        proof(
            f"womb or ovaries removed: {code}", not_applicable(), procedure(code, on="2015-03-02")
        )
        for code in codes("236886002 116140006 116142003 116143008 58150 76876009 29827000")
    ),
    *(
        proof(f"{code} on record", not_applicable(), condition(code))
        for code in codes("Z90.710 Z90.722 Z90722 Z78.0 76498008 307429007")
    ),
    proof(
        "a womb gone is gone, whatever the status",
        not_applicable(),
        condition("Z90.710", status="resolved"),
    ),
    proof("one ovary gone", unknown("missing"), condition("Z90.721")),
    proof(
        "a hysterectomy after the day", unknown("missing"), procedure("236886002", on="2026-12-01")
    ),
    proof(
        "a hysterectomy that was not done",
        unknown("missing"),
        procedure("236886002", on="2015-03-02", status="not-done"),
    ),
    proof(
        "a hysterectomy begun and suspended",
        unknown(),
        procedure("236886002", on="2015-03-02", status="on-hold"),
    ),
    proof(
        "tubal ligation changes nothing",
        unknown("missing"),
        procedure("287664005", on="2015-03-02"),
    ),
    proof("a menopause refuted", unknown("missing"), condition("Z78.0", verification="refuted")),
    proof("a menopause suspected", unknown(), condition("Z78.0", verification="provisional")),
]

ANSWERED = [
    proof("cannot conceive, says a coordinator", not_applicable("attestation"), exempt()),
    proof("said 28 days ago", not_applicable("attestation"), exempt(on="2026-10-28")),
    proof("said 29 days ago", unknown("attestation-expired"), exempt(on="2026-10-27")),
    proof("said, and the test is positive", not_met(conflicts=True), urine("positive"), exempt()),
    proof("said, and the test is negative", met("evidence"), urine(), exempt()),
    proof("a negative test is data, never an answer", unknown("missing"), exempt("met")),
    proof("nor is a positive one", unknown("missing"), exempt("not_met")),
    proof(
        "a test after it that cannot be read",
        unknown("newer-than-statement"),
        urine("trace", on="2026-11-21"),
        exempt(),
    ),
    proof(
        "a test before it that cannot be read",
        not_applicable("attestation"),
        urine("trace"),
        exempt(),
    ),
]


@pytest.mark.parametrize("case", [*RESULT, *QUANTITY, *CHILDBEARING, *ANSWERED], ids=str)
def test_pregnancy_test(case: Case) -> None:
    judge(case)
