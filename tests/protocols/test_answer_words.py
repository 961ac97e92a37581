"""What the answer says in words: the arithmetic, the source, the conflict and the next step."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import (
    attested,
    condition,
    document,
    drug,
    ecog,
    lab,
    lesion,
    order,
    patient,
    procedure,
    qualitative,
    site_range,
)
from tests.factories.candidate import ready
from tests.protocols.asking import ask

CREATININE = lab("creatinine", "132", high="106", id="crea", performer="Lab X")


def finding(criterion: str, *record: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return ask(document(*record, **settings))[criterion]


ARITHMETIC = [
    ("creatinine", CREATININE, ["132", "106", "1.5"]),
    ("platelets", lab("platelets", "231"), ["231", "100"]),
    ("granulocytes", lab("neutrophils", "3.9"), ["3.9", "1.5"]),
    ("bilirubin-normal", lab("bilirubin", "9", high="20"), ["9", "20"]),
    ("ecog-0-2", ecog("3"), ["3", "2"]),
    ("measurable-disease", lesion("24"), ["24"]),
    ("nonbulky-disease", lesion("60"), ["60", "50"]),
    ("major-surgery-washout", procedure("27842006", on="2026-11-10"), ["2026-11-10"]),
    (
        "adjuvant-immunotherapy-washout",
        drug("L01FF02", start="2025-01-01", end="2026-11-10", intent="adjuvant"),
        ["2026-11-10"],
    ),
]


@pytest.mark.parametrize(
    ("criterion", "record", "numbers"), ARITHMETIC, ids=lambda v: v if isinstance(v, str) else ""
)
def test_the_sentence_shows_the_arithmetic(
    criterion: str, record: dict[str, Any], numbers: list[str]
) -> None:
    found = finding(criterion, record)
    said = found["text"] + " ".join(str(one["compared"]) for one in found["evidence"])
    assert all(number in said for number in numbers), said


def test_evidence_names_its_source_day_value_and_unit() -> None:
    (used,) = finding("creatinine", CREATININE)["evidence"]
    assert (used["value"], used["unit"], used["date"]) == ("132", "umol/L", "2026-11-18")
    assert "crea" in str(used["id"])
    assert used["source"].strip()
    assert used["chosen_because"].strip()


def test_a_value_is_shown_as_it_was_sent() -> None:
    (used,) = finding("platelets", lab("platelets", "231.0"))["evidence"]
    assert used["value"] == "231.0"


def test_the_limit_of_the_site_is_used_exactly() -> None:
    record = lab("creatinine", "1.35", "mg/dL")
    ranges = [site_range("creatinine", "0.9", "mg/dL")]
    assert finding("creatinine", record, reference_ranges=ranges)["verdict"] == "met"


def test_a_conflict_is_shown_when_a_person_overrules_the_data() -> None:
    found = finding("measurable-disease", lesion("24"), attested("measurable-disease", "not_met"))
    assert (found["verdict"], found["basis"]) == ("not_met", "attestation")
    assert found["conflicts"]


def test_no_conflict_is_shown_where_all_agree() -> None:
    found = finding("no-brain-metastases", attested("no-brain-metastases"))
    assert found["conflicts"] == []


ASKED = [
    ("age-18", [patient(born=None)], "patient"),
    ("platelets", [], "lab"),
    ("pregnancy-test-negative", [], "lab"),
    ("measurable-disease", [], "imaging"),
    ("life-expectancy-12-weeks", [], "attestation"),
    ("no-uncontrolled-illness", [], "attestation"),
    ("within-2-hour-drive", [], "attestation"),
]


@pytest.mark.parametrize(
    ("criterion", "record", "kind"), ASKED, ids=lambda v: v if isinstance(v, str) else ""
)
def test_what_is_missing_is_asked_of_the_right_place(
    criterion: str, record: list[dict[str, Any]], kind: str
) -> None:
    assert kind in {need["kind"] for need in finding(criterion, *record)["needs"]}


QUOTED = [
    ("no-symptomatic-chf", condition("I50.9"), "I50.9"),
    ("no-cardiac-arrhythmia", condition("I48.91"), "I48.91"),
    ("no-sickle-cell-anemia", condition("D57.3"), "D57.3"),
    ("no-prior-systemic-metastatic", drug("L01AX04", on="2025-02-03"), "L01AX04"),
    ("no-prior-chemotherapy", order("L01AX03", written="2019-02-01", status="unknown"), "L01AX03"),
    ("major-surgery-washout", procedure("65801008", on="2026-11-10"), "2026-11-10"),
    ("no-other-malignancy-5y", condition("C44.91"), "C44.91"),
]


@pytest.mark.parametrize(
    ("criterion", "record", "quoted"), QUOTED, ids=lambda v: v if isinstance(v, str) else ""
)
def test_the_record_that_raises_the_question_is_quoted(
    criterion: str, record: dict[str, Any], quoted: str
) -> None:
    found = finding(criterion, record)
    assert found["verdict"] == "unknown"
    said = found["text"] + " ".join(need["what"] for need in found["needs"])
    assert quoted in said + str(found["evidence"]), said


def test_the_missing_enzyme_is_named() -> None:
    needs = finding("ast-alt", lab("ast", "24", high="35"))["needs"]
    assert "ALT" in " ".join(need["what"] for need in needs)
    assert "AST" not in " ".join(need["what"] for need in needs)


def test_a_preliminary_positive_pregnancy_test_warns_in_both_criteria() -> None:
    answer = ask(document(qualitative("urine hcg", "positive", status="preliminary")))
    assert answer["pregnancy-test-negative"]["warnings"]
    assert answer["not-pregnant-or-nursing"]["warnings"]


POLICY = [
    ("platelets", lab("platelets", "231"), "14"),
    ("bilirubin-normal", lab("bilirubin", "9", high="20"), "14"),
    ("pregnancy-test-negative", qualitative("urine hcg", "negative"), "7"),
    ("ecog-0-2", ecog("1"), "28"),
    ("measurable-disease", lesion("24"), "28"),
    ("life-expectancy-12-weeks", attested("life-expectancy-12-weeks"), "28"),
    ("not-pregnant-or-nursing", attested("not-pregnant-or-nursing"), "7"),
]


@pytest.mark.parametrize(
    ("criterion", "record", "days"), POLICY, ids=lambda v: v if isinstance(v, str) else ""
)
def test_the_policy_that_was_used_is_shown(
    criterion: str, record: dict[str, Any], days: str
) -> None:
    assert days in str(finding(criterion, record)["policy"])


def every_word(tree: dict[str, Any]) -> list[str]:
    """Every sentence of an answer that somebody reads."""
    words: list[str] = []
    for one in tree["criteria"]:
        words += [one["text"], *(need["what"] for need in one["needs"])]
        words += [str(said) for said in (*one["warnings"], *one["conflicts"])]
        for used in one["evidence"]:
            words += [str(used[name]) for name in ("compared", "chosen_because") if used[name]]
    return words


@pytest.mark.parametrize("record", [ready(), [], ready(platelets=lab("platelets", "80"))], ids=len)
def test_no_sentence_shows_its_template(record: list[dict[str, Any]]) -> None:
    for words in every_word(ask(document(*record)).tree):
        assert "{}" not in words
        assert words == words.strip()
        assert "  " not in words
