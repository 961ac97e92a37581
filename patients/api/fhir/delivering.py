"""Resources of one patient as one delivery through the door that all records come through, and what became of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Any, NamedTuple

from patients.actions import Attribution, Receipt, receive_bundle
from patients.actions.introducing import known_to
from patients.actions.news import keys_of
from patients.api.fhir.covered import Covered
from patients.api.fhir.naming import Naming
from patients.api.fhir.rendered import subject_keys
from patients.api.fhir.unread import unread_entries
from patients.intake import strict_json
from patients.intake.fhir import read_bundle
from patients.intake.problems import Issue, Refused
from patients.models import FhirVersion, Patient
from trialscreen.institution.models import Site

Resource = dict[str, Any]
_PLACE = re.compile(r"^Bundle\.entry\[([0-9]{1,7})\](?:\.resource)?(.*)$", re.DOTALL)


class Sending(NamedTuple):
    """Who sends, for which site, on which day."""

    site: Site
    source: str
    by: Attribution
    received_on: date
    base: str
    covered: Covered

    @property
    def naming(self) -> Naming:
        return Naming(self.site, self.source, self.base, self.covered)


class Piece(NamedTuple):
    """One resource, with where it stood in what was sent: `place` is its FHIRPath."""

    position: int
    resource: Resource
    full_url: str
    place: str


class Kept(NamedTuple):
    """What became of one."""

    version: FhirVersion | None
    """None for what has no address: it says no type."""
    is_new: bool
    """The record was not known before."""
    is_changed: bool
    """A version of it was added."""
    unread: str
    """Why it could not be read, where it is kept all the same."""


def deliver(
    pieces: Sequence[Piece],
    sending: Sending,
    *,
    whole: bool,
    names: Mapping[str, str] | None = None,
    patient: Patient | None = None,
) -> dict[int, Kept]:
    """Keep resources of one patient; by their positions, what became of each.

    `whole`: all or none, and none that cannot be read. `names`: references to be taken for others. `patient`: who
    it is, where no Patient is among them.

    Raises:
        Refused: with places in what was sent.
    """
    entries = [_entry(one, sending, names or {}) for one in pieces]
    if patient is not None:
        entries.append(_introduced(patient, entries, sending.source))
    tree = {
        "resourceType": "Bundle",
        "type": "transaction" if whole else "batch",
        "entry": entries,
    }
    try:
        receipt = receive_bundle(
            strict_json.write(tree),
            site=sending.site,
            source=sending.source,
            by=sending.by,
            received_on=sending.received_on,
        )
    except Refused as refused:
        raise _in_place(refused, pieces) from None
    unread = {}
    if not whole and receipt.account.by_outcome.get("unread"):
        read = read_bundle(tree, received_on=sending.received_on, zone=sending.site.zone)
        unread = unread_entries(read)
    return _what_became(tree, receipt, sending.source, [one.position for one in pieces], unread)


def what_became(tree: Resource, receipt: Receipt, sending: Sending) -> dict[int, Kept]:
    """The same of a delivery that was taken as it came, by the positions of its entries."""
    unread = {}
    if receipt.account.by_outcome.get("unread"):
        read = read_bundle(tree, received_on=sending.received_on, zone=sending.site.zone)
        unread = unread_entries(read)
    held = tree.get("entry")
    count = len(held) if isinstance(held, list) else 0
    return _what_became(tree, receipt, sending.source, list(range(count)), unread)


def _entry(piece: Piece, sending: Sending, names: Mapping[str, str]) -> Resource:
    resource = deepcopy(piece.resource)
    sending.naming.translate(resource, names)
    entry: Resource = {"resource": resource}
    return {"fullUrl": piece.full_url, **entry} if piece.full_url else entry


def _introduced(patient: Patient, entries: Sequence[Resource], source: str) -> Resource:
    """The Patient to whom the records belong; each of them says so in one way."""
    known = known_to(patient, source)
    for one in entries:
        for key in subject_keys(str(one["resource"].get("resourceType", ""))):
            subject = one["resource"].get(key)
            if isinstance(subject, dict):
                one["resource"][key] = {**subject, "reference": known.reference}
    entry: Resource = {"resource": known.person}
    return {"fullUrl": known.full_url, **entry} if known.full_url else entry


def _in_place(refused: Refused, pieces: Sequence[Piece]) -> Refused:
    """With the places of what was sent instead of those of the delivery that was made of it."""
    issues = []
    for one in refused.issues:
        found = _PLACE.match(one.place)
        place = one.place
        if found is not None and int(found[1]) < len(pieces):
            place = pieces[int(found[1])].place + found[2]
        issues.append(Issue(place, one.code, one.detail))
    return Refused(tuple(issues))


def _what_became(
    tree: Resource,
    receipt: Receipt,
    source: str,
    positions: Sequence[int],
    unread: Mapping[int, str],
) -> dict[int, Kept]:
    keys = dict(keys_of(tree))
    held = FhirVersion.objects.filter(patient=receipt.patient).select_related("resource", "patient")
    mine: dict[str, FhirVersion] = {}
    number = receipt.patient.record_version if receipt.changed else -1
    fresh: set[int] = set()
    earlier = set()
    for one in held.defer("resource__raw").order_by("number", "-part"):
        if one.source == source:
            mine[one.key] = one
        (fresh.add(one.pk) if one.number == number else earlier.add(one.record))
    found = {}
    for index, position in enumerate(positions):
        version = mine.get(keys.get(index, ""))
        changed = version is not None and version.pk in fresh
        is_new = version is not None and changed and version.record not in earlier
        found[position] = Kept(version, is_new, changed, unread.get(index, ""))
    return found
