"""What may be asked, and how: the day, the zone, policies, answers, bundles, and refusals."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.factories import (
    attested,
    bundle,
    condition,
    document,
    drug,
    lab,
    local,
    patient,
    procedure,
    write,
)
from tests.factories.candidate import ready
from tests.protocols.asking import TRIAL, Answer, ask

NOT_ATTESTABLE = [
    "age-18",
    "ecog-0-2",
    "granulocytes",
    "platelets",
    "bilirubin-normal",
    "creatinine",
    "ast-alt",
    "topical-steroids-allowed",
]


def refused(raw: bytes) -> Any:
    """The refusal of a document; it names at least one issue, with its place and its words."""
    from patients.intake.problems import Refused

    with pytest.raises(Refused) as caught:
        ask(raw)
    assert caught.value.issues
    return caught.value


def counted(on: str, **settings: Any) -> Answer:
    return ask(document(lab("platelets", "231", on=on), **settings))


def test_the_answer_says_what_was_asked() -> None:
    tree = ask(document(*ready())).tree
    assert (tree["trial"], tree["on"]) == (TRIAL, "2026-11-25")
    for name in ("version", "digest", "engine", "dictionary"):
        assert str(tree[name]).strip(), name


def test_a_day_given_by_hand_wins_over_the_file() -> None:
    raw = document(lab("platelets", "231", on="2026-11-11"), on="2026-11-25")
    answer = ask(raw, on=date(2026, 11, 26))
    assert answer.tree["on"] == "2026-11-26"
    assert answer["platelets"]["reason"] == "too-old"


def test_a_bare_bundle_is_asked_for_the_day_given_by_hand() -> None:
    raw = write(bundle(lab("platelets", "231", on="2026-11-11"))).encode()
    answer = ask(raw, on=date(2026, 11, 25))
    assert answer.tree["on"] == "2026-11-25"
    assert answer["platelets"]["verdict"] == "met"


def test_without_a_day_it_is_today() -> None:
    raw = write(bundle(lab("platelets", "231", on="2026-11-11"))).encode()
    assert ask(raw, today="2026-11-26").tree["on"] == "2026-11-26"


def test_today_is_asked_of_the_site_s_own_zone() -> None:
    from eligibility.dryrun import answer_document

    asked: list[str] = []

    def today(zone: object) -> date:
        asked.append(str(zone))
        return date(2026, 11, 25)

    for settings in ({}, {"time_zone": "America/Vancouver"}):
        raw = document(*ready(), on=None, **settings)
        answer_document(raw, trial=TRIAL, on=None, today=today, timeline=False)
    assert asked == ["America/Toronto", "America/Vancouver"]


@pytest.mark.parametrize("kind", ["collection", "batch", "transaction", "searchset"])
def test_bundles_of_every_kind_are_read_alike(kind: str) -> None:
    assert ask(document(*ready(), kind=kind)).status == "eligible"


@pytest.mark.parametrize(
    ("name", "criterion", "days"),
    [
        ("hematology", "platelets", 14),
        ("chemistry", "bilirubin-normal", 14),
        ("pregnancy", "pregnancy-test-negative", 7),
        ("imaging", "measurable-disease", 28),
        ("ecog", "ecog-0-2", 28),
    ],
)
def test_a_site_may_tighten_a_window_never_loosen_it(name: str, criterion: str, days: int) -> None:
    assert ask(document(*ready(), policy={name: days}))[criterion]["verdict"] == "met"
    assert ask(document(*ready(), policy={name: 1}))[criterion]["reason"] == "too-old"
    refused(document(*ready(), policy={name: days + 1}))


def test_the_policy_used_is_shown() -> None:
    assert "10" in str(ask(document(*ready(), policy={"hematology": 10}))["platelets"]["policy"])


def test_two_patients_are_refused() -> None:
    refused(document(patient(), patient(named="p2")))


def test_no_patient_is_refused() -> None:
    refused(document(lab("platelets", "231"), anyone=False))


def test_a_resource_of_somebody_else_is_refused() -> None:
    refused(document(lab("platelets", "231") | {"subject": {"reference": "Patient/p2"}}))


def test_an_answer_to_a_criterion_that_does_not_exist_is_refused() -> None:
    refused(document(*ready(), attested("no-brain-metastasis")))


def test_an_answer_that_is_no_answer_is_refused() -> None:
    refused(document(*ready(), attested("no-brain-metastases", "probably")))


@pytest.mark.parametrize("day", ["2026-W47-5", "20261120", "2026-11-31", "yesterday", "2026-11"])
def test_an_answer_of_no_day_is_refused(day: str) -> None:
    refused(document(*ready(), attested("no-brain-metastases", on=day)))


@pytest.mark.parametrize("day", ["2026-W47-5", "2026-02-29", "tomorrow", "2026-11"])
def test_a_question_of_no_day_is_refused(day: str) -> None:
    refused(document(*ready(), on=day))


def test_a_zone_that_does_not_exist_is_refused() -> None:
    refused(document(*ready(), time_zone="America/Gotham"))


@pytest.mark.parametrize(
    "raw", [b"", b"not json", b"[]", b'{"bundle": NaN}', b'{"on": "2026-11-25"}']
)
def test_what_is_no_question_is_refused(raw: bytes) -> None:
    refused(raw)


@pytest.mark.parametrize("criterion", NOT_ATTESTABLE)
def test_data_are_never_replaced_by_an_answer(criterion: str) -> None:
    """Refused or without effect: the missing result has to be entered with its source."""
    from patients.intake.problems import Refused

    nobody = patient(born=None)
    silent = ask(document(nobody))[criterion]
    for answer in ("met", "not_met", "not_applicable"):
        try:
            said = ask(document(nobody, attested(criterion, answer)))[criterion]
        except Refused:
            continue
        assert (said["verdict"], said["basis"]) == (silent["verdict"], silent["basis"])


def test_what_is_set_aside_is_listed_and_decides_nothing() -> None:
    surgery = procedure("27842006", on="2026-11-10", id="lnd")
    answer = ask(document(*ready(surgery), set_aside=["Procedure/lnd"]))
    assert answer.status == "eligible"
    assert "lnd" in str(answer.tree["set_aside"])


def test_records_of_a_status_that_never_counts_are_listed() -> None:
    answer = ask(document(*ready(condition("C79.31", verification="refuted", id="no-brain"))))
    assert answer.status == "eligible"
    assert "no-brain" in str(answer.tree["set_aside"])


@pytest.mark.parametrize(
    ("sentence", "record", "code"),
    [
        ("a local diagnosis", condition(local("DX-9")), "DX-9"),
        ("a tumour of uncertain behaviour", condition("D47.2"), "D47.2"),
        ("a SNOMED diagnosis outside the tables", condition("73211009"), "73211009"),
        ("CPT 96413", procedure("96413", on="2026-11-01"), "96413"),
        (
            "a SNOMED procedure outside the tables",
            procedure("71388002", on="2026-11-01"),
            "71388002",
        ),
        ("the rest of ATC L03", drug("L03AA02", start="2026-01-01"), "L03AA02"),
        ("an RxNorm code outside the tables", drug("161", start="2026-01-01"), "161"),
        ("an RxNorm code that nobody verified", drug("5880", start="2026-01-01"), "5880"),
        ("a local drug", drug(local("RX-9"), start="2026-01-01"), "RX-9"),
    ],
)
def test_unrecognised_codes_are_listed_and_decide_nothing(
    sentence: str, record: dict[str, Any], code: str
) -> None:
    answer = ask(document(*ready(record)))
    assert answer.status == "eligible", sentence
    assert code in [one["code"] for one in answer.tree["unrecognised"]]


def test_a_diagnosis_in_words_is_listed() -> None:
    spoken = condition() | {"code": {"text": "bleeding disorder, see letter"}}
    answer = ask(document(*ready(spoken)))
    assert "bleeding disorder, see letter" in [one["text"] for one in answer.tree["unrecognised"]]


def test_a_recognised_coding_beside_a_local_one_counts() -> None:
    answer = ask(document(*ready(condition(local("DX-9"), "C79.31"))))
    assert answer["no-brain-metastases"]["verdict"] == "not_met"


def test_the_zone_of_the_site_cuts_the_day() -> None:
    evening = "2026-11-11T04:30:00Z"
    assert counted(evening)["platelets"]["reason"] == "too-old"
    assert counted(evening, time_zone="UTC")["platelets"]["verdict"] == "met"


def test_the_day_of_receipt_cuts_what_has_happened() -> None:
    this_month = procedure("27842006", on="2026-11")
    early = ask(document(this_month, received_on="2026-11-10"))["major-surgery-washout"]
    late = ask(document(this_month, received_on="2026-11-25"))["major-surgery-washout"]
    assert (early["clears_on"], late["clears_on"]) == ("2026-12-08", "2026-12-23")


def test_the_same_question_has_the_same_answer() -> None:
    raw = document(*ready(procedure("27842006", on="2026-11-10")))
    assert ask(raw, timeline=True).tree == ask(raw, timeline=True).tree


def test_the_order_of_the_records_does_not_matter() -> None:
    record = ready(procedure("27842006", on="2026-11-10", id="op"))
    named = [
        one if "id" in one or "resourceType" not in one else one | {"id": f"r{n}"}
        for n, one in enumerate(record)
    ]
    forwards, backwards = (ask(document(*one)).tree for one in (named, named[::-1]))
    assert [(c["id"], c["verdict"], c["basis"], c["reason"]) for c in forwards["criteria"]] == [
        (c["id"], c["verdict"], c["basis"], c["reason"]) for c in backwards["criteria"]
    ]
