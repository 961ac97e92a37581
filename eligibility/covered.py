"""What a determination and a signature cover, and whether it still holds: pure, no query and no clock.

Covered are the criteria version, engine and dictionary, the policy, every verdict and the facts that verdicts rest on,
each fact by its digest. It no longer holds when one of those facts was corrected, withdrawn or set aside, or when what
was recorded since changes a verdict. A newer result that changes no verdict is only shown, and so is an edit of
anything else; time alone changes nothing here, it ends the window.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from eligibility.rules import ENGINE
from eligibility.rules.case import Case
from eligibility.rules.criterion import Criterion
from eligibility.rules.finding import Evidence, Finding
from eligibility.rules.outlook import REPEATABLE
from eligibility.rules.protocol import Assessment, Protocol
from eligibility.rules.record import Attestation, Record
from eligibility.rules.verdicts import UNKNOWN
from eligibility.snapshots import Snapshot
from patients import codec
from patients.facts import Person

_KINDS = (
    "conditions",
    "results",
    "lesions",
    "histologies",
    "courses",
    "operations",
    "specimens",
    "participations",
    "notices",
)


class Change(NamedTuple):
    """One sentence about what is no longer as it was covered, and the criterion that it concerns."""

    criterion: str
    text: str


def covered(
    snapshot: Snapshot, case: Case, found: Assessment, protocol: Protocol
) -> dict[str, Any]:
    """What a determination of these findings covers, as JSON-ready data."""
    return {
        "trial": protocol.trial,
        "version": protocol.version,
        "digest": protocol.digest(),
        "engine": ENGINE,
        "dictionary": snapshot.record.facts.dictionary,
        "read_with": snapshot.read_with,
        "record_version": snapshot.version,
        "on": found.on.isoformat(),
        "policy": case.policy.values(),
        "verdicts": {
            criterion.id: [finding.verdict.value, finding.basis.value if finding.basis else None]
            for criterion, finding in zip(found.criteria, found.findings, strict=True)
        },
        "facts": sorted(
            _used(found), key=lambda fact: (fact["criterion"], fact["ref"], fact["digest"])
        ),
    }


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 over canonical JSON: sorted names, no white space."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + sha256(text.encode()).hexdigest()


def signature_digest(*, covers: str, signer: str, name: str, at: datetime, meaning: str) -> str:
    """What a signature is over: the determination's digest, who signed, when, and what it means."""
    return digest_of(
        {"covers": covers, "signer": signer, "name": name, "at": at.isoformat(), "meaning": meaning}
    )


def changes(
    covers: Mapping[str, Any], snapshot: Snapshot, protocol: Protocol, case: Case, *, on: date
) -> tuple[Change, ...]:
    """What voids a determination, worked out as of one day for the record then and now; empty: it holds.

    `protocol` is the version that was covered, `case` the record as it stands under it.
    """
    if snapshot.version == covers["record_version"]:
        return ()
    gone = tuple(_gone(covers, snapshot))
    after = protocol.assess(case, on)
    if covers["read_with"] != snapshot.read_with:
        return (*gone, *_turned_since(covers, after))
    before = protocol.assess(protocol.case(_as_of(covers, snapshot), case.policy), on)
    return (*gone, *_turned(before, after))


def _used(found: Assessment) -> Iterator[dict[str, Any]]:
    for criterion, finding in zip(found.criteria, found.findings, strict=True):
        for piece in finding.evidence:
            yield {"criterion": criterion.id, **_named(piece)}


def _named(piece: Evidence) -> dict[str, Any]:
    fact = piece.fact
    if isinstance(fact, Attestation):
        said = (
            f"{fact.criterion}|{fact.answer}|{fact.stated_on.isoformat()}|{fact.by}|{fact.detail}"
        )
        digest = sha256(said.encode()).hexdigest()
        return {
            "kind": "Attestation",
            "ref": f"attestation/{fact.version}",
            "label": "",
            "digest": digest,
        }
    return {
        "kind": type(fact).__name__,
        "ref": fact.ref,
        "label": getattr(fact, "label", ""),
        "digest": fingerprint(fact),
    }


def fingerprint(fact: Any) -> str:
    """The digest of a fact. Of a person only what verdicts rest on: a new address is no other patient."""
    if isinstance(fact, Person):
        fact = replace(fact, postal_code="", city="", country="")
    return codec.digest(codec.encode(fact))


def _gone(covers: Mapping[str, Any], snapshot: Snapshot) -> Iterator[Change]:
    """Facts that were used and are no longer held as they were."""
    facts = snapshot.record.facts
    every: Sequence[Any] = [
        facts.person,
        *(one for kind in _KINDS[:-1] for one in getattr(facts, kind)),
    ]
    held = {fingerprint(one) for one in every}
    refs = {one.ref for one in every}
    # Read by another dictionary, the same record has another digest: then only whether it is there can be compared.
    same_reading = covers["read_with"] == snapshot.read_with
    for used in covers["facts"]:
        if used["kind"] == "Attestation":
            continue
        label = used["label"] or used["ref"]
        if used["ref"] not in refs:
            yield Change(used["criterion"], f"{label} was withdrawn or set aside.")
        elif same_reading and used["digest"] not in held:
            yield Change(used["criterion"], f"{label} was corrected.")


def _as_of(covers: Mapping[str, Any], snapshot: Snapshot) -> Record:
    """The record without what arrived since."""
    record, version = snapshot.record, covers["record_version"]
    facts = record.facts
    kept: dict[str, Any] = {
        kind: tuple(
            one for one in getattr(facts, kind) if record.arrived.get(id(one), 0) <= version
        )
        for kind in _KINDS
    }
    stated = tuple(s for s in record.attestations if s.version is None or s.version <= version)
    return Record(replace(facts, **kept), stated, record.ranges, record.arrived)


def _turned(before: Assessment, after: Assessment) -> Iterator[Change]:
    for criterion, then, now in zip(before.criteria, before.findings, after.findings, strict=True):
        if then.verdict is not now.verdict:
            yield _change(criterion, then.verdict.value, now)


def _turned_since(covers: Mapping[str, Any], after: Assessment) -> Iterator[Change]:
    """As :func:`_turned` where every fact was read anew since, so that what is new among them is not to be told.

    Then the verdicts that were covered are compared. What only became too old is left to the window.
    """
    for criterion, now in zip(after.criteria, after.findings, strict=True):
        was = covers["verdicts"].get(criterion.id, [None])[0]
        aged = now.verdict is UNKNOWN and now.reason in REPEATABLE
        if now.verdict.value != was and not aged:
            yield _change(criterion, was or "not asked", now)


def _change(criterion: Criterion, was: str, now: Finding) -> Change:
    is_now = now.verdict.value.replace("_", " ")
    text = f"{criterion.title}: was {was.replace('_', ' ')}, is {is_now}. {now.text}"
    return Change(criterion.id, text)
