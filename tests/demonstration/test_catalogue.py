"""The invented patients: enough of them, the same every time, covering what they should."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from eligibility.demonstration import bundle, catalogue, document, to_json
from eligibility.demonstration.expectations import Situation

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 22)
DAYS = (TODAY, date(2028, 2, 29), date(2026, 12, 31), date(2027, 3, 1), date(2027, 1, 28))
KEYS = [invented.key for invented in catalogue()]

# What a criterion can do: F fail, U be unknown, E soon stop to hold, S soon start to hold.
# E is left out where nothing expires, S where time alone never helps. Order of the registry text.
COVERED = {
    "age-18": "US",
    "histology-cutaneous-melanoma": "FU",
    "recurrent-or-metastatic-incurable": "FU",
    "measurable-disease": "FUE",
    "nonbulky-disease": "FUE",
    "tumor-tissue-available": "FU",
    "no-brain-metastases": "FUE",
    "ecog-0-2": "FUE",
    "life-expectancy-12-weeks": "FUE",
    "granulocytes": "FUE",
    "platelets": "FUE",
    "bilirubin-normal": "FUE",
    "creatinine": "FUE",
    "ast-alt": "FUE",
    "pregnancy-test-negative": "FUE",
    "not-pregnant-or-nursing": "FUES",
    "contraception": "FU",
    "no-uncontrolled-illness": "FUE",
    "no-active-infection": "FUES",
    "no-symptomatic-chf": "FUE",
    "no-unstable-angina": "FUES",
    "no-cardiac-arrhythmia": "FUE",
    "no-limiting-psychiatric-social": "FUE",
    "no-hemolytic-disorder": "FUE",
    "no-sickle-cell-anemia": "FUE",
    "no-thalassemia": "FUE",
    "no-autoimmune-hemolytic-anemia": "FUE",
    "no-other-malignancy-5y": "FUS",
    "no-hiv-hbv-hcv": "FUE",
    "within-2-hour-drive": "FU",
    "no-prior-systemic-metastatic": "FUE",
    "adjuvant-immunotherapy-washout": "FUES",
    "no-immunotherapy-metastatic": "FUE",
    "no-immunotherapy-outside-adjuvant": "FUE",
    "major-surgery-washout": "FUES",
    "radiotherapy-washout": "FUS",
    "investigational-anticancer-washout": "FUES",
    "no-prior-chemotherapy": "FUE",
    "no-systemic-corticosteroids": "FUES",
    "topical-steroids-allowed": "",
}
LETTERS = {
    Situation.FAILING: "F",
    Situation.UNKNOWN: "U",
    Situation.EXPIRING: "E",
    Situation.UPCOMING: "S",
}


def test_there_are_enough_and_each_has_a_name_of_its_own() -> None:
    assert len(catalogue()) >= 75
    assert len(set(KEYS)) == len(KEYS)
    assert len({invented.title for invented in catalogue()}) == len(KEYS)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) for key in KEYS)
    assert all(invented.one_line.endswith((".", "?")) for invented in catalogue())


def test_a_few_are_offered_one_of_every_status() -> None:
    offered = [invented for invented in catalogue() if invented.offered]
    assert 5 <= len(offered) <= 8
    assert {invented.expects.status for invented in offered} == {
        "eligible",
        "not_yet",
        "undetermined",
        "ineligible",
    }


def test_every_criterion_is_covered_in_every_kind_of_situation() -> None:
    assert len(COVERED) == 40
    shown: dict[str, set[str]] = defaultdict(set)
    for invented in catalogue():
        for item in invented.expects.shown:
            assert item.criterion in COVERED, f"{invented.key} shows an unknown criterion"
            if item.situation in LETTERS:
                shown[item.criterion].add(LETTERS[item.situation])
            else:
                shown[item.criterion].add("H")
    missing = {key: set(wanted) - shown[key] for key, wanted in COVERED.items()}
    assert {key: letters for key, letters in missing.items() if letters} == {}
    assert "H" in shown["topical-steroids-allowed"]
    confirmed = {key for invented in catalogue() for key in invented.expects.confirm or ()}
    assert len(confirmed) == 16, "every criterion that can rest on absence has to be confirmed"


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_every_day_gives_documents_that_hold_together(on: date) -> None:
    for key in KEYS:
        written = to_json(document(key, on=on))
        read = json.loads(written, parse_float=Decimal)
        assert read["on"] == read["received_on"] == on.isoformat()
        _check_bundle(key, read["bundle"])
        for statement in read["attestations"]:
            assert date.fromisoformat(statement["stated_on"]) <= on


def test_the_same_day_gives_the_same_bytes() -> None:
    for key in KEYS:
        assert to_json(document(key, on=TODAY)) == to_json(document(key, on=TODAY))


def test_another_process_gives_the_same_bytes() -> None:
    """Nothing of this process shows: neither its hash seed nor what it evaluated before."""
    code = (
        "from datetime import date; from hashlib import sha256\n"
        "from eligibility.demonstration import catalogue, document, to_json\n"
        f"on = date.fromisoformat('{TODAY}')\n"
        "every = ''.join(to_json(document(one.key, on=on)) for one in catalogue())\n"
        "print(sha256(every.encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def _check_bundle(key: str, read: dict[str, Any]) -> None:
    resources = [entry["resource"] for entry in read["entry"]]
    patients = [item for item in resources if item["resourceType"] == "Patient"]
    assert len(patients) == 1, key
    addresses = {entry["fullUrl"] for entry in read["entry"]} | {
        f"{item['resourceType']}/{item['id']}" for item in resources
    }
    for item in resources:
        assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", item["id"]), item["id"]
        for reference in _references(item):
            assert reference in addresses or reference == "#drug", (key, reference)


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [item for part in value.values() for item in _references(part)]
    if isinstance(value, list):
        return [item for part in value for item in _references(part)]
    return []


def test_identities_are_unique_among_all_patients() -> None:
    seen: dict[tuple[str, str], str] = {}
    for key in KEYS:
        entries: Any = bundle(key, on=TODAY)["entry"]
        for resource in (entry["resource"] for entry in entries):
            identity = (resource["resourceType"], resource["id"])
            assert seen.setdefault(identity, key) == key


def test_identifiers_are_plainly_invented() -> None:
    for key in KEYS:
        entries: Any = bundle(key, on=TODAY)["entry"]
        patient = next(e["resource"] for e in entries if e["resource"]["resourceType"] == "Patient")
        numbers = [item["value"] for item in patient["identifier"]]
        assert numbers[0].startswith("INVENTED-")
        assert all(".invalid/" in item["system"] for item in patient["identifier"])


def test_numbers_are_written_digit_for_digit_and_never_from_floats() -> None:
    assert to_json({"value": Decimal("6.30")}) == '{\n "value": 6.30\n}\n'
    assert (
        to_json([Decimal("1E+2"), 3, True, None, []]) == "[\n 100,\n 3,\n true,\n null,\n []\n]\n"
    )
    for wrong in (0.1, Decimal("NaN"), {1: 2}, {"a": {1, 2}}):
        with pytest.raises(TypeError):
            to_json(wrong)


def test_all_kinds_of_bundle_occur() -> None:
    kinds = {bundle(key, on=TODAY)["type"] for key in KEYS}
    assert kinds == {"collection", "transaction", "batch"}
