"""The naive reading of dates, age, survival, childbearing and the patient's characteristics."""

from __future__ import annotations

from datetime import date

import pytest

from tests import naive
from tests.naive import dates
from tests.naive.sample import Sample, back, snomed

DECIDED = ("met", "evidence")


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-11-30", 3, "2026-02-28"),
        ("2008-02-29", 18 * 12, "2026-02-28"),
        ("2026-08-31", -6, "2026-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
    ],
)
def test_months_clamp_to_the_end_of_the_month(start: str, months: int, end: str) -> None:
    assert dates.add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


def test_age_is_met_on_the_eighteenth_birthday() -> None:
    assert Sample(birthDate="2008-11-25").of("age-18") == DECIDED
    young = Sample(birthDate="2008-11-26")
    assert young.clears("age-18") == ("not_met", "time", "2026-11-26")


def test_born_on_a_leap_day_is_of_age_on_28_february() -> None:
    leap = Sample(birthDate="2008-02-29")
    assert leap.of("age-18", "2026-02-28") == DECIDED
    assert leap.of("age-18", "2026-02-27") == ("not_met", "evidence")


def test_a_partial_birth_date_counts_when_every_day_agrees() -> None:
    assert Sample(birthDate="2008-11").of("age-18") == ("unknown", "partial-date")
    assert Sample(birthDate="1984").of("age-18") == DECIDED
    assert Sample(birthDate="2009").clears("age-18") == ("not_met", "time", "2027-12-31")
    assert Sample().of("age-18") == ("unknown", "missing")


def test_deceased_decides_against_any_statement() -> None:
    name = "life-expectancy-12-weeks"
    died = Sample(deceasedDateTime="2026-11-20").said(name, "met", "2026-11-24")
    assert died.clears(name) == ("not_met", "none", None)
    later = Sample(deceasedDateTime="2026-11-30").given(received_on="2026-12-01")
    assert later.said(name, "met", "2026-11-24").of(name) == ("met", "attestation")


def test_a_statement_expires_the_day_after_its_validity() -> None:
    name = "life-expectancy-12-weeks"
    assert Sample().said(name, "met", back(28)).of(name) == ("met", "attestation")
    assert Sample().said(name, "met", back(29)).of(name) == ("unknown", "attestation-expired")
    assert Sample().said(name, "met", back(-1)).of(name) == ("unknown", "needs-statement")


def test_an_older_no_governs_again_when_a_yes_has_expired() -> None:
    name = "life-expectancy-12-weeks"
    said = Sample().said(name, "not_met", back(90)).said(name, "met", back(29))
    assert said.clears(name) == ("not_met", "new_data", None)


def test_the_last_of_two_statements_of_a_day_counts() -> None:
    name = "within-2-hour-drive"
    assert Sample().said(name, "not_met", back(1)).said(name, "met", back(1)).of(name) == (
        "met",
        "attestation",
    )


def test_an_answer_that_is_not_allowed_is_ignored() -> None:
    assert Sample().said("ecog-0-2", "met", back(1)).of("ecog-0-2") == ("unknown", "missing")
    name = "pregnancy-test-negative"
    assert Sample(gender="female").said(name, "met", back(1)).of(name) == ("unknown", "missing")


# childbearing


def hcg(sample: Sample, word: str, on: str) -> Sample:
    return sample.word("2106-3", word, on)


def test_a_pregnancy_test_counts_for_seven_days() -> None:
    name = "pregnancy-test-negative"
    assert hcg(Sample(gender="female"), "negative", back(7)).of(name) == DECIDED
    assert hcg(Sample(gender="female"), "neg", back(8)).of(name) == ("unknown", "too-old")
    assert hcg(Sample(gender="female"), "Positive", back(1)).clears(name) == (
        "not_met",
        "new_data",
        None,
    )


def test_a_man_needs_no_pregnancy_test_unless_he_has_one() -> None:
    name = "pregnancy-test-negative"
    assert Sample(gender="male").of(name) == ("not_applicable", "evidence")
    assert hcg(Sample(gender="male"), "negative", back(90)).of(name) == ("unknown", "conflicting")
    assert hcg(Sample(gender="male"), "negative", back(1)).of(name) == DECIDED


def test_sex_at_birth_governs_over_gender() -> None:
    url = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
    woman = Sample(gender="male", extension=[{"url": url, "valueCode": "F"}])
    assert woman.of("pregnancy-test-negative") == ("unknown", "missing")


def test_a_hysterectomy_ends_the_childbearing_potential() -> None:
    woman = Sample(gender="female").procedure("236886002", on="2019-03")
    assert woman.of("pregnancy-test-negative") == ("not_applicable", "evidence")
    assert woman.of("contraception") == ("not_applicable", "evidence")
    stopped = Sample(gender="female").procedure("236886002", on="2019-03-01", status="stopped")
    assert stopped.of("pregnancy-test-negative") == ("unknown", "missing")


def test_the_statement_about_childbearing_reaches_contraception() -> None:
    woman = Sample(gender="female").said("pregnancy-test-negative", "not_applicable", back(2))
    assert woman.of("pregnancy-test-negative") == ("not_applicable", "attestation")
    assert woman.of("contraception") == ("not_applicable", "attestation")
    assert woman.of("not-pregnant-or-nursing") == ("unknown", "needs-statement")


def test_quantitative_hcg_needs_its_own_range_in_its_own_unit() -> None:
    name = "pregnancy-test-negative"

    def with_range(value: str, **more: str) -> tuple:
        return Sample(gender="female").lab("19080-1", value, "IU/L", back(1), **more).of(name)

    assert with_range("5", high="5") == DECIDED
    assert with_range("5.01", high="5") == ("not_met", "evidence")
    assert with_range("5") == ("unknown", "no-reference-range")
    assert with_range("5", high="5", high_unit="mIU/mL") == ("unknown", "unit")


def test_pregnancy_ends_with_its_abatement() -> None:
    name = "not-pregnant-or-nursing"
    woman = Sample(gender="female").condition("Z34.9", abatement="2026-12-01")
    woman.given(received_on="2026-11-25")
    assert woman.clears(name) == ("not_met", "time", "2026-12-01")
    assert Sample(gender="female").condition("Z34.9").clears(name) == ("not_met", "new_data", None)
    postmenopausal = Sample(gender="female").condition("Z78.0")
    assert postmenopausal.of(name) == ("not_applicable", "evidence")


def test_a_tubal_ligation_counts_for_contraception_only() -> None:
    woman = Sample(gender="female").condition("Z98.51", clinical=None)
    assert woman.of("contraception") == ("not_applicable", "evidence")
    assert woman.of("pregnancy-test-negative") == ("unknown", "missing")
    assert Sample(gender="male").condition("Z98.51").of("contraception") == (
        "unknown",
        "needs-statement",
    )


# conditions


def test_an_active_infection_fails_and_no_infection_needs_a_statement() -> None:
    name = "no-active-infection"
    assert Sample().condition("J18.9", onset="2026-11-01").clears(name) == (
        "not_met",
        "new_data",
        None,
    )
    assert Sample().condition("J18.9", clinical="resolved").of(name) == (
        "unknown",
        "needs-statement",
    )
    assert Sample().condition("J18.9", clinical=None).of(name) == ("unknown", "provisional")
    ended = Sample().condition("J18.9", abatement="2026-11-25").said(name, "met", back(0))
    assert ended.of(name) == ("met", "attestation")


def test_a_newer_arrhythmia_reopens_the_statement() -> None:
    name = "no-cardiac-arrhythmia"
    after = Sample().condition("I48.0", onset=back(3)).said(name, "met", back(5))
    assert after.of(name) == ("unknown", "newer-than-statement")
    before = Sample().condition("I48.0", onset=back(5)).said(name, "met", back(5))
    assert before.of(name) == ("met", "attestation")


def test_history_of_haemolysis_counts_for_ever_and_traits_are_judged() -> None:
    assert Sample().condition("D59.11", clinical="resolved", abatement="2019-05-01").clears(
        "no-autoimmune-hemolytic-anemia"
    ) == ("not_met", "none", None)
    assert Sample().condition("D57.3").of("no-sickle-cell-anemia") == (
        "unknown",
        "needs-judgement",
    )
    both = Sample().condition("D57.419")
    assert both.of("no-sickle-cell-anemia") == ("not_met", "evidence")
    assert both.of("no-thalassemia") == ("not_met", "evidence")
    assert both.of("no-hemolytic-disorder") == ("met", "absence")
    assert Sample().condition("D56.1", verification="refuted").of("no-thalassemia") == (
        "met",
        "absence",
    )
    assert Sample().condition("D58.0", verification="differential").of("no-hemolytic-disorder") == (
        "unknown",
        "provisional",
    )


def test_absence_is_confirmed_by_a_statement() -> None:
    name = "no-thalassemia"
    said = Sample().said(name, "met", back(1))
    assert said.of(name) == ("met", "attestation")
    assert name not in said.answer()["to_confirm"]
    assert name in Sample().answer()["to_confirm"]
    assert "topical-steroids-allowed" not in Sample().answer()["to_confirm"]


def test_other_malignancies_are_outside_on_the_day_five_years_after_their_end() -> None:
    name = "no-other-malignancy-5y"
    assert Sample().condition("C50.9", "resolved", abatement="2021-11-25").of(name) == DECIDED
    inside = Sample().condition("C50.9", "resolved", abatement="2021-11-26")
    assert inside.of(name) == ("unknown", "needs-judgement")
    blood = Sample().condition("C91.0", "remission", abatement="2021-11-26")
    assert blood.clears(name) == ("not_met", "time", "2026-11-26")
    assert Sample().condition("C50.9").clears(name) == ("not_met", "new_data", None)
    assert Sample().condition("C44.91").of(name) == ("unknown", "needs-judgement")
    assert Sample().condition("Z85.3", "resolved").of(name) == ("unknown", "needs-judgement")
    assert Sample().condition("Z85.820").of(name) == ("met", "absence")
    assert Sample().condition("C50.9", "resolved").of(name) == ("unknown", "partial-date")
    settled = Sample().condition("C44.91", onset="2024-03-01").said(name, "met", "2024-03-01")
    assert settled.of(name) == ("met", "attestation")


def test_viruses() -> None:
    name = "no-hiv-hbv-hcv"
    assert Sample().word("5196-1", "negative", back(40)).of(name) == ("met", "absence")
    assert Sample().word("5196-1", "positive", back(40)).clears(name) == (
        "not_met",
        "new_data",
        None,
    )
    assert Sample().condition("B20", "resolved").clears(name) == ("not_met", "none", None)
    antibody = Sample().word("13955-0", "positive", "2018-05-01")
    assert antibody.of(name) == ("unknown", "needs-confirmation")
    assert antibody.word("11259-9", "Not detected", "2018-05-01").of(name) == DECIDED
    cleared = Sample().condition("B18.2", "resolved", abatement="2020-02-01")
    assert cleared.of(name) == ("unknown", "needs-judgement")
    assert cleared.lab("11011-4", "0", None, "2020-02-01").of(name) == DECIDED
    assert Sample().lab("11011-4", "15", None, back(9), comparator="<").of(name) == (
        "unknown",
        "unreadable",
    )
    assert Sample().word("56888-1", "reactive", back(9)).of(name) == (
        "unknown",
        "needs-confirmation",
    )
    assert Sample().condition("R75").of(name) == ("unknown", "provisional")


def test_a_record_set_aside_counts_no_more() -> None:
    sample = Sample().condition("D58.0").given(set_aside=["Condition/r0"])
    assert sample.of("no-hemolytic-disorder") == ("met", "absence")


# what refuses the whole


def test_refusals() -> None:
    two = Sample().build()
    two["bundle"]["entry"].append({"resource": {"resourceType": "Patient", "id": "q"}})
    none = Sample().build()
    none["bundle"]["entry"] = []
    stranger = Sample().condition("D58.0", subject={"reference": "Patient/q"}).build()
    unread = Sample().add("Condition", code=snomed("1"), subject=None)
    looser = Sample().given(policy={"chemistry": 15}).build()
    whole = unread.given(type="transaction").build()
    for document in (two, none, stranger, looser, whole):
        with pytest.raises(naive.Refused):
            naive.evaluate(document, on=date(2026, 11, 25))
    assert Sample().add("Condition", code=snomed("1"), subject=None).answer()["status"]
