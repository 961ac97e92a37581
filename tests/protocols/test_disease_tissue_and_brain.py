"""DISEASE CHARACTERISTICS, bullets 4 and 5: archival tissue, and no known brain metastases."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import attested, body_structure, condition, lesion, specimen, who_icd
from tests.protocols.verdicts import (
    Case,
    about,
    codes,
    judge,
    met,
    never,
    refused_by_a_person,
    unknown,
)

tissue = about("tumor-tissue-available")
brain = about("no-brain-metastases")

LIVER = "10200004"
BRAIN_SITES = codes(
    "12738006 83678007 372073000 11628009 40146001 83251001 78277001 16630005 31065004 42695009"
    " 113305005 15926001 119238007 61962009 8935007"
)


def released(answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested("tumor-tissue-available", answer, on=on)


def cleared(answer: str = "met", on: str = "2026-11-20") -> dict[str, Any]:
    return attested("no-brain-metastases", answer, on=on)


TISSUE = [
    tissue("a paraffin block that can be had", met(), specimen()),
    *(
        tissue(f"a block that is {status}", unknown(), specimen(status=status))
        for status in ("unavailable", "unsatisfactory", "entered-in-error", None)
    ),
    tissue("tumour, preserved nobody knows how", unknown(), specimen("TUMOR")),
    tissue("a tube of blood", unknown(), specimen("119297000")),
    tissue("no tissue on record", unknown()),
    tissue("one block used up, one left", met(), specimen(status="unavailable"), specimen()),
    tissue("pathology agreed to send slides", met("attestation"), released()),
    tissue("agreed years ago: no expiry", met("attestation"), released(on="2020-01-01")),
    tissue("a block stays evidence", met("evidence"), specimen(), released()),
    tissue("pathology has nothing left", refused_by_a_person(), specimen(), released("not_met")),
    tissue("not applicable is no answer", unknown(), released("not_applicable")),
]

BRAIN = [
    brain("nothing on record", met("absence")),
    brain("liver metastases only", met("absence"), condition("C78.7")),
    *(
        brain(f"{code} is a brain metastasis", never(), condition(code))
        for code in codes("C79.3 C79.31 C79.32 C7931 94225005 188462001")
    ),
    brain("C79.3 of the WHO", never(), condition(who_icd("C79.3"))),
    *(
        brain(f"a secondary cancer at site {site}", never(), condition("128462008", site=site))
        for site in BRAIN_SITES
    ),
    brain("C78.7 located in the brain", never(), condition("C78.7", site="12738006")),
    brain("a secondary cancer in the liver", met("absence"), condition("128462008", site=LIVER)),
    brain(
        "a stroke in the brain is no metastasis",
        met("absence"),
        condition("I63.9", site="12738006"),
    ),
    *(
        brain(f"a {status} one is still known", never(), condition("C79.31", status=status))
        for status in ("resolved", "remission", "inactive", None)
    ),
    brain(
        "one that was removed", never(), condition("C79.31", abated="2020-03-01", status="resolved")
    ),
    brain("one without a date has begun", never(), condition("C79.31")),
    brain("one that begins on the day", never(), condition("C79.31", onset="2026-11-25")),
    brain("one that begins after the day", met("absence"), condition("C79.31", onset="2026-11-26")),
    brain("one of this month", never(), condition("C79.31", onset="2026-11")),
    brain(
        "one of this month, received in the next",
        unknown("partial-date"),
        condition("C79.31", onset="2026-11"),
        received_on="2026-12-10",
    ),
    *(
        brain(f"an {how} one", unknown("provisional"), condition("C79.31", verification=how))
        for how in ("unconfirmed", "provisional", "differential")
    ),
    *(
        brain(f"a {how} one", met("absence"), condition("C79.31", verification=how))
        for how in ("refuted", "entered-in-error")
    ),
    *(
        brain(
            f"{code}: nervous system, not said where", unknown("site-not-stated"), condition(code)
        )
        for code in codes("C79.40 C79.4 C7940")
    ),
    brain("C79.4 of the WHO", unknown("site-not-stated"), condition(who_icd("C79.4"))),
    brain("C79.49 is elsewhere in the nervous system", met("absence"), condition("C79.49")),
    brain(
        "a lesion measured in the brain",
        unknown("needs-judgement"),
        lesion("12", by="mri", site="12738006"),
    ),
    brain(
        "a lesion measured in the brain in 2019",
        unknown("needs-judgement"),
        lesion("12", by="mri", site="113305005", on="2019-04-01"),
    ),
    brain(
        "a measured lesion that lies in the brain",
        unknown("needs-judgement"),
        lesion("12", by="mri", focus="frontal"),
        body_structure("frontal", "83251001"),
    ),
    brain(
        "a measured lesion that lies in the liver",
        met("absence"),
        lesion("12", focus="segment-4"),
        body_structure("segment-4", LIVER),
    ),
    brain(
        "a withdrawn measurement",
        met("absence"),
        lesion("9", site="12738006", status="entered-in-error"),
    ),
    brain(
        "a metastasis and a suspicion",
        never(),
        condition("C79.31"),
        condition("C79.31", verification="provisional"),
    ),
]

ANSWERED = [
    brain("confirmed by a coordinator", met("attestation"), cleared()),
    brain("confirmed 28 days ago", met("attestation"), cleared(on="2026-10-28")),
    brain("confirmed 29 days ago: as if never", met("absence"), cleared(on="2026-10-27")),
    brain("confirmed the day after", met("absence"), cleared(on="2026-11-26")),
    brain("a metastasis against the answer", never(conflicts=True), condition("C79.31"), cleared()),
    brain("the scan shows one, says a person", refused_by_a_person("none"), cleared("not_met")),
    brain(
        "an old not met governs again when the met has expired",
        refused_by_a_person("none"),
        cleared("not_met", "2026-01-10"),
        cleared(on="2026-10-01"),
    ),
    brain(
        "a met after a not met",
        met("attestation"),
        cleared("not_met", "2026-01-10"),
        cleared(on="2026-11-01"),
    ),
    brain(
        "a suspicion before the answer",
        met("attestation"),
        condition("C79.31", verification="provisional", recorded="2026-11-20"),
        cleared(),
    ),
    brain(
        "a suspicion after the answer",
        unknown("newer-than-statement"),
        condition("C79.31", verification="provisional", recorded="2026-11-21"),
        cleared(),
    ),
    brain(
        "a suspicion of the month of the answer may be newer",
        unknown("newer-than-statement"),
        condition("C79.31", verification="provisional", recorded="2026-11"),
        cleared(),
    ),
    brain(
        "a suspicion without any date is settled",
        met("attestation"),
        condition("C79.31", verification="provisional"),
        cleared(),
    ),
    brain(
        "a suspicion, settled by an answer that has expired",
        unknown("attestation-expired"),
        condition("C79.31", verification="provisional", recorded="2026-09-01"),
        cleared(on="2026-10-01"),
    ),
    brain(
        "a measured brain lesion before the answer",
        met("attestation"),
        lesion("12", by="mri", site="12738006", on="2026-11-10"),
        cleared(),
    ),
    brain(
        "a suspicion that a coordinator set aside",
        met("absence"),
        condition("C79.31", verification="provisional", id="doubt"),
        set_aside=["Condition/doubt"],
    ),
    brain(
        "a metastasis that a coordinator set aside",
        met("absence"),
        condition("C79.31", id="wrong"),
        set_aside=["Condition/wrong"],
    ),
]


@pytest.mark.parametrize("case", [*TISSUE, *BRAIN, *ANSWERED], ids=str)
def test_tissue_and_brain(case: Case) -> None:
    judge(case)
