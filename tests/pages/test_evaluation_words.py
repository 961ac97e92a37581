"""What the evaluation page says, without its HTML."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from eligibility.presenters.evaluation import Evaluation, present
from tests.pages.conftest import criterion

TODAY = date(2026, 11, 22)


def shown(answer: dict[str, Any]) -> Evaluation:
    return present(answer, today=TODAY)


def headline(answer: dict[str, Any]) -> str:
    said = shown(answer).headline
    return f"{said.word} – {said.rest}"


def test_not_yet_names_the_window(answer: dict[str, Any]) -> None:
    answer["windows"] = [{"from": "2026-12-03", "to": "2026-12-17"}]
    assert headline(answer) == "Not yet – can be registered 3–17 Dec 2026"


def test_not_yet_without_a_window_names_the_day_and_what_to_repeat(answer: dict[str, Any]) -> None:
    assert headline(answer).startswith("Not yet – possible from 5 Dec 2026, with ")
    answer["possible_windows"] = []
    assert headline(answer).startswith("Not yet – nothing fails from 5 Dec 2026, with ")
    answer["earliest_date"] = None
    assert headline(answer) == ("Not yet – no day found within the horizon on which nothing fails")


def test_eligible_names_the_days_that_are_left(answer: dict[str, Any]) -> None:
    answer |= {"status": "eligible", "windows": [{"from": "2026-11-25", "to": "2026-12-04"}]}
    assert headline(answer) == "Eligible – can be registered 25 Nov–4 Dec 2026"


def test_undetermined_counts_the_answers_that_are_missing(answer: dict[str, Any]) -> None:
    answer["status"] = "undetermined"
    assert headline(answer) == "Undetermined – nothing fails, 12 answers are missing"


def test_ineligible_says_whether_anything_can_change_it(answer: dict[str, Any]) -> None:
    answer["status"] = "ineligible"
    assert headline(answer) == ("Ineligible – fails 3 criteria, which time and new data may change")
    criterion(answer, "platelets")["remedy"] = "none"
    assert headline(answer) == ("Ineligible – fails a criterion that nothing can change: Platelets")


def test_the_filters_count_every_criterion_once(answer: dict[str, Any]) -> None:
    counts = {one.key: one.count for one in shown(answer).filters}
    assert counts.pop("all") == 40 == sum(counts.values())
    assert counts["confirm"] == len(answer["to_confirm"])


def test_rows_stand_in_protocol_order_under_the_registrys_headings(answer: dict[str, Any]) -> None:
    groups = shown(answer).groups
    assert [str(group.title) for group in groups] == [
        "Age",
        "Disease characteristics",
        "Patient characteristics",
        "Prior and concurrent therapy",
    ]
    ids = [row.id for group in groups for row in group.rows]
    assert ids == [one["id"] for one in answer["criteria"]]


def test_what_is_missing_comes_by_effort(answer: dict[str, Any]) -> None:
    steps = shown(answer).steps
    assert [str(step.effort.label) for step in steps] == [
        "Ask the patient",
        "Look in the chart",
        "State, as investigator",
        "Order a laboratory test",
        "Order imaging",
    ]


def test_one_request_of_two_criteria_is_asked_once(answer: dict[str, Any]) -> None:
    same = {"what": "Enter the longest diameter.", "kind": "imaging"}
    for name in ("measurable-disease", "nonbulky-disease"):
        criterion(answer, name)["needs"] = [same]
    imaging = shown(answer).steps[-1]
    assert [gap.criteria for gap in imaging.gaps] == [
        (
            ("measurable-disease", "Measurable disease"),
            ("nonbulky-disease", "No lesion above 50 mm"),
        )
    ]


def test_nothing_is_asked_for_once_nothing_can_help(answer: dict[str, Any]) -> None:
    criterion(answer, "platelets")["remedy"] = "none"
    said = shown(answer)
    assert (said.steps, said.repeatable, said.blocked_by) == ((), (), ("Platelets",))


def test_a_failure_that_may_be_repeated_is_named(answer: dict[str, Any]) -> None:
    assert [row.id for row in shown(answer).repeatable] == ["platelets"]


def test_an_evidence_line_has_its_source_and_date(answer: dict[str, Any]) -> None:
    row = next(row for group in shown(answer).groups for row in group.rows if row.id == "platelets")
    assert row.text == "Platelets 96 ×10⁹/L, 20 Nov 2026 (limit 100)."
    assert row.source == "Laboratory result, 20 Nov 2026"
    used, other = row.results
    assert (used.used, used.value, used.compared) == (
        True,
        "96 ×10⁹/L",
        "96 ×10⁹/L < 100 ×10⁹/L",
    )
    assert (other.used, other.why) == (False, "an older result")


def test_zero_is_a_value(answer: dict[str, Any]) -> None:
    row = next(row for group in shown(answer).groups for row in group.rows if row.id == "ecog-0-2")
    assert row.results[0].value == "0"


def test_a_window_says_what_ends_it_and_what_to_repeat(answer: dict[str, Any]) -> None:
    answer["windows"] = [{"from": "2026-11-25", "to": "2026-12-04"}]
    said = shown(answer)
    assert (said.windows[0].dates, said.windows[0].lasts) == ("25 Nov–4 Dec 2026", "10 days")
    (ending,) = said.windows[0].ends_because
    assert ending == (
        "from 5 Dec 2026 no longer shown: Granulocytes, Platelets, Bilirubin normal, Creatinine"
    )
    now, later = said.possible[0].repeats
    assert (now.not_before, later.not_before) == ("", "28 Nov 2026")
    assert now.criteria == (("platelets", "Platelets"),)


def test_nothing_that_was_sent_is_dropped(answer: dict[str, Any]) -> None:
    said = shown(answer)
    piles = {pile.id: pile for pile in said.piles}
    assert list(piles) == ["unread", "unrecognised", "set_aside", "not_used", "ignored"]
    assert not piles["not_used"].open
    assert piles["unread"].records[0].where == "Observation/bad"
    assert "effectiveDateTime is not a date" in piles["unread"].records[0].note
    assert piles["unrecognised"].records[0].code == "urn:local:oncology|MEL-17"
    assert said.account == (
        "31 records received: 26 used, 1 not used by any criterion, 2 unrecognised, "
        "1 set aside, 1 unreadable."
    )


@pytest.mark.parametrize("key", ["policy", "account", "unread", "not_used", "recheck_on"])
def test_an_answer_without_its_extras_is_still_shown(answer: dict[str, Any], key: str) -> None:
    answer.pop(key, None)
    for one in answer["criteria"]:
        one.pop("timeline")
        one.pop("others")
    assert shown(answer).chart is None


def test_what_will_have_lapsed_by_the_earliest_day_is_named(answer: dict[str, Any]) -> None:
    said = shown(answer)
    assert said.earliest == "5 Dec 2026"
    assert [(one.not_before, one.criteria) for one in said.lapsing] == [
        ("", (("platelets", "Platelets"),)),
        ("28 Nov 2026", (("pregnancy-test-negative", "Pregnancy test negative"),)),
    ]


def test_a_statement_is_not_its_own_source_line(answer: dict[str, Any]) -> None:
    rows = {row.id: row for group in shown(answer).groups for row in group.rows}
    assert rows["no-unstable-angina"].source == ""
    assert rows["no-unstable-angina"].results[0].value == "Absent"


def stated(answer: dict[str, Any], name: str, **also: Any) -> Any:
    """How a statement on a criterion is shown among its records."""
    said = {"type": "attestation", "id": "", "label": "", "code": "", "unit": None}
    said |= {"date": "2026-11-20", "compared": None, "chosen_because": None, **also}
    criterion(answer, name)["evidence"] = [said]
    rows = {row.id: row for group in shown(answer).groups for row in group.rows}
    (result,) = (one for one in rows[name].results if one.used)
    return result


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("life-expectancy-12-weeks", "met", "Met"),
        ("life-expectancy-12-weeks", "not_met", "Not met"),
        ("no-active-infection", "met", "Absent"),
        ("no-active-infection", "not_met", "Present"),
        ("adjuvant-immunotherapy-washout", "not_applicable", "Not applicable"),
    ],
)
def test_a_statement_is_shown_in_words(
    answer: dict[str, Any], name: str, value: str, words: str
) -> None:
    one = stated(answer, name, value=value, by="Dr A", source="clinic note, chart 12, 2026-11-19")
    assert (one.what, one.value, one.when) == ("Stated by Dr A", words, "20 Nov 2026")
    assert one.source == "clinic note, chart 12, 19 Nov 2026"


def test_a_statement_without_a_document_still_says_who_made_it(answer: dict[str, Any]) -> None:
    one = stated(answer, "no-active-infection", value="met", source="stated by Dr A")
    assert (one.what, one.source) == ("Stated by Dr A", "No source document named")
    one = stated(answer, "no-active-infection", value="met", source="stated")
    assert (one.what, one.source) == ("Stated", "No source document named")
