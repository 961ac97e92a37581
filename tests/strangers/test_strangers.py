"""A stranger's inputs: every example patient of mCODE and of FHIR R4 is read in full and evaluated."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from eligibility.demonstration import to_json
from eligibility.dryrun import answer_document
from patients.intake.fhir import read_bundle
from patients.intake.problems import REFUSALS, Refused
from tests.strangers.packages import PACKAGES, Examples, NotToBeHad, examples

ON = date(2026, 11, 22)
ZONE = ZoneInfo("America/Toronto")
OUTCOMES = {"used", "not-used", "unrecognised", "set-aside", "unread", "superseded", "supporting"}
Say = Callable[[str], None]

# (patients, of whom readable) at least, in the versions named in `packages`.
AT_LEAST = {"hl7.fhir.us.mcode": (7, 7), "hl7.fhir.r4.examples": (22, 22)}


@pytest.fixture(scope="module", params=sorted(PACKAGES))
def strangers(request: pytest.FixtureRequest) -> Examples:
    try:
        return examples(request.param)
    except NotToBeHad as why:
        pytest.skip(f"{why}; the example packages are read where the npm registry is in reach")


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Print past pytest's capture: the counts are part of the result."""

    def print_line(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}\n")

    return print_line


def test_every_patient_is_read_with_a_full_account(strangers: Examples, say: Say) -> None:
    outcomes: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for name, bundle in strangers.patients.items():
        try:
            intake = read_bundle(bundle, received_on=ON, zone=ZONE)
        except Refused as refusal:
            refused[_explained(refusal)] += 1
            continue
        account = intake.account
        assert set(account.by_outcome) <= OUTCOMES, name
        assert account.received == sum(account.by_outcome.values()) == len(bundle["entry"]), name
        outcomes.update(account.by_outcome)
    read = len(strangers.patients) - refused.total()
    say(
        f"{strangers.package}: {len(strangers.patients)} patients, {read} read, "
        f"{outcomes.total()} resources {dict(outcomes)}; refused {dict(refused)}; "
        f"{strangers.homeless} resources of patients not in the package, "
        f"{len(strangers.refused)} files that are no JSON we take {dict(strangers.refused)}"
    )
    patients, readable = AT_LEAST[strangers.package]
    assert len(strangers.patients) >= patients
    assert read >= readable


def test_every_patient_is_evaluated(strangers: Examples, say: Say) -> None:
    statuses: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    for bundle in strangers.patients.values():
        answer = _answer(bundle, statuses)
        if answer is not None:
            assert len(answer["criteria"]) == 40
            statuses[answer["status"]] += 1
            verdicts.update(item["verdict"] for item in answer["criteria"])
            assert all(item["needs"] for item in answer["criteria"] if item["verdict"] == "unknown")
    say(f"{strangers.package}: {dict(statuses)}, verdicts {dict(verdicts)}")
    assert statuses.total() == len(strangers.patients)


def test_every_bundle_of_the_package_is_answered_or_refused(strangers: Examples, say: Say) -> None:
    outcomes: Counter[str] = Counter()
    for bundle in strangers.bundles.values():
        answer = _answer(bundle, outcomes)
        if answer is not None:
            outcomes["answered"] += 1
    say(f"{strangers.package}: {len(strangers.bundles)} bundles as they come: {dict(outcomes)}")
    assert outcomes.total() == len(strangers.bundles)


def _answer(bundle: dict[str, Any], refusals: Counter[str]) -> dict[str, Any] | None:
    """Return the answer about a bundle, or None after counting why it was refused."""
    raw = to_json(bundle).encode()
    try:
        answer = answer_document(
            raw, trial="NCT00514085", on=ON, today=lambda zone: ON, timeline=True
        )
    except Refused as refusal:
        refusals[f"refused: {_explained(refusal)}"] += 1
        return None
    read: dict[str, Any] = json.loads(json.dumps(answer))
    return read


def _explained(refusal: Refused) -> str:
    """Return the code of a refusal, having seen that it says what is wrong and where."""
    assert refusal.issues
    assert all(issue.code in REFUSALS and issue.detail.strip() for issue in refusal.issues)
    return refusal.issues[0].code
