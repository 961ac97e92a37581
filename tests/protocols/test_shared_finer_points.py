"""Finer points: three results of one day, records of the other sex, and unusual words."""

from __future__ import annotations

import pytest

from tests.factories import (
    attested,
    condition,
    lab,
    lesion,
    normal_range,
    patient,
    pregnancy_status,
    procedure,
    qualitative,
    site_range,
)
from tests.protocols.verdicts import Case, about, judge, met, not_applicable, not_met, unknown

measurable = about("measurable-disease")
nonbulky = about("nonbulky-disease")
bilirubin = about("bilirubin-normal")
expectancy = about("life-expectancy-12-weeks")
brain = about("no-brain-metastases")
platelets = about("platelets")
granulocytes = about("granulocytes")
proof = about("pregnancy-test-negative")
expecting = about("not-pregnant-or-nursing")
virus = about("no-hiv-hbv-hcv")

MAN = patient(gender="male")
ABSENT = met("absence")
EARLY = {"on": "2026-11-14", "received_on": "2026-11-14"}

LAST_OF_THREE = [
    platelets(
        "a morning count is not the last, whatever the undated hour",
        met(),
        lab("platelets", "231", on="2026-11-18"),
        lab("platelets", "80", on="2026-11-18T08:00:00-05:00"),
        lab("platelets", "231", on="2026-11-18T12:00:00-05:00"),
    ),
    platelets(
        "a noon count may be the last",
        unknown("conflicting"),
        lab("platelets", "231", on="2026-11-18"),
        lab("platelets", "231", on="2026-11-18T08:00:00-05:00"),
        lab("platelets", "80", on="2026-11-18T12:00:00-05:00"),
    ),
    granulocytes(
        "of one sample the granulocytes count, though issued first",
        not_met(),
        lab("granulocytes", "1.4", issued="2026-11-18T10:00:00Z"),
        lab("neutrophils", "2.0", issued="2026-11-18T12:00:00Z"),
    ),
]

MORNING, NOON = "2026-11-18T08:00:00-05:00", "2026-11-18T12:00:00-05:00"
WARNINGS = [
    platelets(
        "a preliminary count of the morning, a final one of noon",
        met(warnings=False),
        lab("platelets", "80", on=MORNING, status="preliminary"),
        lab("platelets", "231", on=NOON),
    ),
    platelets(
        "a final count of the morning, a preliminary one of noon",
        met(warnings=True),
        lab("platelets", "231", on=MORNING),
        lab("platelets", "80", on=NOON, status="preliminary"),
    ),
    platelets(
        "a preliminary count of that day, at no known hour",
        met(warnings=True),
        lab("platelets", "231", on=NOON),
        lab("platelets", "80", on="2026-11-18", status="preliminary"),
    ),
    platelets(
        "a preliminary count before the window",
        unknown("missing", warnings=False),
        lab("platelets", "80", on="2026-11-10", status="preliminary"),
    ),
    platelets(
        "a preliminary count after the day",
        met(warnings=False),
        lab("platelets", "231"),
        lab("platelets", "80", on="2026-11-26", status="preliminary"),
    ),
]

LESIONS = [
    measurable(
        "a known lesion, measured 28 days ago", met(), lesion("24", focus="a", on="2026-10-28")
    ),
    measurable(
        "a known lesion, measured 29 days ago",
        unknown("too-old"),
        lesion("24", focus="a", on="2026-10-27"),
    ),
    nonbulky(
        "a known lesion, large 28 days ago",
        not_met(),
        lesion("60", focus="a", on="2026-10-28"),
        lesion("24", focus="b"),
    ),
    nonbulky(
        "a known lesion, large 29 days ago",
        unknown("too-old"),
        lesion("60", focus="a", on="2026-10-27"),
        lesion("24", focus="b"),
    ),
    nonbulky(
        "a known lesion, exactly 50 mm in July",
        met(),
        lesion("50", focus="a", on="2026-07-01"),
        lesion("24", focus="b"),
    ),
    nonbulky(
        "a known lesion, without unit in July",
        unknown("unit", "too-old"),
        lesion("50", None, focus="a", on="2026-07-01"),
        lesion("24", focus="b"),
    ),
]

NOT_HERS = [normal_range("18", "umol/L", sex="female"), normal_range("25", "umol/L")]
LIMITS = [
    bilirubin(
        "a range for women, sex not known: not the site's either",
        unknown("no-reference-range"),
        patient(gender=None),
        lab("bilirubin", "9", ranges=NOT_HERS[:1]),
        reference_ranges=[site_range("bilirubin", "21", "umol/L")],
    ),
    bilirubin(
        "... nor the other one of its own",
        unknown("no-reference-range"),
        patient(gender=None),
        lab("bilirubin", "9", ranges=NOT_HERS),
    ),
    bilirubin(
        "an aged range, age not known: not the site's either",
        unknown("no-reference-range"),
        patient(born="1984"),
        lab("bilirubin", "9", ranges=[normal_range("20", "umol/L", age_low="42")]),
        reference_ranges=[site_range("bilirubin", "21", "umol/L")],
    ),
]
DEATHS = [
    expectancy(
        "died some day this month, received in December",
        unknown("partial-date", "needs-statement"),
        patient(deceasedDateTime="2026-11"),
        received_on="2026-12-10",
    ),
    expectancy(
        "... and judged before",
        unknown("newer-than-statement"),
        patient(deceasedDateTime="2026-11"),
        attested("life-expectancy-12-weeks"),
        received_on="2026-12-10",
    ),
]
MANY = [
    platelets(
        "nine counts of one month, all of them enough",
        met(),
        *[lab("platelets", str(200 + n), on="2026-11") for n in range(9)],
        **EARLY,
    ),
    platelets(
        "nine counts of one month, one of them too low",
        unknown("partial-date", "conflicting"),
        *[lab("platelets", str(100 - n // 8), on="2026-11") for n in range(9)],
        **EARLY,
    ),
    nonbulky(
        "nine large lesions of one month",
        not_met(),
        *[lesion("60", on="2026-11") for _ in range(9)],
        **EARLY,
    ),
]

SEX_AND_RECORDS = [
    proof(
        "a man with a test after the day",
        not_applicable(),
        MAN,
        qualitative("urine hcg", "negative", on="2026-11-26"),
    ),
    proof(
        "a man with a withdrawn test",
        not_applicable(),
        MAN,
        qualitative("urine hcg", "positive", status="entered-in-error"),
    ),
    proof(
        "a man to be pregnant after the day",
        not_applicable(),
        MAN,
        condition("Z33.1", onset="2026-12-01"),
    ),
    proof("a hysterectomy of no known day", not_applicable(), procedure("236886002")),
    expecting(
        "a measured hCG above its limit", not_met(), lab("hcg", "2500", high="5", on="2026-11-20")
    ),
    expecting(
        "a measured hCG below its limit",
        unknown("needs-statement"),
        lab("hcg", "2", high="5", on="2026-11-20"),
    ),
    expecting(
        "a measured hCG without a limit",
        unknown("needs-statement"),
        lab("hcg", "2500", on="2026-11-20"),
    ),
    expecting(
        "a test that cannot be read", unknown("needs-statement"), qualitative("urine hcg", "trace")
    ),
    expecting(
        "status not pregnant, test positive",
        not_met(),
        pregnancy_status("60001007"),
        qualitative("urine hcg", "positive"),
    ),
    brain(
        "a verification that is no FHIR word",
        unknown("provisional"),
        condition("C79.31", verification="sure"),
    ),
    brain(
        "a lesion measured in the brain after the day",
        ABSENT,
        lesion("9", site="12738006", on="2026-11-26"),
    ),
    brain(
        "a lesion measured in the brain, nobody says when",
        unknown("needs-judgement"),
        lesion("9", site="12738006", on=None),
    ),
    virus(
        "a resolved hepatitis B that was only suspected",
        unknown(),
        condition("B18.1", status="resolved", verification="provisional"),
    ),
    virus("HIV to begin after the day", ABSENT, condition("B20", onset="2026-12-01")),
]


@pytest.mark.parametrize(
    "case",
    [*LAST_OF_THREE, *WARNINGS, *LESIONS, *LIMITS, *DEATHS, *MANY, *SEX_AND_RECORDS],
    ids=str,
)
def test_finer_points(case: Case) -> None:
    judge(case)
