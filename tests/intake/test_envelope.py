"""The Bundle as a whole: what refuses it, what is only listed, and the account of it."""

from __future__ import annotations

from typing import Any

import pytest

from patients.intake.fhir import read_bundle
from patients.intake.problems import Refused, operation_outcome
from tests.intake.build import (
    RECEIVED,
    TORONTO,
    bundle,
    condition,
    drug,
    intake,
    observation,
    patient,
    procedure,
    quantity,
    reasons,
    resource,
)

OTHER = {"reference": "Patient/q"}


def refusal(tree: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        read_bundle(tree, received_on=RECEIVED, zone=TORONTO)
    operation_outcome(caught.value)
    return [(issue.place, issue.code) for issue in caught.value.issues]


def sub(tree: Any, **more: Any) -> Any:
    return tree | more


def alone(**more: Any) -> Any:
    """A Bundle of one patient."""
    return bundle(patient(**more), with_patient=False)


TWO = bundle(patient(id="q"))
ENVELOPES: list[tuple[Any, str, str]] = [
    (None, "Bundle", "not-a-bundle"),
    ([], "Bundle", "not-a-bundle"),
    ("Bundle", "Bundle", "not-a-bundle"),
    (patient(), "Bundle", "not-a-bundle"),
    (sub(bundle(), type="document"), "Bundle.type", "bundle-type"),
    (sub(bundle(), type="message"), "Bundle.type", "bundle-type"),
    (sub(bundle(), type="history"), "Bundle.type", "bundle-type"),
    (sub(bundle(), type="transaction-response"), "Bundle.type", "bundle-type"),
    (sub(bundle(), type=["collection"]), "Bundle.type", "bundle-type"),
    ({"resourceType": "Bundle"}, "Bundle.type", "bundle-type"),
    (sub(bundle(), implicitRules="http://x"), "Bundle.implicitRules", "not-a-bundle"),
    (sub(bundle(), entry={}), "Bundle.entry", "not-a-bundle"),
    (sub(bundle(), entry=None), "Bundle.entry", "not-a-bundle"),
    ({"resourceType": "Bundle", "type": "collection"}, "Bundle.entry", "no-patient"),
    (bundle(with_patient=False), "Bundle.entry", "no-patient"),
    (bundle(condition("I10"), with_patient=False), "Bundle.entry", "no-patient"),
    (TWO, "0", "two-patients"),
    (alone(birthDate="2026-W01-1"), "0.birthDate", "patient-unreadable"),
    (alone(birthDate="1984-02-30"), "0.birthDate", "patient-unreadable"),
    (alone(birthDate="1984-05-17T00:00:00Z"), "0.birthDate", "patient-unreadable"),
    (alone(birthDate=1984), "0.birthDate", "patient-unreadable"),
    (alone(gender="F"), "0.gender", "patient-unreadable"),
    (alone(deceasedBoolean="true"), "0.deceasedBoolean", "patient-unreadable"),
    (
        alone(deceasedBoolean=True, deceasedDateTime="2026"),
        "0.deceased[x]",
        "patient-unreadable",
    ),
    (alone(modifierExtension=[]), "0.modifierExtension", "patient-unreadable"),
    (alone(implicitRules="x"), "0.implicitRules", "patient-unreadable"),
    (bundle(condition("I10", subject=OTHER)), "1.subject", "dangling-reference"),
    (bundle(resource("ResearchSubject", individual=OTHER)), "1.individual", "dangling-reference"),
    (bundle(condition("I10", subject={"reference": "urn:uuid:1"})), "1.subject", "dangling-reference"),
    (bundle(condition("I10", subject={"reference": "Group/g"})), "1.subject", "other-patient"),
    (bundle(condition("I10", subject={"reference": "#p"})), "1.subject", "dangling-reference"),
    (
        bundle(condition("I10", subject={"identifier": {"system": "s", "value": "9"}})),
        "1.subject",
        "other-patient",
    ),
    (bundle({"resourceType": "Consent", "patient": OTHER}), "1.patient", "dangling-reference"),
    (bundle({"resourceType": "Account", "subject": [OTHER]}), "1.subject[0]", "dangling-reference"),
    (bundle(condition("I10", verificationStatus={"coding": [{"code": "entered-in-error"}]}, subject=OTHER)),
     "1.subject", "dangling-reference"),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "place", "code"), ENVELOPES)
def test_refused_as_a_whole(tree: Any, place: str, code: str) -> None:
    if place[0].isdigit():
        place = f"Bundle.entry[{place[0]}].resource{place[1:]}"
    assert refusal(tree)[0] == (place, code)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("1984-05-17T00:00:00Z", "A date of birth has no time of day."),
        ("Tuesday", "“Tuesday” is not a FHIR date."),
        ("someThing", "“someThing” is not a FHIR date."),
    ],
)
def test_what_is_no_date_is_not_told_to_be_a_time(said: str, why: str) -> None:
    with pytest.raises(Refused) as caught:
        read_bundle(alone(birthDate=said), received_on=RECEIVED, zone=TORONTO)
    assert [one.detail for one in caught.value.issues] == [why]


@pytest.mark.parametrize("kind", ["transaction", "batch", "collection", "searchset"])
def test_four_kinds_are_read_alike(kind: str) -> None:
    found = intake(observation("777-3", valueQuantity=quantity(231, "10*9/L")), kind=kind)
    assert found.account.by_outcome == {"used": 2}
    assert len(found.facts.results) == 1


ENTRY_URL = "https://ehr.example/fhir/Patient/p"
SAME: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"reference": "Patient/p"}, {}, ""),
    ({"reference": "Patient/p/_history/4"}, {}, ""),
    ({"reference": "https://ehr.example/fhir/Patient/p"}, {}, ""),
    ({"reference": "https://ehr.example/fhir/Patient/p"}, {}, ENTRY_URL),
    ({"reference": "https://ehr.example/fhir/Patient/p/_history/2"}, {}, ENTRY_URL),
    ({"reference": "https://ehr.example/fhir/Patient/p"}, {}, "urn:uuid:5"),
    ({"reference": "Patient/p"}, {}, ENTRY_URL),
    ({"reference": "urn:uuid:5"}, {}, "urn:uuid:5"),
    ({"reference": "urn:uuid:5"}, {"id": None}, "urn:uuid:5"),
    (
        {"identifier": {"system": "s", "value": "1"}},
        {"identifier": [{"system": "s", "value": "1"}]},
        "",
    ),
    ({"reference": "Patient?identifier=s|1"}, {"identifier": [{"system": "s", "value": "1"}]}, ""),
    (
        {"reference": "Patient?identifier=http%3A%2F%2Fs|1"},
        {"identifier": [{"system": "http://s", "value": "1"}]},
        "",
    ),
]


@pytest.mark.parametrize(("subject", "more", "url"), SAME)
def test_ways_to_name_the_patient(subject: Any, more: Any, url: str) -> None:
    person = {key: value for key, value in patient(**more).items() if value is not None}
    tree = bundle(person, condition("C43.59", subject=subject), with_patient=False)
    if url:
        tree["entry"][0]["fullUrl"] = url
    found = read_bundle(tree, received_on=RECEIVED, zone=TORONTO)
    assert len(found.facts.conditions) == 1


def test_the_same_id_on_another_server_is_another_patient() -> None:
    tree = bundle(condition("C43.59", subject={"reference": "https://elsewhere.example/Patient/p"}))
    tree["entry"][0]["fullUrl"] = ENTRY_URL
    assert refusal(tree) == [("Bundle.entry[1].resource.subject", "dangling-reference")]


GOOD = [
    condition("C43.59", "c"),
    observation("777-3", "o", valueQuantity=quantity(231, "10*9/L")),
    procedure("27842006", "p"),
    drug("MedicationStatement", "L01FF02", "m"),
    resource("Specimen", "s", status="available"),
]
BAD: list[Any] = [
    observation("777-3", "bad", status="finished"),
    observation("777-3", "bad", effectiveDateTime="2026-13-01"),
    {key: value for key, value in condition("I10", "bad").items() if key != "subject"},
    procedure("27842006", "bad", modifierExtension=[{"url": "x"}]),
    {"resourceType": ""},
    {},
    17,
]


@pytest.mark.requirement(53)
@pytest.mark.parametrize("place", range(len(GOOD) + 1))
@pytest.mark.parametrize("bad", BAD)
def test_a_transaction_is_taken_whole_or_not_at_all(place: int, bad: Any) -> None:
    resources = [*GOOD[:place], bad, *GOOD[place:]]
    [(where, code)] = refusal(bundle(*resources, kind="transaction"))
    assert code == "transaction-unreadable"
    assert where.startswith(f"Bundle.entry[{place + 1}].resource")
    found = read_bundle(bundle(*resources, kind="batch"), received_on=RECEIVED, zone=TORONTO)
    assert found.account.by_outcome["unread"] == 1
    assert found.account.received == len(GOOD) + 2 == sum(found.account.by_outcome.values())
    assert [notice.kind for notice in found.facts.notices].count("unread") == 1


def test_a_transaction_with_an_unreadable_earlier_version_is_refused() -> None:
    bad = observation("777-3", status="finished", meta={"lastUpdated": "2026-01-01T00:00:00Z"})
    good = observation("777-3", meta={"lastUpdated": "2026-01-02T00:00:00Z"})
    assert refusal(bundle(bad, good, kind="transaction"))
    found = intake(bad, good)
    assert found.account.by_outcome == {"superseded": 1, "used": 2}


def test_every_fault_of_a_transaction_is_named() -> None:
    tree = bundle(
        *(condition("I10", f"c{n}", onsetDateTime="soon") for n in range(3)), kind="transaction"
    )
    assert [place for place, _ in refusal(tree)] == [
        f"Bundle.entry[{n}].resource.onsetDateTime" for n in (1, 2, 3)
    ]


@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_requests_without_a_resource_are_listed(kind: str) -> None:
    tree = bundle(kind=kind)
    tree["entry"].append({"request": {"method": "DELETE", "url": "Condition/1"}})
    found = read_bundle(tree, received_on=RECEIVED, zone=TORONTO)
    assert reasons(found) == [("unread", "no-resource")]
    assert found.account.by_outcome == {"unread": 1, "used": 1}


@pytest.mark.requirement(57)
def test_other_types_and_extensions_are_kept_and_listed() -> None:
    found = intake(
        resource("Encounter"),
        {"resourceType": "Martian", "modifierExtension": [1], "subject": 3},
        condition("C43.59", "c", extension=[{"url": "http://x/colour", "valueString": "red"}]),
        condition("C43.59", "d", bodySite=[{"extension": [{"url": "http://x/colour"}]}]),
    )
    assert reasons(found) == [("not-used", "type-not-used")] * 2 + [
        ("not-used", "extension-not-used")
    ]
    assert found.facts.notices[-1].system == "http://x/colour"
    assert "2 records" in found.facts.notices[-1].detail
    assert found.account.by_outcome == {"not-used": 2, "used": 3}


def test_one_page_of_several_is_remarked() -> None:
    tree = bundle(kind="searchset") | {"link": [{"relation": "next", "url": "http://x"}]}
    found = read_bundle(tree, received_on=RECEIVED, zone=TORONTO)
    assert reasons(found) == [("remark", "more-pages")]


FORBIDDEN: list[tuple[Any, str, str]] = [
    ({"modifierExtension": [{"url": "x"}]}, "modifier-extension", ""),
    ({"implicitRules": "http://x"}, "implicit-rules", ""),
    (
        {"bodySite": [{"coding": [{"modifierExtension": []}]}]},
        "modifier-extension",
        ".bodySite[0].coding[0]",
    ),
    (
        {"contained": [{"resourceType": "Medication", "implicitRules": "x"}]},
        "implicit-rules",
        ".contained[0]",
    ),
]


@pytest.mark.requirement(58)
@pytest.mark.parametrize(("more", "reason", "place"), FORBIDDEN)
def test_what_may_change_the_meaning_is_never_used(more: Any, reason: str, place: str) -> None:
    found = intake(condition("C43.59", "c", **more))
    assert not found.facts.conditions
    assert reasons(found) == [("unread", reason)]
    assert f"Bundle.entry[1].resource{place}." in found.facts.notices[0].detail


@pytest.mark.requirement(58)
@pytest.mark.parametrize("kind", ["batch", "transaction", "collection"])
def test_a_modifier_extension_on_the_entry_refuses_the_bundle(kind: str) -> None:
    """What is kept is the resource. It would be read again without what stood around it."""
    tree = bundle(condition("C43.59", "c"), kind=kind)
    tree["entry"][1]["modifierExtension"] = [{"url": "x"}]
    assert refusal(tree) == [("Bundle.entry[1].modifierExtension", "not-a-bundle")]


def test_set_aside_by_a_coordinator() -> None:
    found = intake(*GOOD, set_aside=("Procedure/p", "Patient/p", "Procedure/typo"))
    assert not found.facts.operations
    assert found.account.by_outcome["set-aside"] == 1
    assert [(n.reason, n.type, n.id) for n in found.facts.notices if n.kind == "set-aside"] == [
        ("set-aside-by-coordinator", "Procedure", "p"),
        ("set-aside-without-effect", "Patient", "p"),
        ("set-aside-without-effect", "Procedure", "typo"),
    ]
