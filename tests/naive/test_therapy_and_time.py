"""The naive reading of earlier therapy, and of the days to come."""

from __future__ import annotations

import pytest

from tests.differential import generator
from tests.naive import codes
from tests.naive.answer import evaluate
from tests.naive.sample import Sample, back, concept, snomed

ABSENT = ("met", "absence")
NONE = ("not_applicable", "absence")
DECIDED = ("met", "evidence")
FAILS = ("not_met", "evidence")


def atc(code: str) -> dict:
    return concept(codes.ATC, code)


PEMBROLIZUMAB, DACARBAZINE, DABRAFENIB = atc("L01FF02"), atc("L01AX04"), atc("L01EC02")


def test_adjuvant_immunotherapy_washes_out_in_three_months() -> None:
    name = "adjuvant-immunotherapy-washout"

    def after(end: str, setting: str | None = "adjuvant") -> Sample:
        return Sample().drug(PEMBROLIZUMAB, setting, start="2025-03-01", end=end)

    assert Sample().of(name) == NONE
    assert after("2026-08-25").of(name) == DECIDED
    assert after("2026-08-26").clears(name) == ("not_met", "time", "2026-11-26")
    assert after("2025-11-30").of(name, "2026-02-28") == DECIDED
    assert after("2026-08-26", None).of(name) == ("unknown", "intent-not-stated")
    assert after("2026-08").of(name) == ("unknown", "partial-date")
    assert after("2026-10").clears(name) == ("not_met", "time", "2027-01-31")
    assert after("2026-11").clears(name) == ("not_met", "time", "2027-02-25")
    assert after("2026-08-26", "palliative").of(name) == NONE
    ongoing = Sample().drug(PEMBROLIZUMAB, "adjuvant", status="active", start="2026-01-01")
    assert ongoing.clears(name) == ("not_met", "new_data", None)


def test_settings() -> None:
    systemic, immune, outside = (
        "no-prior-systemic-metastatic",
        "no-immunotherapy-metastatic",
        "no-immunotherapy-outside-adjuvant",
    )
    neoadjuvant = Sample().drug(PEMBROLIZUMAB, "neoadjuvant", start="2025-03-01", end="2025-06-01")
    assert neoadjuvant.of(systemic) == DECIDED
    assert neoadjuvant.of(immune) == DECIDED
    assert neoadjuvant.clears(outside) == ("not_met", "none", None)
    curative = Sample().drug(PEMBROLIZUMAB, "not stated", start="2025-03-01", end="2025-06-01")
    assert curative.of(outside) == ("unknown", "intent-not-stated")
    targeted = Sample().drug(DABRAFENIB, "palliative", start="2025-03-01", end="2025-06-01")
    assert targeted.clears(systemic) == ("not_met", "none", None)
    assert targeted.of(immune) == ABSENT
    held = Sample().drug(PEMBROLIZUMAB, "palliative", status="on-hold", start="2025-03-01")
    assert held.of(immune) == ("unknown", "provisional")
    adjuvant = Sample().drug(PEMBROLIZUMAB, "adjuvant", status="on-hold", start="2025-03-01")
    assert adjuvant.of(immune) == ABSENT
    assert Sample().condition("Z92.26").of(immune) == ("unknown", "intent-not-stated")


def test_investigational_washout_is_more_than_four_weeks() -> None:
    name = "investigational-anticancer-washout"

    def ended(end: str) -> Sample:
        return Sample().drug(DABRAFENIB, "adjuvant", start="2025-01-01", end=end)

    assert ended(back(29)).of(name) == DECIDED
    assert ended(back(28)).clears(name) == ("not_met", "time", "2026-11-26")
    on_study = Sample().study("on-study-intervention", start="2026-01-01")
    assert on_study.clears(name) == ("not_met", "new_data", None)
    assert Sample().study("on-study-intervention", "NCT00514085").of(name) == ABSENT
    assert Sample().study("off-study", end=back(28)).of(name) == ("unknown", "needs-judgement")
    assert Sample().study("off-study", end=back(29)).of(name) == DECIDED
    assert Sample().study("candidate").of(name) == ABSENT


def test_chemotherapy_counts_for_ever() -> None:
    name = "no-prior-chemotherapy"
    drug = Sample().drug(DACARBAZINE, "adjuvant", start="2005-02-03", end="2005-02-03")
    assert drug.clears(name) == ("not_met", "none", None)
    assert Sample().condition("Z92.21").of(name) == FAILS
    assert Sample().procedure("77738002", on="2019-01-01").of(name) == FAILS
    assert Sample().condition("Z51.11", onset="2020-01-01").of(name) == ("unknown", "provisional")
    assert Sample().drug(DACARBAZINE, status="not-taken").of(name) == ABSENT
    order = {"medicationCodeableConcept": DACARBAZINE, "authoredOn": "2019-01-01"}
    planned = Sample().add("MedicationRequest", status="active", intent="plan", **order)
    assert planned.of(name) == ABSENT


def test_major_surgery() -> None:
    name = "major-surgery-washout"
    assert Sample().procedure("80146002", on=back(28)).of(name) == DECIDED
    assert Sample().procedure("80146002", on=back(27)).clears(name) == (
        "not_met",
        "time",
        "2026-11-26",
    )
    assert Sample().procedure("65801008", on=back(27)).of(name) == ("unknown", "extent-not-stated")
    assert Sample().procedure("65801008", on=back(28)).of(name) == NONE
    assert Sample().procedure("86273004", on=back(1)).of(name) == NONE
    assert Sample().procedure("80146002", on=back(-5)).of(name) == NONE
    going = Sample().procedure("80146002", status="in-progress", on=back(1))
    assert going.clears(name) == ("not_met", "new_data", None)


def test_radiotherapy() -> None:
    name = "radiotherapy-washout"

    def ended(end: str) -> Sample:
        return Sample().procedure("33195004", performedPeriod={"start": "2026-09-01", "end": end})

    assert Sample().of(name) == NONE
    assert ended("2026-09-30").of(name) == ("unknown", "needs-statement")
    recovered = ended("2026-09-30").said(name, "met", "2026-10-15")
    assert recovered.of(name) == ("met", "attestation")
    early = ended("2026-09-30").said(name, "met", "2026-09-29")
    assert early.of(name)[0] == "unknown"
    assert ended(back(27)).said(name, "met", back(1)).clears(name) == (
        "not_met",
        "time",
        "2026-11-26",
    )
    exempt = ended(back(27)).said(name, "met", back(27), "low-dose-exception")
    assert exempt.of(name) == ("met", "attestation")
    before = ended(back(27)).said(name, "met", back(28), "low-dose-exception")
    assert before.of(name) == FAILS
    yesterday = ended(back(0)).said(name, "met", back(1), "low-dose-exception")
    assert yesterday.of(name) == FAILS
    some_days = ended("2026-11").said(name, "met", "2026-11-10", "low-dose-exception")
    assert some_days.of(name) == ("unknown", "partial-date")
    assert Sample().said(name, "met", back(1)).of(name) == ("not_applicable", "attestation")


@pytest.mark.parametrize(
    ("drug", "route", "expected"),
    [
        ("H02AB07", None, FAILS),
        ("H02AB07", "6064005", ABSENT),
        ("D07AC01", None, ABSENT),
        ("D07AC01", "26643006", FAILS),
        ("A07EA06", None, ("unknown", "route-not-stated")),
        ("H02AB02", "37161004", ("unknown", "route-not-stated")),
    ],
)
def test_corticosteroids(drug: str, route: str | None, expected: tuple) -> None:
    more = {"route": route} if route else {}
    sample = Sample().drug(atc(drug), status="active", start=back(60), **more)
    assert sample.of("no-systemic-corticosteroids") == expected
    topical = sample.of("topical-steroids-allowed")
    assert topical == (DECIDED if expected == ABSENT else NONE)


def test_the_last_day_of_a_corticosteroid_is_concurrent() -> None:
    name = "no-systemic-corticosteroids"
    last = Sample().drug(atc("H02AB07"), start=back(9), end=back(0))
    assert last.clears(name) == ("not_met", "time", "2026-11-26")
    assert Sample().drug(atc("H02AB07"), start=back(9), end=back(1)).of(name) == ABSENT
    assert Sample().drug(atc("H02AB07"), start=back(9)).of(name) == ABSENT
    assert Sample().condition("Z79.52").of(name) == ("unknown", "provisional")


# the answer as a whole


def base_document() -> dict:
    draft = generator.Draft(1)
    generator.base(draft)
    return draft.document


def test_the_base_patient_is_eligible() -> None:
    for seed in range(20):
        draft = generator.Draft(seed)
        generator.base(draft)
        assert evaluate(draft.document, on=draft.on, days=0)["status"] == "eligible"


def test_windows_and_what_to_repeat() -> None:
    document = base_document()
    draft_on = generator.Draft(1).on
    answer = evaluate(document, on=draft_on, days=40)
    assert answer["windows"][0]["from"] == draft_on.isoformat()
    possible = answer["possible_windows"][0]
    assert possible["from"] == answer["windows"][0]["from"]
    assert possible["to"] > answer["windows"][0]["to"]
    assert {"platelets", "life-expectancy-12-weeks"} <= set(possible["repeat"])


def test_not_yet_has_an_earliest_date() -> None:
    sample = Sample(birthDate="2008-11-30").procedure("80146002", on=back(20))
    answer = sample.answer()
    assert answer["status"] == "not_yet"
    assert answer["earliest_date"] == "2026-12-03"
    sample.condition("C79.31")
    assert sample.answer()["status"] == "ineligible"
    assert Sample(birthDate="1984-05-17", gender="male").answer()["status"] == "undetermined"


def test_unlisted_codes_change_nothing() -> None:
    plain = Sample(birthDate="1984-05-17").answer()
    more = Sample(birthDate="1984-05-17").condition("I10").condition(snomed("38341003"))
    more.drug(concept(codes.RXNORM, "5880"), status="active")
    assert more.answer() == plain
