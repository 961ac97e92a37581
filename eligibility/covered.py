"""What a determination and a signature cover, and whether it still holds: pure, no query and no clock.

Covered are the criteria version, engine and dictionary, the policy, every verdict and the facts that verdicts rest on,
each fact by its digest. It no longer holds when one of those facts was corrected, withdrawn or set aside, or when what
was recorded since changes a verdict. A newer result that changes no verdict is only shown, and so is an edit of
anything else; time alone changes nothing here, it ends the window.

What time has changed and what a record has changed are told apart by asking thrice: the record as it stands today, the
record without what arrived since today, and the same on the day that was covered. A verdict that is another one today
voids only where the record explains it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from eligibility.rules import ENGINE
from eligibility.rules.case import Case
from eligibility.rules.criterion import Criterion
from eligibility.rules.finding import Evidence, Finding
from eligibility.rules.outlook import REPEATABLE
from eligibility.rules.policy import Policy
from eligibility.rules.protocol import Assessment, Protocol
from eligibility.rules.record import Attestation, Record
from eligibility.rules.verdicts import UNKNOWN
from eligibility.snapshots import Snapshot
from patients import codec
from patients.facts import Facts, Person
from patients.values import Days

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
_PERSON = "Birth date, sex or death of the patient was corrected."


class Change(NamedTuple):
    """One sentence about what is no longer as it was covered, and the criterion that it concerns."""

    criterion: str
    """Empty where it concerns who the patient is."""
    text: str
    verdict: bool = False
    """That a verdict is another one now, rather than that a record is."""


def covered(
    *,
    screening: UUID,
    patient: UUID,
    snapshot: Snapshot,
    case: Case,
    found: Assessment,
    protocol: Protocol,
) -> dict[str, Any]:
    """What a determination of these findings covers, as JSON-ready data: of this episode and of no other."""
    return {
        "screening": str(screening),
        "patient": str(patient),
        "trial": protocol.trial,
        "version": protocol.version,
        "digest": protocol.digest(),
        "engine": ENGINE,
        "dictionary": snapshot.record.facts.dictionary,
        "read_with": snapshot.read_with,
        "record_version": snapshot.version,
        "ranges_version": snapshot.ranges_version,
        "on": found.on.isoformat(),
        "policy": {**case.policy.values(), "validity": dict(case.policy.validities)},
        "person": fingerprint(snapshot.record.facts.person),
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


def signature_digest(
    *, covers: str, signer: int, name: str, at: datetime, meaning: str, how: str = ""
) -> str:
    """What a signature is over: the determination's digest, whose account signed, when, and what it means.

    And by what the signer showed who they are, unless it was the password: it was always that once, and not said.
    """
    moment = at.astimezone(UTC).isoformat()
    said = {"covers": covers, "signer": signer, "name": name, "at": moment, "meaning": meaning}
    return digest_of(said if how in ("", "password") else said | {"how": how})


def is_intact(
    covers: Mapping[str, Any],
    digest: str,
    *,
    signed: str,
    signer: int,
    name: str,
    at: datetime,
    meaning: str,
    how: str = "",
) -> bool:
    """Whether a signature still is the one that was given over these findings: not a byte of either is another."""
    given = signature_digest(
        covers=digest, signer=signer, name=name, at=at, meaning=meaning, how=how
    )
    return digest_of(covers) == digest and given == signed


def changes(
    covers: Mapping[str, Any],
    snapshot: Snapshot,
    protocol: Protocol,
    policy: Policy,
    *,
    on: date,
    sent_again: Collection[str] = (),
) -> tuple[Change, ...]:
    """What voids a determination, worked out as of one day; empty: it holds.

    `protocol` and `policy` are those that were covered. `sent_again` names the records of which the source has sent
    something since; it decides where every fact has been read anew, so that digests cannot be compared.
    """
    if snapshot.version < covers["record_version"]:
        return ()  # An older look says nothing of a later determination.
    unmoved = snapshot.version == covers["record_version"]
    if unmoved and snapshot.ranges_version == covers["ranges_version"]:
        return ()
    gone = tuple(_gone(covers, snapshot, sent_again))
    after = protocol.assess(protocol.case(snapshot.record, policy), on)
    if covers["read_with"] != snapshot.read_with:
        return (*gone, *_turned_since(covers, after))
    before = protocol.case(_as_of(covers, snapshot), policy)
    then = protocol.assess(before, date.fromisoformat(covers["on"]))
    return (*gone, *_turned(covers, then, protocol.assess(before, on), after))


def arrived_since(snapshot: Snapshot, version: int, protocol: Protocol) -> tuple[str, ...]:
    """Names of the facts and answers that are newer than a version of the record, each once."""
    facts, arrived = snapshot.record.facts, snapshot.record.arrived
    titles = {criterion.id: criterion.title for criterion in protocol.criteria}
    new = [
        getattr(one, "label", "") or one.ref
        for kind in _KINDS[:-1]
        for one in getattr(facts, kind)
        if arrived.get(id(one), 0) > version
    ]
    new += [
        f"an answer on “{titles.get(one.criterion, one.criterion)}”"
        for one in snapshot.record.attestations
        if (one.version or 0) > version
    ]
    return tuple(dict.fromkeys(new))


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
    """The digest of a fact. Of a person only what verdicts rest on: neither a new address nor another source that
    tells the same makes another patient."""
    if isinstance(fact, Person):
        fact = Person("", _days(fact.birth), fact.sex, deceased=_days(fact.deceased))
    return codec.digest(codec.encode(fact))


def _days(span: Days | None) -> Days | None:
    return None if span is None else Days(span.first, span.last)


def _gone(
    covers: Mapping[str, Any], snapshot: Snapshot, sent_again: Collection[str]
) -> Iterator[Change]:
    """Facts that were used and are no longer held as they were; who the patient is counts as used."""
    facts = snapshot.record.facts
    if covers["person"] != fingerprint(facts.person):
        yield Change("", _PERSON)
    held = {fingerprint(one) for one in _every(facts)}
    refs = {one.ref for one in _every(facts)}
    # Read by another reading, the same record has another digest: then what its source has sent since is asked.
    same_reading = covers["read_with"] == snapshot.read_with
    for used in covers["facts"]:
        if used["kind"] in ("Attestation", "Person"):
            continue
        label = used["label"] or used["ref"]
        if used["ref"] not in refs:
            yield Change(used["criterion"], f"{label} was withdrawn or set aside.")
        elif used["digest"] not in held if same_reading else used["ref"] in sent_again:
            yield Change(used["criterion"], f"{label} was corrected.")


def _every(facts: Facts) -> Iterator[Any]:
    for kind in _KINDS[:-1]:
        yield from getattr(facts, kind)


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


def _turned(
    covers: Mapping[str, Any], then: Assessment, before: Assessment, after: Assessment
) -> Iterator[Change]:
    """Verdicts that are not those that were covered, and not because time has passed.

    `then` and `before` are of the record without what arrived since, on the covered day and today; `after` is of the
    record as it stands, today.
    """
    for criterion, was_then, without, now in zip(
        after.criteria, then.findings, before.findings, after.findings, strict=True
    ):
        was = covers["verdicts"].get(criterion.id, [None])[0]
        if now.verdict.value == was:
            continue
        if now.verdict is not without.verdict or was_then.verdict.value != was:
            yield _change(criterion, was or "not asked", now)


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
    return Change(criterion.id, text, verdict=True)
