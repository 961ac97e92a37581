"""Who brought about a version of a record, when and why: for the facts that it began with or ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from patients.api import shown
from patients.models import Delivery, DerivedRow, Patient, SetAside

Changes = dict[int, dict[str, Any]]


class Rows:
    """The facts of one patient as they are shown, each with its beginning and its end."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient
        self.changes: Changes = {}

    def prepare(self, rows: Iterable[DerivedRow]) -> None:
        """Look up the versions that these rows name, in a number of queries that never grows."""
        held = list(rows)
        versions = {row.since_version for row in held}
        versions |= {row.superseded_version for row in held if row.superseded_version is not None}
        self.changes |= _deliveries(self.patient, versions)
        self.changes |= _withdrawals(self.patient, versions)

    def show(self, row: DerivedRow) -> dict[str, Any]:
        ended = row.superseded_version
        return shown.row(row) | {
            "recorded": self.changes.get(row.since_version),
            "superseded": None if ended is None else self.changes.get(ended),
        }

    def all(self, rows: Iterable[DerivedRow]) -> list[dict[str, Any]]:
        held = list(rows)
        self.prepare(held)
        return [self.show(row) for row in held]


def _change(at: Any, client: str, person: str | None, reason: str) -> dict[str, Any]:
    moment = at.isoformat().replace("+00:00", "Z")
    return {"at": moment, "client": client or None, "by": person, "reason": reason or None}


def _deliveries(patient: Patient, versions: set[int]) -> Changes:
    rows = Delivery.objects.filter(patient=patient, record_version__in=versions)
    named = ("record_version", "received_at", "client", "person__username", "reason")
    return {version: _change(*rest) for version, *rest in rows.values_list(*named)}


def _withdrawals(patient: Patient, versions: set[int]) -> Changes:
    rows = SetAside.objects.filter(patient=patient).select_related("by", "lifted_by")
    changes: Changes = {}
    for one in rows.filter(record_version__in=versions):
        why = f"{one.reason}: {one.note}" if one.note else one.reason
        by = one.by.username if one.by else None
        changes[one.record_version] = _change(one.recorded_at, one.client, by, why)
    for one in rows.filter(lifted_version__in=versions):
        by = one.lifted_by.username if one.lifted_by else None
        assert one.lifted_version is not None
        said = one.lifted_note
        changes[one.lifted_version] = _change(one.lifted_at, one.lifted_client, by, said)
    return changes
