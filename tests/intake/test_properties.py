"""What holds for every Bundle: only refusals are raised, every resource is accounted for, order does not matter."""

from __future__ import annotations

import copy
import random
from collections import Counter
from dataclasses import fields
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from patients.facts import Intake
from patients.intake.fhir import read_bundle
from patients.intake.problems import REASONS, REFUSALS, Issue, Refused, operation_outcome
from tests.intake.build import (
    ICD,
    ICD_O,
    LOINC,
    RECEIVED,
    SNOMED,
    TORONTO,
    US,
    bundle,
    concept,
    condition,
    drug,
    intent,
    observation,
    patient,
    procedure,
    quantity,
    resource,
)

CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
MORPHOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"


def whole() -> dict[str, Any]:
    """One of everything, with every element that is read; a copy to change at will."""
    return copy.deepcopy(_whole())


def _whole() -> dict[str, Any]:
    return bundle(
        patient(
            extension=[{"url": CORE, "valueCode": "F"}],
            address=[{"use": "home", "postalCode": "M4N 3M5"}],
            deceasedBoolean=False,
            identifier=[{"system": "s", "value": "1"}],
        ),
        condition(
            concept((ICD, "C43.59"), (SNOMED, "93655004"), text="melanoma"),
            "c1",
            clinicalStatus=concept(("", "active")),
            verificationStatus=concept(("", "confirmed")),
            onsetPeriod={"start": "2024", "end": "2025-01"},
            abatementDateTime="2026-01-02T10:00:00-05:00",
            recordedDate="2024-02-02",
            bodySite=[concept((SNOMED, "12738006"))],
            extension=[{"url": MORPHOLOGY, "valueCodeableConcept": concept((ICD_O, "8720/3"))}],
        ),
        condition("Z92.3", "c2"),
        condition("Z79.52", "c3", onsetDateTime="2026"),
        observation(
            "2160-0",
            "o1",
            valueQuantity=quantity(Decimal("72.0"), "umol/L", comparator="<"),
            issued="2026-11-18T20:00:00Z",
            identifier=[{"system": "lab", "value": "7"}],
            performer=[{"display": "Lab"}],
            referenceRange=[
                {
                    "high": quantity(90, "umol/L"),
                    "type": concept(("", "normal")),
                    "appliesTo": [concept((SNOMED, "248152002"))],
                    "age": {"low": quantity(18, "a")},
                }
            ],
        ),
        observation("2106-3", "o2", valueCodeableConcept=concept(text="negative")),
        observation("89247-1", "o3", valueInteger=1, status="preliminary"),
        observation(
            "21889-1",
            "o4",
            component=[{"code": concept((LOINC, "33728-7")), "valueQuantity": quantity(24, "mm")}],
            focus=[{"reference": "BodyStructure/b"}],
            method=concept((SNOMED, "77477000"), text="spiral"),
            bodySite=concept((SNOMED, "10200004")),
        ),
        observation("31206-6", "o5", valueCodeableConcept=concept((ICD_O, "8720/3"))),
        resource("BodyStructure", "b", location=concept((SNOMED, "12738006"))),
        resource(
            "DiagnosticReport",
            "r",
            status="final",
            code=concept((LOINC, "22637-3")),
            conclusionCode=[concept((SNOMED, "93655004"))],
        ),
        procedure(
            "703423002", "p1", performedPeriod={"start": "2026-01"}, extension=intent("373846009")
        ),
        procedure("1", "p2", category=concept((SNOMED, "387713003")), performedString="x"),
        drug(
            "MedicationStatement", "L01FF02", "m1", effectivePeriod={"start": "2026", "end": "2027"}
        ),
        drug("MedicationAdministration", "L01AX04", "m2", effectiveDateTime="2026-01-01"),
        drug(
            "MedicationRequest",
            "H02AB02",
            "m3",
            authoredOn="2026-01-01",
            dosageInstruction=[
                {
                    "route": concept((SNOMED, "26643006")),
                    "timing": {"repeat": {"boundsPeriod": {"start": "2026-02", "end": "2026-12"}}},
                }
            ],
        ),
        {
            "resourceType": "MedicationStatement",
            "id": "m4",
            "status": "active",
            "subject": US,
            "medicationReference": {"reference": "#m"},
            "contained": [
                {"resourceType": "Medication", "id": "m", "code": concept(("urn:x", "1"))}
            ],
        },
        resource("Specimen", "s", status="available", type=concept((SNOMED, "441652008"))),
        resource(
            "ResearchSubject", "rs", status="off-study", study={"reference": "ResearchStudy/st"}
        ),
        {"resourceType": "ResearchStudy", "id": "st", "identifier": [{"value": "NCT1"}]},
        resource("Encounter", "e"),
        with_patient=False,
    )


def read(tree: Any) -> Intake:
    return read_bundle(tree, received_on=RECEIVED, zone=TORONTO)


def paths(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value of a tree."""
    found = [path] if path else []
    members = (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    )
    for key, member in members:
        found += paths(member, (*path, key))
    return found


WHOLE = whole()
PATHS = paths(WHOLE)
ODD: list[Any] = [
    None, True, False, 0, -1, 10**30, Decimal("1E+40"), Decimal("0.5"), "", " ", "x", "\u200b", "2026-02-30", "2026",
    "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "Patient/p", "Patient/q", "#", "urn:uuid:1", "http://",
    "Patient?identifier=|||", "http://[", [], {}, [[]], [{}], {"coding": [{}]}, {"reference": "Patient/p"}, ["x"],
    {"value": 1}, {"start": "2026", "end": "2025"}, "transaction", "entered-in-error", "final", {"extension": [{}]},
    [{"url": "modifierExtension"}], "Observation", "Patient", {"modifierExtension": 1},
]  # fmt: skip


def mutate(tree: Any, draw: random.Random) -> None:
    """Drop, retype, duplicate, nest or rename one value."""
    path = draw.choice(PATHS)
    holder = tree
    try:
        for key in path[:-1]:
            holder = holder[key]
        held = holder[path[-1]]
    except (KeyError, IndexError, TypeError):
        return
    if not isinstance(holder, dict | list):
        return
    action = draw.choice(["drop", "retype", "retype", "duplicate", "nest", "rename", "transplant"])
    if action == "drop":
        del holder[path[-1]]
    elif action == "retype":
        holder[path[-1]] = copy.deepcopy(draw.choice(ODD))
    elif action == "duplicate":
        holder[path[-1]] = [held, copy.deepcopy(held)]
        if isinstance(holder, list):
            holder.append(copy.deepcopy(held))
    elif action == "nest":
        holder[path[-1]] = {"value": held, "coding": [held]}
    elif action == "rename" and isinstance(holder, dict):
        holder[
            draw.choice(["modifierExtension", "valueString", "id", "subject", "effectivePeriod"])
        ] = held
    elif action == "transplant":
        other = draw.choice(PATHS)
        target = WHOLE
        for key in other:
            target = target[key]
        holder[path[-1]] = copy.deepcopy(target)


def attempt(tree: Any) -> tuple[Intake | None, tuple[Issue, ...]]:
    try:
        return read(tree), ()
    except Refused as refused:
        return None, refused.issues


def check(tree: Any) -> None:
    """The tree is read with a full account, or refused with reasons."""
    found, issues = attempt(tree)
    if found is None:
        assert issues
        assert {issue.code for issue in issues} <= REFUSALS.keys()
        assert operation_outcome(Refused(issues))["issue"]
        return
    assert sum(found.account.by_outcome.values()) == found.account.received == len(tree["entry"])
    assert {notice.reason for notice in found.facts.notices} <= REASONS.keys()


def test_the_whole_is_read() -> None:
    found = read(whole())
    assert found.account.by_outcome == {
        "not-used": 1,
        "set-aside": 1,
        "supporting": 2,
        "unrecognised": 1,
        "used": 16,
    }
    assert not [notice for notice in found.facts.notices if notice.kind == "unread"]


@given(
    st.integers(0, 2**63),
    st.integers(1, 6),
    st.sampled_from(["collection", "transaction", "batch"]),
)
def test_nothing_but_a_refusal_is_raised(seed: int, changes: int, kind: str) -> None:
    draw = random.Random(seed)
    tree = whole() | {"type": kind}
    for _ in range(changes):
        mutate(tree, draw)
    check(tree)


def test_every_value_replaced_by_every_odd_one() -> None:
    """Each place of the whole once with one odd value in turn: wrong types must be found wherever they stand."""
    for number, path in enumerate(PATHS):
        tree = whole()
        holder = tree
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = copy.deepcopy(ODD[number * 7 % len(ODD)])
        check(tree)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "resourceType",
                    "type",
                    "entry",
                    "resource",
                    "id",
                    "code",
                    "coding",
                    "subject",
                    "status",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_any_json_is_read_or_refused(tree: Any) -> None:
    check(tree)
    check(
        {
            "resourceType": "Bundle",
            "type": "batch",
            "entry": tree if isinstance(tree, list) else [tree],
        }
    )
    check(bundle(tree if isinstance(tree, dict) else {"resourceType": tree}))


def unordered(found: Intake) -> dict[str, Any]:
    """Facts without their order."""
    return {
        field.name: Counter(map(repr, value))
        if isinstance(value := getattr(found.facts, field.name), tuple)
        else value
        for field in fields(found.facts)
    }


@given(st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(draw: random.Random) -> None:
    tree = whole()
    draw.shuffle(tree["entry"])
    assert unordered(read(tree)) == unordered(read(whole()))


@given(st.integers(0, 2**63))
def test_the_same_bundle_gives_the_same_intake(seed: int) -> None:
    tree = whole()
    mutate(tree, random.Random(seed))
    outcomes = [repr(attempt(copy.deepcopy(tree))) for _ in range(2)]
    assert outcomes[0] == outcomes[1]


def test_reading_changes_nothing_of_the_tree() -> None:
    tree = whole()
    read(tree)
    assert tree == whole()
