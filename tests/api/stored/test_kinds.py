"""Every kind of fact is entered, corrected, withdrawn; and every kind refuses what it cannot use, with the place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from patients.api.facts import KINDS
from patients.api.kinds import WRITTEN
from tests.api.conftest import problem
from tests.api.stored.conftest import Asker

pytestmark = pytest.mark.django_db
ALL = "/api/v1/patients/"
ICD = "http://hl7.org/fhir/sid/icd-10"
ATC = "http://www.whocc.no/atc"
SNOMED = "http://snomed.info/sct"
BRAIN = {"code": "12738006", "system": SNOMED}

GOOD: dict[str, dict[str, Any]] = {
    "lab-results": {
        "code": "777-3", "collected": "2026-11-20", "value": "100.50", "unit": "10*9/L",
        "reference_range": {"low": 150, "high": "400"}, "laboratory": "Lab X",
    },
    "observations": {"code": "89247-1", "collected": "2026-11-01", "value": 0},
    "conditions": {"code": "C43.5", "system": ICD, "onset": "2024-03", "clinical": "active"},
    "prior-therapies": {
        "kind": "drug", "code": "L01AX04", "system": ATC, "start": "2025-01", "end": "2025-02-11",
    },
    "lesions": {
        "lesion": "right lung 1", "body_site": BRAIN,
        "measurements": [
            {"collected": "2026-11-02", "size": "23.5", "method": "ct-spiral"},
            {"collected": "2026-09-02", "size": 2, "unit": "cm", "comparator": "<"},
        ],
    },
    "histologies": {"code": "8720/3", "collected": "2024-04-02"},
    "specimens": {"code": "441652008", "status": "available"},
    "study-participations": {
        "study": "NCT00000001", "title": "Another study", "status": "off-study",
        "start": "2024-01", "end": "2024-06-30",
    },
}  # fmt: skip

CHANGES: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {
    "lab-results": [
        ({"unit": "10*3/uL"}, {"value.unit": "10*3/uL", "value.value": "100.50"}),
        ({"collected": "2026-11"}, {"collected.text": "2026-11"}),
        ({"status": "preliminary"}, {"status": "preliminary"}),
        ({"laboratory": None}, {"laboratory": ""}),
        ({"reference_range": {"high": 350}}, {"ranges.0.high.value": "350", "ranges.0.low": None}),
        ({"value": None}, {"value": None}),
    ],
    "observations": [({"value": 2}, {"value.value": 2}), ({"code": "89243-0"}, {})],
    "conditions": [
        ({"code": "C79.3"}, {"code": "C79.3"}),
        ({"abated": "2025-05"}, {"abated.text": "2025-05"}),
        ({"clinical": None, "verification": "provisional"}, {"clinical": None, "provisional": True}),
        ({"onset": None}, {"onset": None}),
    ],
    "prior-therapies": [
        ({"end": "2025-03-01"}, {"end.last": "2025-03-01", "start.text": "2025-01"}),
        ({"ongoing": True}, {"ended": "ongoing"}),
        ({"code": "L01AX03", "start": None}, {"code": "L01AX03"}),
        ({"intent": "palliative"}, {"intent": "palliative"}),
    ],
    "lesions": [
        ({"size": 31}, {"size.value": "31", "size.unit": "mm"}),
        ({"size": "1.9", "unit": "cm"}, {"size.value": "1.9", "size.unit": "cm"}),
        ({"method": "x-ray"}, {"method": "x-ray"}),
        ({"lesion": "left lung"}, {"focus": "urn:trialscreen:lesion|left lung"}),
        ({"body_site": None}, {"in_brain": False, "site": None}),
        ({"removed": True}, {"removed": True}),
    ],
    "histologies": [
        ({"code": "8720/2"}, {"invasive": False}),
        ({"collected": "2024-05-01"}, {"dated.text": "2024-05-01"}),
    ],
    "specimens": [({"status": "unavailable"}, {"status": "unavailable"})],
    "study-participations": [
        ({"status": "on-study-intervention", "end": None}, {"on_intervention": True, "end": None}),
        ({"study": "NCT00514085"}, {"studies": ["NCT00514085"]}),
    ],
}  # fmt: skip

TEXTS = ([3, True, ["x"], {}, "", None, "x" * 301], "code")
BAD_DATES = [
    "20.11.2026",
    "2026-02-30",
    "2026-13",
    "10:30",
    "2026-11-20T10",
    2026,
    True,
    ["2026"],
    "",
]
BAD_NUMBERS: list[Any] = [
    True, None, "1e3", "NaN", "9" * 400, "٣", "", " ", [], {}, "1,5", "0x1", "--1",
]  # fmt: skip

BAD: dict[str, list[tuple[str, list[Any]]]] = {
    "lab-results": [
        ("value", [one for one in BAD_NUMBERS if one is not None]),
        ("collected", [*BAD_DATES, None]),
        ("code", [3, True, ["x"], {}, "", None, "x" * 101]),
        ("unit", [5, ["mg"], "x" * 101]),
        ("status", ["entered-in-error", 1, ["final"], None]),
        ("comparator", ["=", 1, {}]),
        ("laboratory", [1, "x" * 201]),
        ("reference_range", [5, "1-2", []]),
        ("patient", ["another"]),
    ],
    "observations": [("value", [True, "low"]), ("collected", BAD_DATES), ("subject", ["x"])],
    "conditions": [
        ("onset", BAD_DATES),
        ("abated", BAD_DATES),
        ("clinical", ["worse", 1, True, ["active"]]),
        ("verification", ["entered-in-error", None]),
        ("system", [1, "", None, "x" * 301]),
        ("severity", ["bad"]),
    ],
    "prior-therapies": [
        ("start", BAD_DATES),
        ("end", BAD_DATES),
        ("ongoing", ["yes", 1, None, "true"]),
        ("dose", ["1 mg"]),
        ("intent", ["cure", 1, ""]),
        ("route", ["by magic", 1, ""]),
    ],
    "lesions": [
        ("lesion", [3, "", None, "x" * 101]),
        ("body_site", ["lung", [], {}, {"code": 3}, {"codes": "x"}]),
        ("removed", ["no", 0]),
    ],
    "histologies": [
        ("code", [8720, "", None]),
        ("collected", BAD_DATES),
        ("status", ["cancelled", None]),
    ],
    "specimens": [
        ("status", ["lost", 1, "entered-in-error"]),
        ("code", [1, None]),
        ("kind", ["x"]),
    ],
    "study-participations": [
        ("status", ["on", None, 1]),
        ("study", [514085, "", None]),
        ("start", BAD_DATES),
        ("end", BAD_DATES),
    ],
}


def entered(ehr: Asker, patient: str, kind: str) -> dict[str, Any]:
    """The first fact that the example of a kind becomes."""
    answer = ehr.post(f"{ALL}{patient}/{kind}/", GOOD[kind])
    assert answer.status_code == 201, answer.content
    row: dict[str, Any] = answer.json()["facts"][kind][0]
    return row


def at_path(fact: Any, path: str) -> Any:
    for step in path.split("."):
        fact = fact[int(step)] if isinstance(fact, list) else fact[step]
    return fact


def test_every_kind_that_is_read_is_written() -> None:
    assert [*KINDS, "-"] == [*WRITTEN, "notices", "-"] or KINDS.keys() - WRITTEN.keys() == {
        "notices"
    }
    assert GOOD.keys() == CHANGES.keys() == BAD.keys() == WRITTEN.keys()


@pytest.mark.parametrize("kind", GOOD)
def test_a_fact_is_entered_corrected_withdrawn_and_counts_again(
    ehr: Asker, sent: Callable[..., str], kind: str
) -> None:
    patient = sent()
    row = entered(ehr, patient, kind)
    version = 2
    for change, expected in CHANGES[kind]:
        at = f"{ALL}{patient}/{kind}/{row['id']}/"
        answer = ehr.patch(at, change | {"reason": "checked"}, version)
        assert answer.status_code == 200, (change, answer.content)
        version += 1
        assert answer.json()["record_version"] == version
        found = answer.json()["facts"].get(kind, [])
        if not expected:
            return
        (now,) = found
        for path, value in expected.items():
            assert at_path(now["fact"], path) == value, (change, path)
        old = ehr.get(at).json()
        assert (old["current"], old["fact"]) == (False, row["fact"])
        row = now
    at = f"{ALL}{patient}/{kind}/{row['id']}/"
    gone = ehr.post(f"{at}withdraw/", {"reason": "entered-in-error"}, If_Match=f'"{version}"')
    assert list(gone.json()["facts"]) == ["notices"], gone.content
    back = ehr.post(f"{at}reinstate/", {"note": "it is his"}, If_Match=f'"{version + 1}"')
    assert [one["fact"] for one in back.json()["facts"][kind]] == [row["fact"]]
    history = ehr.get(f"{at}history/").json()["results"]
    assert len(history) == len(CHANGES[kind]) + 2


@pytest.mark.parametrize("kind", BAD)
def test_bad_tries_are_refused_with_their_place(
    ehr: Asker, sent: Callable[..., str], kind: str
) -> None:
    patient = sent()
    row = entered(ehr, patient, kind)
    at = f"{ALL}{patient}/{kind}/"
    one = f"{at}{row['id']}/"
    for field, values in BAD[kind]:
        for value in values:
            answer = ehr.post(at, GOOD[kind] | {field: value})
            errors = problem(answer, 422)["errors"]
            assert {each["pointer"].split("/")[1] for each in errors} == {field}, (field, value)
            if value is None and field not in ("code", "study", "lesion", "system", "status"):
                continue
            errors = problem(ehr.patch(one, {field: value}, 2), 422)["errors"]
            assert {each["pointer"].split("/")[1] for each in errors} == {field}, (field, value)
    assert ehr.get(f"{ALL}{patient}/").json()["record_version"] == 2


NO_FORM: list[tuple[bytes, int]] = [
    (b"{", 400),
    (b"", 422),
    (b"[]", 422),
    (b'"x"', 422),
    (b'{"code":"a","code":"b"}', 400),
    (b'{"value":NaN}', 400),
    (b'{"value":-Infinity}', 400),
    (b'{"value":' + b"1" * 400 + b"}", 400),
    (b'{"value":1e999}', 400),
    (b'{"code":"a\\u0000"}', 400),
    (b'{"code":"\\udfff"}', 400),
    (b'{"\\ud800":1}', 400),
    (b"\xff", 400),
    (b"[" * 10_000, 400),
]


@pytest.mark.parametrize("kind", GOOD)
def test_what_is_no_json_or_no_object(ehr: Asker, sent: Callable[..., str], kind: str) -> None:
    patient = sent()
    row = entered(ehr, patient, kind)
    for body, status in NO_FORM:
        problem(ehr.post(f"{ALL}{patient}/{kind}/", body), status)
        problem(ehr.patch(f"{ALL}{patient}/{kind}/{row['id']}/", body, 2), status)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"measurements": []}, "/measurements"),
        ({"measurements": {}}, "/measurements"),
        ({"measurements": [3]}, "/measurements/0"),
        ({"measurements": [{"collected": "2026-11"}]}, "/measurements/0/size"),
        ({"measurements": [{"collected": "2026-11", "size": True}]}, "/measurements/0/size"),
        ({"measurements": [{"collected": "2026-11", "size": 3, "unit": "m"}]}, "/measurements/0/unit"),
        ({"measurements": [{"collected": "2026-11", "size": 3, "method": "eye"}]}, "/measurements/0/method"),
        (
            {"measurements": [{"collected": "2026-11", "size": 3}, {"collected": "may", "size": 3}]},
            "/measurements/1/collected",
        ),
        ({"measurements": [{"collected": "2026-11", "size": 3}] * 21}, "/measurements"),
    ],
)  # fmt: skip
def test_measurements_are_taken_together_or_not_at_all(
    ehr: Asker, sent: Callable[..., str], change: dict[str, Any], pointer: str
) -> None:
    patient = sent()
    errors = problem(ehr.post(f"{ALL}{patient}/lesions/", GOOD["lesions"] | change), 422)["errors"]
    assert [one["pointer"] for one in errors] == [pointer]
    assert ehr.get(f"{ALL}{patient}/").json()["record_version"] == 1


def test_a_lesion_with_its_measurements_is_one_lesion(ehr: Asker, sent: Callable[..., str]) -> None:
    patient = sent()
    answer = ehr.post(f"{ALL}{patient}/lesions/", GOOD["lesions"]).json()
    assert answer["record_version"] == 2
    assert len(answer["records"]) == len(answer["facts"]["lesions"]) == 2
    first, second = (one["fact"] for one in answer["facts"]["lesions"])
    assert first["focus"] == second["focus"] == "urn:trialscreen:lesion|right lung 1"
    assert first["in_brain"]
    assert second["in_brain"]
    assert (first["method"], second["method"]) == ("ct-spiral", None)
    assert (first["size"]["value"], second["size"]["canonical"]) == ("23.5", "20")


@pytest.mark.parametrize("status", ["candidate", "screening"])
def test_a_participation_that_has_not_begun_is_a_notice(
    ehr: Asker, sent: Callable[..., str], status: str
) -> None:
    said = {"study": "NCT1", "status": status}
    answer = ehr.post(f"{ALL}{sent()}/study-participations/", said).json()
    assert list(answer["facts"]) == ["notices"]
