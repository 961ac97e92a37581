"""PATIENT CHARACTERISTICS, bullets 9 and 10: pregnancy, nursing and contraception."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import (
    Resource,
    attested,
    condition,
    patient,
    pregnancy_status,
    procedure,
    qualitative,
)
from tests.protocols.verdicts import (
    Case,
    about,
    codes,
    judge,
    met,
    not_applicable,
    not_met,
    refused_by_a_person,
    unknown,
)

expecting = about("not-pregnant-or-nursing")
fertile = about("contraception")

MAN = patient(gender="male")
ASK = unknown("needs-statement")


def urine(found: str = "negative", on: str | None = "2026-11-20", **also: Any) -> Resource:
    return qualitative("urine hcg", found, on=on, **also)


def neither(answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested("not-pregnant-or-nursing", answer, on=on)


def agreed(answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested("contraception", answer, on=on)


def exempt(on: str = "2026-11-20") -> dict[str, Any]:
    return attested("pregnancy-test-negative", "not_applicable", on=on)


EXPECTING = [
    expecting("nothing on record", unknown("needs-statement", kind="attestation")),
    expecting("a negative test says nothing of nursing", ASK, urine()),
    expecting("a positive test", not_met(), urine("positive")),
    expecting("a positive test of 7 days ago", not_met(), urine("positive", on="2026-11-18")),
    expecting("a positive test of 8 days ago", ASK, urine("positive", on="2026-11-17")),
    expecting("positive, then negative", ASK, urine("positive", on="2026-11-19"), urine()),
    expecting(
        "negative and positive on one day", unknown("conflicting"), urine(), urine("positive")
    ),
    expecting(
        "positive some day this month", unknown("partial-date"), urine("positive", on="2026-11")
    ),
    expecting(
        "a preliminary positive warns",
        unknown("needs-statement", warnings=True),
        urine("positive", status="preliminary"),
    ),
    expecting("status pregnant", not_met(), pregnancy_status()),
    expecting("status not pregnant says nothing of nursing", ASK, pregnancy_status("60001007")),
    expecting("status pregnant, 8 days ago", ASK, pregnancy_status(on="2026-11-17")),
    expecting(
        "status pregnant, then not",
        ASK,
        pregnancy_status(on="2026-11-19"),
        pregnancy_status("60001007"),
    ),
    *(
        expecting(f"pregnancy {code}", not_met(), condition(code))
        for code in codes(
            "O00.101 O09.91 O26.899 O77.0 O98.811 O99.89 O9A.211 Z33.1 Z34.90 Z3A.20 77386006"
        )
    ),
    *(
        expecting(f"lactation {code}", not_met(), condition(code))
        for code in codes("Z39.1 1260078007 1258999009 1258998001 866041003")
    ),
    *(
        expecting(f"{code} is neither pregnancy nor lactation", ASK, condition(code))
        for code in codes("O80 O86.0 O94 Z33.2 Z39.2 Z32.01")
    ),
    expecting(
        "a pregnancy that ended", ASK, condition("Z34.90", status="resolved", abated="2026-02-01")
    ),
    expecting(
        "an end before the day governs over the status",
        ASK,
        condition("Z39.1", abated="2026-11-25"),
    ),
    expecting(
        "nursing until 10 December",
        not_met(clears_on="2026-12-10"),
        condition("Z39.1", abated="2026-12-10"),
    ),
    expecting(
        "... whatever the status",
        not_met(clears_on="2026-12-10"),
        condition("Z39.1", abated="2026-12-10", status="resolved"),
    ),
    expecting(
        "a pregnancy that begins after the day", ASK, condition("Z34.90", onset="2026-12-01")
    ),
    expecting(
        "a pregnancy suspected",
        unknown("provisional"),
        condition("Z34.90", verification="provisional"),
    ),
    expecting("a pregnancy of no status", unknown("provisional"), condition("Z34.90", status=None)),
    expecting("a pregnancy refuted", ASK, condition("Z34.90", verification="refuted")),
    expecting("a man", not_applicable(), MAN),
    expecting("a man, nursing", not_met(), MAN, condition("Z39.1")),
    expecting("a man with a test", unknown("needs-statement", "conflicting"), MAN, urine()),
    expecting("a man with a positive test", not_met(), MAN, urine("positive")),
    expecting("past the menopause", not_applicable(), condition("Z78.0")),
    expecting(
        "past the menopause, and a positive test", not_met(), condition("Z78.0"), urine("positive")
    ),
    expecting("no womb: she may still nurse", ASK, condition("Z90.710")),
    expecting("no ovaries: she may still nurse", ASK, procedure("76876009", on="2015-01-05")),
    expecting("sex not known", unknown("needs-statement"), patient(gender=None)),
]

NEITHER = [
    expecting(
        "neither, says a coordinator", met("attestation", changes_on="2026-11-28"), neither()
    ),
    expecting("said 7 days ago", met("attestation"), neither(on="2026-11-18")),
    expecting("said 8 days ago", unknown("attestation-expired"), neither(on="2026-11-17")),
    expecting(
        "not applicable, says a coordinator",
        not_applicable("attestation"),
        neither("not_applicable"),
    ),
    expecting("nursing, says the patient", refused_by_a_person(), neither("not_met")),
    expecting("nursing, said of a man", refused_by_a_person(), MAN, neither("not_met")),
    expecting(
        "neither, and the test is positive", not_met(conflicts=True), urine("positive"), neither()
    ),
    expecting(
        "neither, and a conflict after it",
        unknown("newer-than-statement"),
        urine(on="2026-11-21"),
        urine("positive", on="2026-11-21"),
        neither(),
    ),
    expecting(
        "neither, and a conflict of that day",
        met("attestation"),
        urine(),
        urine("positive"),
        neither(),
    ),
    expecting("the statement on the test is another", ASK, exempt()),
]

FERTILE = [
    fertile("a woman, nothing said", unknown("needs-statement", kind="attestation")),
    fertile("a man, nothing said", ASK, MAN),
    fertile("a man who agreed", met("attestation"), MAN, agreed()),
    fertile(
        "a woman who agreed, years ago: no expiry", met("attestation"), agreed(on="2020-01-01")
    ),
    fertile("refuses", refused_by_a_person(), agreed("not_met")),
    fertile(
        "not fertile, says a coordinator", not_applicable("attestation"), agreed("not_applicable")
    ),
    fertile("a vasectomy", not_applicable(), MAN, procedure("22523008", on="2012-05-07")),
    fertile("a vasectomy as a status", not_applicable(), MAN, condition("Z98.52")),
    fertile("a vasectomy on a woman's record", ASK, procedure("22523008", on="2012-05-07")),
    fertile("its status on a woman's record", ASK, condition("Z98.52")),
    fertile("tubal ligation", not_applicable(), procedure("287664005", on="2012-05-07")),
    fertile("tubal ligation as a status", not_applicable(), condition("Z98.51")),
    fertile(
        "a status counts, also resolved", not_applicable(), condition("Z98.51", status="resolved")
    ),
    fertile("tubal ligation on a man's record", ASK, MAN, procedure("287664005", on="2012-05-07")),
    fertile("its status on a man's record", ASK, MAN, condition("Z98.51")),
    fertile("a vasectomy after the day", ASK, MAN, procedure("22523008", on="2026-12-07")),
    fertile(
        "a vasectomy not done", ASK, MAN, procedure("22523008", on="2012-05-07", status="not-done")
    ),
    fertile(
        "a vasectomy under way",
        ASK,
        MAN,
        procedure("22523008", start="2026-11-25", status="in-progress"),
    ),
    fertile(
        "a vasectomy, nobody knows whether",
        unknown(),
        MAN,
        procedure("22523008", on="2012-05-07", status="unknown"),
    ),
    fertile("a womb removed", not_applicable(), procedure("58150", on="2015-01-05")),
    fertile("past the menopause", not_applicable(), condition("76498008")),
    fertile("a man has no menopause", ASK, MAN, condition("Z78.0")),
    fertile("cannot conceive, stated for the test", not_applicable("attestation"), exempt()),
    fertile("... and that has expired", ASK, exempt(on="2026-10-27")),
    fertile("... and the test is positive", ASK, exempt(), urine("positive")),
    fertile("... and the test is negative", ASK, exempt(), urine()),
    fertile("... of a man", ASK, MAN, exempt()),
    fertile("... for somebody of no known sex", ASK, patient(gender=None), exempt()),
    fertile(
        "sterilised is evidence, whoever agrees",
        not_applicable("evidence"),
        condition("Z98.51"),
        agreed(),
    ),
    fertile(
        "refused, though sterilised", refused_by_a_person(), condition("Z98.51"), agreed("not_met")
    ),
]


@pytest.mark.parametrize("case", [*EXPECTING, *NEITHER, *FERTILE], ids=str)
def test_pregnancy_and_contraception(case: Case) -> None:
    judge(case)
