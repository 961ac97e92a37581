"""Trouble with records that are there: copies, versions, losses, foreign and unreadable ones."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

from tests.differential.draft import (
    SNOMED,
    Draft,
    Json,
    as_text,
    concept,
)
from tests.differential.invented_conditions import condition_code
from tests.differential.invented_results import (
    add_lab,
)
from tests.differential.invented_therapy import add_drug


def bend_copy(draft: Draft) -> None:
    """A second result beside one that is there: tied, another version, a repeated identity."""
    results = draft.of_kind("Observation")
    ids = [each["id"] for each in results]
    results = [each for each in results if ids.count(each["id"]) == 1 and "identifier" not in each]
    if not results:
        return
    first = draft.pick(*results)
    second = json.loads(as_text(first), parse_float=Decimal)
    kind = draft.rng.random()
    if kind < 0.4:
        draft.count += 1
        second["id"] = f"r{draft.count}"
        if draft.chance(0.3):
            second["code"] = first["code"]
    elif kind < 0.75:
        draft.count += 1
        second["id"] = f"r{draft.count}"
        number = {"system": "http://lab.example", "value": f"n{draft.count}"}
        first["identifier"] = second["identifier"] = [number]
        second["status"] = draft.word("final corrected preliminary cancelled entered-in-error")
    elif draft.chance(0.5):
        first["meta"] = {"lastUpdated": f"{draft.back(draft.pick(0, 1))}T10:00:00Z"}
        second["meta"] = {"lastUpdated": f"{draft.back(draft.pick(0, 1))}T11:00:00Z"}
    for each in (first, second):
        if draft.chance(0.4):
            each["issued"] = draft.instant(draft.on - timedelta(days=draft.pick(0, 1, 2)))
    _change_value(draft, second)
    draft.entries.append({"resource": second})


def _change_value(draft: Draft, result: Json) -> None:
    quantity = result.get("valueQuantity")
    if isinstance(quantity, dict) and isinstance(quantity.get("value"), (int, Decimal)):
        quantity["value"] = quantity["value"] * draft.pick(1, 2, 4, Decimal("0.25"))
    elif "valueInteger" in result:
        result["valueInteger"] = draft.pick(1, 3)
    elif "valueCodeableConcept" in result and draft.chance(0.5):
        result["valueCodeableConcept"] = concept(SNOMED, "10828004")


def bend_drop(draft: Draft) -> None:
    """Something that was there is missing."""
    statements_made = draft.document["attestations"]
    if statements_made and draft.chance(0.4):
        statements_made.remove(draft.pick(*statements_made))
    elif len(draft.entries) > 2:
        draft.entries.remove(draft.pick(*draft.entries[1:]))


def bend_set_aside(draft: Draft) -> None:
    others = draft.of_kind("Condition", "Procedure", "Observation", "MedicationRequest")
    if others:
        each = draft.pick(*others)
        aside = draft.document.setdefault("set_aside", [])
        aside.append(f"{each['resourceType']}/{each['id']}")


def bend_identity(draft: Draft) -> None:
    """Rare trouble with the bundle itself."""
    kind = draft.rng.random()
    if kind < 0.2:
        draft.add("Condition", code=condition_code(draft))["subject"] = {"reference": "Patient/px"}
    elif kind < 0.3:
        draft.entries.append({"resource": {"resourceType": "Patient", "id": "p2"}})
    elif kind < 0.35:
        draft.entries.pop(0)
    elif kind < 0.6:
        made = draft.add("Condition", code=condition_code(draft, "brain metastasis"))
        del made["subject"]
    elif kind < 0.7:
        made = add_drug(draft, "chemotherapy")
        made["status"] = "given"
    elif kind < 0.8:
        made = add_lab(draft, "platelets")
        made["effectiveDateTime"] = "2026-13-01"
    if draft.chance(0.5):
        draft.document["bundle"]["type"] = draft.pick("transaction", "batch", "searchset")
