"""What became of each entry of a Bundle, as a FHIR response Bundle."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from patients.actions import Receipt
from patients.api.outcomes import outcome
from patients.facts import Intake
from patients.models import ReceivedResource

_PLACE = re.compile(r"Bundle\.entry\[([0-9]{1,7})\]")


def response_bundle(
    tree: Mapping[str, Any], receipt: Receipt, unread: Mapping[int, str], source: str
) -> dict[str, Any]:
    """``transaction-response`` or ``batch-response``: the entries in their order, each with its status.

    An entry that could not be read is kept with the others, decides nothing, and says so here.
    """
    kept, known = _kept(receipt, source)
    entries = []
    for position, member in enumerate(tree["entry"]):
        if position in unread:
            answered = _failed(unread[position])
        elif position in kept and kept[position] not in known:
            answered = {"status": "201 Created"}
        else:
            answered = {"status": "200 OK"}
        entries.append({"response": answered | _named(member, receipt)})
    kind = "transaction-response" if tree["type"] == "transaction" else "batch-response"
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def _kept(receipt: Receipt, source: str) -> tuple[dict[int, str], set[str]]:
    """Keys of what this delivery added, by position, and which of them were held before."""
    if not receipt.changed:
        return {}, set()
    held = ReceivedResource.objects.filter(patient=receipt.patient, source=source)
    version = receipt.patient.record_version
    kept = dict(held.filter(delivery__record_version=version).values_list("position", "key"))
    before = held.filter(delivery__record_version__lt=version, key__in=kept.values())
    return kept, set(before.values_list("key", flat=True))


def unread_entries(intake: Intake) -> dict[int, str]:
    """Why an entry could not be read, by its position: every such notice begins with its place."""
    found = {}
    for notice in intake.facts.notices:
        place = _PLACE.match(notice.detail) if notice.kind == "unread" else None
        if place is not None:
            found[int(place[1])] = notice.detail
    return found


def _failed(detail: str) -> dict[str, Any]:
    return {"status": "422 Unprocessable Content", "outcome": outcome(422, detail)}


def _named(member: Any, receipt: Receipt) -> dict[str, str]:
    """Of the Patient: under which id it is held here, and its record version."""
    resource = member.get("resource") if isinstance(member, dict) else None
    if not isinstance(resource, dict) or resource.get("resourceType") != "Patient":
        return {}
    patient = receipt.patient
    return {"location": f"Patient/{patient.pk}", "etag": f'W/"{patient.record_version}"'}
