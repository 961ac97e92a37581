"""Tumour sizes: dimension, method, which lesion, where; and histology."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from patients.facts import Histology, Lesion
from patients.values import Amount, Unreadable
from tests.intake.build import (
    ICD,
    ICD_O,
    LOINC,
    SNOMED,
    US,
    concept,
    facts,
    intake,
    observation,
    quantity,
    reasons,
    resource,
)

CT = (SNOMED, "77477000")


def size(value: Any = None, ident: str = "x", **more: Any) -> dict[str, Any]:
    measured = {"valueQuantity": quantity(24, "mm") if value is None else value}
    return observation("33728-7", ident, **(measured | more))


def one(**more: Any) -> Lesion:
    [found] = facts(size(**more)).lesions
    return found


def components(*pairs: tuple[str, Any]) -> list[dict[str, Any]]:
    return [{"code": concept((LOINC, code)), "valueQuantity": value} for code, value in pairs]


def test_the_longest_dimension_by_its_own_code_or_as_a_component() -> None:
    own = one(value=quantity(Decimal("2.4"), "cm"))
    assert isinstance(own.size, Amount)
    assert own.size.canonical == 24
    assert (own.counts, own.code) == (True, "33728-7")
    parts = components(("33728-7", quantity(24, "mm")), ("33729-5", quantity(99, "mm")))
    [found] = facts(observation("21889-1", component=parts)).lesions
    assert isinstance(found.size, Amount)
    assert found.size.canonical == 24
    assert found.code == "21889-1"


def test_sizes_that_are_none() -> None:
    only_other = observation("21889-1", component=components(("33729-5", quantity(99, "mm"))))
    found = intake(only_other)
    assert not found.facts.lesions
    assert reasons(found) == [("not-used", "no-measurement")]
    undirected = facts(observation("21889-1", valueQuantity=quantity(99, "mm"))).lesions
    assert isinstance(undirected[0].size, Unreadable)
    absent = {key: value for key, value in size().items() if key != "valueQuantity"}
    assert facts(absent).lesions[0].size is None
    assert isinstance(one(value={"value": "24"}).size, Unreadable)
    bare = one(value=quantity(24)).size
    assert isinstance(bare, Amount)
    assert bare.fault == "unit"
    big = one(value=quantity(51, "cm")).size
    assert isinstance(big, Amount)
    assert big.fault == "implausible"


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (None, None),
        (concept((SNOMED, "363680008")), "x-ray"),
        (concept((SNOMED, "399208008")), "x-ray"),
        (concept((SNOMED, "5880005")), "physical-exam"),
        (concept(CT), "ct-unspecified"),
        (concept(CT, text="CT chest"), "ct-unspecified"),
        (concept(CT, text="Spiral CT"), "ct-spiral"),
        (concept(CT, text="CT, helical, 5 mm"), "ct-spiral"),
        (concept(CT, text="non-spiral CT"), "ct-non-spiral"),
        (concept(CT, text="Nonspiral CT"), "ct-non-spiral"),
        (concept(CT, text="non-helical"), "ct-non-spiral"),
        (concept(CT, text="NONHELICAL"), "ct-non-spiral"),
        (concept(CT, text="non spiral"), "ct-non-spiral"),
        (concept(CT, text="non\u2011spiral"), "ct-non-spiral"),
        (concept((SNOMED, "113091000")), "other"),
        (concept((SNOMED, "82918005")), "other"),
        (concept((SNOMED, "363679005")), "other"),
        (concept(("urn:local", "77477000")), "other"),
        (concept(text="spiral CT"), "other"),
        (concept(CT, (SNOMED, "363679005"), text="spiral"), "ct-spiral"),
        (concept(CT, (SNOMED, "5880005")), "other"),
    ],
)
def test_method(method: Any, expected: str | None) -> None:
    more = {} if method is None else {"method": method}
    assert one(**more).method == expected


BRAIN = concept((SNOMED, "113305005"))
LIVER = concept((SNOMED, "10200004"))


def test_which_lesion_and_where() -> None:
    structure = resource("BodyStructure", "b", location=BRAIN)
    found = intake(size(focus=[{"reference": "BodyStructure/b"}]), structure)
    [lesion] = found.facts.lesions
    assert (lesion.focus, lesion.in_brain) == ("BodyStructure/b", True)
    assert found.account.by_outcome == {"supporting": 1, "used": 2}
    assert (one(bodySite=BRAIN).in_brain, one(bodySite=BRAIN).focus) == (True, None)
    assert one(bodySite=BRAIN).site == f"{SNOMED}|113305005"
    assert one(bodySite=LIVER).in_brain is False
    assert one(bodySite=concept(text="liver")).site == "liver"
    assert (one().site, one().focus) == (None, None)


def test_focus_by_other_ways() -> None:
    structure = {"resourceType": "BodyStructure", "id": "b", "patient": US, "location": BRAIN}
    contained = one(contained=[structure], focus=[{"reference": "#b"}])
    assert (contained.focus, contained.in_brain) == ("Observation/x#b", True)
    assert one(focus=[{"reference": "BodyStructure/elsewhere"}]).focus == "BodyStructure/elsewhere"
    assert one(focus=[{"identifier": {"system": "s", "value": "lesion-1"}}]).focus == "s|lesion-1"
    assert one(focus=[{"display": "the big one"}]).focus is None
    assert one(focus=[{"reference": "Patient/p"}]).focus is None


def test_a_body_structure_that_cannot_be_used_locates_nothing() -> None:
    for structure in (
        resource("BodyStructure", "b", location=BRAIN, modifierExtension=[{}]),
        {"resourceType": "BodyStructure", "id": "b", "location": BRAIN},
        resource("BodyStructure", "b", location="brain"),
    ):
        found = intake(structure, size(focus=[{"reference": "BodyStructure/b"}]))
        [lesion] = found.facts.lesions
        assert lesion.in_brain is False
        assert [kind for kind, _ in reasons(found)] == ["unread"]


def test_a_specimen_is_removed_tumour() -> None:
    assert one(specimen={"reference": "Specimen/s"}).removed
    assert one().removed is False


def test_statuses_and_dates_of_a_measurement() -> None:
    found = intake(size(status="preliminary"))
    assert found.facts.lesions[0].counts is False
    assert found.account.by_outcome == {"set-aside": 1, "used": 1}
    assert one(issued="2026-11-20T12:00:00Z").own == date(2026, 11, 20)


# --- histology ----------------------------------------------------------------------------------


def morphology(code: str, **more: Any) -> dict[str, Any]:
    return observation("31206-6", valueCodeableConcept=concept((ICD_O, code)), **more)


@pytest.mark.parametrize(
    ("code", "invasive"), [("8720/3", True), ("87433", True), ("8742/2", False), ("8140/3", False)]
)
def test_histology_observation(code: str, invasive: bool) -> None:
    [found] = facts(morphology(code)).histologies
    assert found.invasive is invasive
    assert (found.code, found.own) == (code, date(2026, 11, 18))


def test_histology_that_is_not_used() -> None:
    text = observation("31206-6", "a", valueString="melanoma")
    local = observation("31206-6", "b", valueCodeableConcept=concept(("urn:local", "8720/3")))
    early = morphology("8720/3", status="preliminary")
    empty = observation("31206-6", "d")
    found = intake(text, local, early, empty)
    assert not found.facts.histologies
    assert reasons(found) == [
        ("unrecognised", "no-code"),
        ("unrecognised", "unrecognised-code"),
        ("set-aside", "not-final"),
        ("not-used", "no-measurement"),
    ]
    assert found.account.by_outcome == {"not-used": 1, "set-aside": 1, "unrecognised": 2, "used": 1}


def report(*conclusions: tuple[str, str], code: str = "22637-3", **more: Any) -> dict[str, Any]:
    coded = [concept(one) for one in conclusions]
    base = resource("DiagnosticReport", status="final", code=concept((LOINC, code)))
    return base | {"conclusionCode": coded, "effectiveDateTime": "2026-10-09"} | more


@pytest.mark.parametrize(
    ("conclusion", "invasive"),
    [
        ((ICD, "C43.59"), True),
        ((SNOMED, "93655004"), True),
        ((SNOMED, "314987003"), True),
        ((ICD_O, "8720/3"), True),
        ((ICD_O, "8720/2"), False),
        ((SNOMED, "1197324006"), None),
        ((SNOMED, "372244006"), None),
        ((ICD, "D03.5"), None),
        ((ICD_O, "8140/3"), None),
        (("urn:local", "MM"), None),
    ],
)
@pytest.mark.parametrize("code", ["22637-3", "11526-1"])
@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_pathology_report(conclusion: Any, invasive: bool | None, code: str, status: str) -> None:
    found = intake(report(conclusion, code=code, status=status))
    confirmed: list[Histology] = list(found.facts.histologies)
    assert [one.invasive for one in confirmed] == ([] if invasive is None else [invasive])
    assert bool(found.facts.notices) is (invasive is None)


def test_reports_that_do_not_confirm() -> None:
    conclusion = (SNOMED, "93655004")
    for status in (
        "registered",
        "partial",
        "preliminary",
        "appended",
        "cancelled",
        "unknown",
        "entered-in-error",
    ):
        found = intake(report(conclusion, status=status))
        assert not found.facts.histologies
        assert found.account.by_outcome["set-aside"] == 1
    other = intake(report(conclusion, code="58410-2"))
    assert reasons(other) == [("unrecognised", "unrecognised-code")]
    assert reasons(intake(report())) == [("not-used", "no-conclusion")]
    both = intake(report((ICD_O, "8720/2"), (ICD_O, "8720/3")))
    assert both.facts.histologies[0].invasive
