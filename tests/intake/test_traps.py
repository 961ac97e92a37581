"""What is known to go wrong with hospital data."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from patients.values import Amount
from tests.intake.build import (
    LOINC,
    SNOMED,
    concept,
    condition,
    facts,
    observation,
    quantity,
    reasons,
    resource,
)


def test_three_thousand_thousands_are_implausible_and_never_rescaled() -> None:
    [found] = facts(observation("26499-4", valueQuantity=quantity(3000, "10*3/uL"))).results
    assert isinstance(found.value, Amount)
    assert found.value.fault == "implausible"
    assert found.value.canonical == 3000


def test_percent_under_an_absolute_code_and_a_count_without_unit() -> None:
    for code, value in (("751-8", quantity(62, "%")), ("777-3", quantity(250))):
        [found] = facts(observation(code, valueQuantity=value)).results
        assert isinstance(found.value, Amount)
        assert (found.value.fault, found.value.canonical) == ("unit", None)


def test_half_past_three_in_utc_is_yesterday_in_toronto() -> None:
    late = observation("777-3", effectiveDateTime="2026-11-22T03:30Z")
    for zone, day in (("America/Toronto", 21), ("Europe/Paris", 22), ("Asia/Tokyo", 22)):
        [found] = facts(late, zone=ZoneInfo(zone)).results
        assert found.collected is not None
        assert found.collected.first == date(2026, 11, day)


def test_metastases_that_say_where_the_primary_was_are_no_other_malignancy() -> None:
    for code in ("314987003", "443493003"):
        [found] = facts(condition(code, system=SNOMED)).conditions
        assert "secondary-cancer" in found.classes
        assert not found.classes & {
            "other-solid-tumour",
            "history-of-cancer",
            "haematological-malignancy",
        }


def test_vaccination_and_hepatitis_b_antibodies_are_not_infection() -> None:
    surface, core = observation("16935-9", "a"), observation("13952-7", "b")
    vaccine = resource("Immunization", "v", patient={"reference": "Patient/p"})
    found = facts(surface, core, vaccine)
    assert not found.results
    assert not found.conditions
    assert reasons(found) == [("unrecognised", "unrecognised-code")] * 2 + [
        ("not-used", "type-not-used")
    ]


def test_family_history_is_never_a_condition() -> None:
    history = resource("FamilyMemberHistory", condition=[{"code": concept((SNOMED, "93655004"))}])
    history["patient"] = history.pop("subject")
    assert not facts(history).conditions


def test_zero_is_a_value() -> None:
    ecog = observation("89247-1", "a", valueInteger=0)
    count = observation("751-8", "b", valueQuantity=quantity(0, "10*9/L"))
    first, second = facts(ecog, count).results
    assert first.value == (0,)
    assert isinstance(second.value, Amount)
    assert second.value.canonical == 0
    assert second.value.fault is None


def test_references_are_never_fetched_and_narratives_never_read() -> None:
    told = condition("I10", text={"status": "generated", "div": "<div>C43.59 melanoma</div>"})
    tested = observation(
        "777-3",
        performer=[{"reference": "http://127.0.0.1:9/Organization/1"}],
        focus=[{"reference": "http://127.0.0.1:9/x/1"}],
    )
    found = facts(told, tested)
    assert not found.conditions
    assert len(found.results) == 1


def test_hostile_texts_are_kept_as_they_are() -> None:
    script = '<script>alert("x")</script>'
    found = facts(condition({"coding": [{"system": script, "code": script, "display": script}]}))
    assert found.notices[0][4:7] == (script, script, script)


def test_a_panel_is_only_a_container() -> None:
    panel = observation("77753-2", hasMember=[{"reference": "Observation/h"}])
    assert reasons(facts(panel)) == [("not-used", "not-used")]
    both = concept((LOINC, "77753-2"), (LOINC, "58410-2"))
    assert reasons(facts(observation(both))) == [("not-used", "not-used")]


def test_a_stage_is_shown_and_decides_nothing() -> None:
    stage = observation("21908-9", valueCodeableConcept=concept(text="Stage IV"))
    [notice] = facts(stage).notices
    assert (notice.kind, notice.code) == ("not-used", "21908-9")
    assert "Stage IV" in notice.detail


def test_absurd_bundles_are_read_without_a_long_wait() -> None:
    """Each of these took the square of its size, or more, when written carelessly."""
    same = [condition("I10", "x", identifier=[{"value": "1"}]) for _ in range(3_000)]
    assert len(facts(*same).notices) == 1
    chain = [
        observation("777-3", f"o{n}", identifier=[{"value": str(n)}, {"value": str(n + 1)}])
        for n in range(3_000)
    ]
    assert len(facts(*chain).results) == 1
    many = {"coding": [{"system": LOINC, "code": f"{n}-x"} for n in range(2_000)]}
    wide = observation(many, identifier=[{"value": str(n)} for n in range(2_000)])
    assert len(facts(wide).notices) == 2_000
    long = "Aa/" * 100_000
    assert (
        facts(condition("C43.59" + "0" * 100_000, recordedDate="2026-01-01")).notices[0].kind
        == "unrecognised"
    )
    assert facts(observation("33728-7", focus=[{"reference": f"http://{long}"}])).lesions
