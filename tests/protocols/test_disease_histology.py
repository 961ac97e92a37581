"""DISEASE CHARACTERISTICS, bullet 1 and its sub-bullet: which melanoma, and is it incurable."""

from __future__ import annotations

import pytest

from tests.factories import attested, condition, histology, pathology_report, who_icd
from tests.protocols.verdicts import (
    Case,
    about,
    codes,
    each,
    judge,
    met,
    never,
    refused_by_a_person,
    unknown,
)

melanoma = about("histology-cutaneous-melanoma")
incurable = about("recurrent-or-metastatic-incurable")

SKIN = condition("C43.59", onset="2024-10-02")
PATHOLOGY = histology("8720/3", on="2024-10-09")
NO_PRIMARY = codes("372244006 443493003 1296851009")
CUTANEOUS = codes(
    "C43 C43.59 C4359 93655004 1268881002 1259319007 1259378005 1259379002 1259380004 1259424009"
    " 314987003"
)

CASES = [
    melanoma("coded and seen under the microscope", met(), SKIN, PATHOLOGY),
    *(
        melanoma(f"{code} is cutaneous melanoma", met(), condition(code), PATHOLOGY)
        for code in CUTANEOUS
    ),
    melanoma("C43.5 of the WHO", met(), condition(who_icd("C43.5")), PATHOLOGY),
    *(
        melanoma(f"morphology {seen} confirms", met(), SKIN, histology(seen))
        for seen in ("8720/3", "87203", "8721/3", "8743/3", "8745/3", "8771/3", "8772/3", "8790/3")
    ),
    *(
        melanoma(f"morphology {seen} does not confirm", unknown("missing"), SKIN, histology(seen))
        for seen in ("8720/2", "87202", "8742/2", "8720/0", "8070/3", "8800/3", "8710/3")
    ),
    melanoma("no histology", unknown("missing", kind="chart"), SKIN),
    melanoma("no melanoma on record", unknown("missing")),
    melanoma("histology alone", unknown("missing"), PATHOLOGY),
    melanoma("histology without a date counts", met(), SKIN, histology(on=None)),
    melanoma("histology known to the month", met(), SKIN, histology(on="2024-10")),
    melanoma("histology known to this month", met(), SKIN, histology(on="2026-11")),
    melanoma("histology after the day", unknown("missing"), SKIN, histology(on="2026-11-26")),
    melanoma(
        "histology of a month that had not ended on the day",
        unknown("partial-date"),
        SKIN,
        histology(on="2026-11"),
        received_on="2026-12-10",
    ),
    melanoma("preliminary histology", unknown("missing"), SKIN, histology(status="preliminary")),
    melanoma("withdrawn histology", unknown("missing"), SKIN, histology(status="entered-in-error")),
    melanoma("amended histology", met(), SKIN, histology(status="amended")),
    melanoma("corrected histology", met(), SKIN, histology(status="corrected")),
    melanoma("the histology panel is a container", unknown(), SKIN, histology(code="77753-2")),
    melanoma("morphology on the condition", met(), condition("C43.59", morphology="8720/3")),
    melanoma(
        "morphology on the condition of a metastasis does not count",
        unknown("missing"),
        SKIN,
        condition("C78.7", morphology="8720/3"),
    ),
    melanoma(
        "morphology in situ on the condition",
        unknown("missing"),
        condition("C43.59", morphology="8720/2"),
    ),
    melanoma("a pathology report", met(), SKIN, pathology_report()),
    melanoma("a surgical pathology study", met(), SKIN, pathology_report(code="11526-1")),
    melanoma("an amended report", met(), SKIN, pathology_report(status="amended")),
    melanoma("a corrected report", met(), SKIN, pathology_report(status="corrected")),
    melanoma("a preliminary report", unknown(), SKIN, pathology_report(status="preliminary")),
    melanoma("a withdrawn report", unknown(), SKIN, pathology_report(status="entered-in-error")),
    melanoma("a report of another kind", unknown(), SKIN, pathology_report(code="24627-2")),
    melanoma("a report that concludes C43.59", met(), SKIN, pathology_report("C43.59")),
    melanoma("a report that concludes 93655004", met(), SKIN, pathology_report("93655004")),
    melanoma("a report that concludes 314987003", met(), SKIN, pathology_report("314987003")),
    melanoma("a report that concludes 1197324006", unknown(), SKIN, pathology_report("1197324006")),
    melanoma(
        "a report that concludes melanoma in situ", unknown(), SKIN, pathology_report("D03.5")
    ),
    melanoma("a report after the day", unknown(), SKIN, pathology_report(on="2026-12-01")),
    melanoma("a resolved melanoma", met(), condition("C43.59", status="resolved"), PATHOLOGY),
    melanoma("a melanoma of no status", met(), condition("C43.59", status=None), PATHOLOGY),
    melanoma("no verification", met(), condition("C43.59", verification=None), PATHOLOGY),
    *(
        melanoma(
            f"{how} melanoma",
            unknown("provisional"),
            condition("C43.59", verification=how),
            PATHOLOGY,
        )
        for how in ("provisional", "differential", "unconfirmed", "a word of no meaning")
    ),
    *(
        melanoma(
            f"{how} melanoma", unknown("missing"), condition("C43.59", verification=how), PATHOLOGY
        )
        for how in ("refuted", "entered-in-error")
    ),
    melanoma(
        "a melanoma that begins after the day",
        unknown(),
        condition("C43.59", onset="2026-12-01"),
        PATHOLOGY,
    ),
    *(
        melanoma(f"{code} says no site", unknown("site-not-stated"), condition(code), PATHOLOGY)
        for code in NO_PRIMARY
    ),
    melanoma("a skin metastasis shows no primary", unknown(), condition("1197324006"), PATHOLOGY),
    melanoma("melanoma in situ only", unknown(), condition("D03.5"), histology("8720/2")),
    melanoma("in situ and invasive", met(), condition("D03.5"), SKIN, PATHOLOGY),
    *each(
        "histology-cutaneous-melanoma",
        "{} melanoma is another disease",
        never(),
        [
            ("uveal tract", condition("1197334002")),
            ("central nervous system", condition("1197332003")),
            ("mucous membrane", condition("1259676000")),
        ],
    ),
    melanoma("uveal melanoma with histology", never(), condition("1197334002"), PATHOLOGY),
    melanoma(
        "a suspected uveal melanoma",
        unknown("provisional"),
        condition("1197334002", verification="provisional"),
    ),
    melanoma("uveal and cutaneous melanoma", met(), condition("1197334002"), SKIN, PATHOLOGY),
    melanoma(
        "uveal, and one of no site", unknown(), condition("1197334002"), condition("372244006")
    ),
]


def said(answer: str = "met", on: str = "2026-11-20") -> dict[str, str]:
    return attested("histology-cutaneous-melanoma", answer, on=on)


def judged(answer: str = "met", on: str = "2026-11-20") -> dict[str, str]:
    return attested("recurrent-or-metastatic-incurable", answer, on=on)


ANSWERED = [
    melanoma("the coordinator read the report", met("attestation"), SKIN, said()),
    melanoma("read years ago: no expiry", met("attestation"), SKIN, said(on="2021-01-04")),
    melanoma("to be read after the day", unknown("missing"), SKIN, said(on="2026-11-26")),
    melanoma("read and not melanoma", refused_by_a_person(), SKIN, PATHOLOGY, said("not_met")),
    melanoma("evidence stays evidence", met("evidence"), SKIN, PATHOLOGY, said()),
    melanoma("not applicable is no answer here", unknown("missing"), SKIN, said("not_applicable")),
    melanoma(
        "uveal melanoma against an answer", never(conflicts=True), condition("1197334002"), said()
    ),
    melanoma(
        "a doubtful melanoma recorded after the answer",
        unknown("newer-than-statement"),
        condition("372244006", recorded="2026-11-21"),
        PATHOLOGY,
        said(),
    ),
    melanoma(
        "a doubtful melanoma recorded on the day of the answer",
        met("attestation"),
        condition("372244006", recorded="2026-11-20"),
        PATHOLOGY,
        said(),
    ),
    incurable("nobody has judged", unknown("needs-statement", kind="attestation")),
    incurable("liver metastases do not decide", unknown("needs-statement"), condition("C78.7")),
    incurable(
        "nor does a recurrence",
        unknown("needs-statement"),
        condition("C43.59", status="recurrence"),
    ),
    incurable("not curable", met("attestation"), judged()),
    incurable("not curable, said in 2020: no expiry", met("attestation"), judged(on="2020-02-29")),
    incurable("said on the day", met("attestation"), judged(on="2026-11-25")),
    incurable("said the day after", unknown("needs-statement"), judged(on="2026-11-26")),
    incurable("curable by surgery", refused_by_a_person(), judged("not_met")),
    incurable(
        "curable, then not any more", met("attestation"), judged("not_met", "2026-01-05"), judged()
    ),
    incurable("the later of one day counts", refused_by_a_person(), judged(), judged("not_met")),
    incurable("not applicable is no answer", unknown("needs-statement"), judged("not_applicable")),
    incurable(
        "an answer that is not allowed does not undo the one before",
        met("attestation"),
        judged(on="2026-11-19"),
        judged("not_applicable"),
    ),
]


@pytest.mark.parametrize("case", [*CASES, *ANSWERED], ids=str)
def test_histology_and_curability(case: Case) -> None:
    judge(case)
