"""The eligibility answer: findings and outlook as plain JSON data, the same for the command, the API and the pages.

Dates are ISO, decimals are strings as reported, sentences are put together here. The same facts, protocol, policy and
day give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from eligibility.evidence import evidence_item
from eligibility.rules import ENGINE
from eligibility.rules.case import Case
from eligibility.rules.criterion import Criterion
from eligibility.rules.finding import Finding
from eligibility.rules.outlook import Outlook, Period, Stretch
from eligibility.rules.protocol import Assessment, Protocol
from eligibility.rules.verdicts import Reason
from patients.facts import Facts, Notice


def answer(
    protocol: Protocol,
    case: Case,
    assessment: Assessment,
    outlook: Outlook,
    *,
    timeline: bool = False,
) -> dict[str, Any]:
    """The whole answer as JSON-ready data; with `timeline` every criterion carries its days ahead."""
    facts = case.record.facts
    local = _local_codes(facts)
    return {
        "trial": protocol.trial,
        "version": protocol.version,
        "digest": protocol.digest(),
        "engine": ENGINE,
        "dictionary": facts.dictionary,
        "on": assessment.on.isoformat(),
        "received_on": facts.received_on.isoformat(),
        "status": assessment.status.value,
        "earliest_date": _iso(outlook.earliest),
        "recheck_on": _iso(outlook.recheck_on),
        "windows": [_period(period) for period in outlook.windows],
        "possible_windows": [_possible(period) for period in outlook.possible_windows],
        "to_confirm": list(assessment.to_confirm),
        "policy": {**case.policy.values(), "horizon": case.policy.horizon},
        "criteria": [
            _criterion(criterion, case, found, line, timeline=timeline, local=local)
            for criterion, found, line in zip(
                assessment.criteria, assessment.findings, outlook.timelines, strict=True
            )
        ],
        **_records(facts),
        **local,
    }


EFFORTS = (
    "patient",
    "attestation-coordinator",
    "chart",
    "attestation-investigator",
    "lab",
    "imaging",
)
"""Kinds of effort to fill a gap, the least first."""
_BASES = {"evidence": "e", "absence": "a", "attestation": "s", None: "-"}
_SHOWN = 3


def effort_of(kind: str, attestable_by: str | None) -> str:
    """The effort of a need; a statement's is that of who may give it."""
    if kind != "attestation":
        return kind
    return f"attestation-{'coordinator' if attestable_by == 'coordinator' else 'investigator'}"


def glance(document: Mapping[str, Any]) -> dict[str, Any]:
    """What a list shows of an answer beside its status and verdicts, small enough for hundreds of rows.

    `bases`: one letter a criterion (e evidence, a absence, p absence that nobody has confirmed, s statement, - none);
    `missing`: how many different things are to be collected; `first`: the three of least effort as [effort, words];
    `blocked`: criteria whose failure nothing can change, while which nothing is worth collecting.
    """
    unconfirmed = set(document["to_confirm"])
    needs: dict[str, str] = {}
    for one in document["criteria"]:
        for need in one["needs"]:
            needs.setdefault(need["what"], effort_of(need["kind"], one["attestable_by"]))
    ordered = sorted(needs.items(), key=lambda item: EFFORTS.index(item[1]))
    return {
        "bases": "".join(
            "p" if one["id"] in unconfirmed else _BASES[one["basis"]]
            for one in document["criteria"]
        ),
        "missing": len(needs),
        "first": [[effort, what] for what, effort in ordered[:_SHOWN]],
        "blocked": [
            one["id"]
            for one in document["criteria"]
            if one["verdict"] == "not_met" and one["remedy"] == "none"
        ],
    }


def to_json(document: Any) -> str:
    """One line of JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _criterion(
    criterion: Criterion,
    case: Case,
    found: Finding,
    line: Sequence[Stretch],
    *,
    timeline: bool,
    local: Mapping[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    read_locally = {_ref(one): one["detail"] for one in local.get("local_codes", ())}
    lines = _merged(line)
    unknown = found.reason is not Reason.DECIDED
    item: dict[str, Any] = {
        "id": criterion.id,
        "kind": criterion.type,
        "heading": criterion.heading,
        "place": criterion.place,
        "title": criterion.title,
        "requirement": criterion.text,
        "text_of_registry": criterion.quote,
        "attestable_by": criterion.answered_by(found),
        "verdict": found.verdict.value,
        "basis": found.basis.value if found.basis is not None else None,
        "reason": found.reason.value,
        "text": found.text,
        "evidence": [evidence_item(piece, read_locally) for piece in found.evidence],
        "others": [evidence_item(piece, read_locally) for piece in found.others],
        "needs": [{"what": str(need.what), "kind": need.kind.value} for need in found.needs]
        if unknown
        else [],
        "remedy": found.remedy.value if found.remedy is not None else None,
        "clears_on": _iso(found.clears_on),
        "changes_on": _iso(lines[1].first) if len(lines) > 1 else None,
        "conflicts": [str(note) for note in found.conflicts],
        "warnings": [str(note) for note in found.warnings],
        "policy": policy_used(criterion, case),
    }
    if timeline:
        item["timeline"] = [_stretch(stretch) for stretch in lines]
    return item


def _merged(line: Sequence[Stretch]) -> list[Stretch]:
    """Stretches that differ only in the reason of an unknown read as one."""
    merged: list[Stretch] = []
    for stretch in line:
        if merged and merged[-1].sameness[:2] == stretch.sameness[:2]:
            merged[-1] = merged[-1]._replace(last=stretch.last)
        else:
            merged.append(stretch)
    return merged


def policy_used(criterion: Criterion, case: Case) -> dict[str, Any]:
    """The policy values that this criterion was judged by."""
    named = set(_policy_names(criterion.holds))
    used: dict[str, Any] = {k: v for k, v in case.policy.values().items() if k in named}
    validity = criterion.validity(case)
    if validity is not None:
        used["attestation_validity"] = validity
    return used


def _policy_names(value: Any) -> Iterable[str]:
    """Names of policy values in a statement: whatever stands in a field called ``within``, and switches."""
    if is_dataclass(value) and not isinstance(value, type):
        yield from getattr(value, "switches", ())
        for part in fields(value):
            inner = getattr(value, part.name)
            if part.name == "within":
                yield inner
            else:
                yield from _policy_names(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _policy_names(inner)


def _stretch(stretch: Stretch) -> dict[str, Any]:
    found = stretch.finding
    return {
        "from": stretch.first.isoformat(),
        "to": stretch.last.isoformat(),
        "verdict": found.verdict.value,
        "basis": found.basis.value if found.basis is not None else None,
        "because": found.text,
    }


def _period(period: Period) -> dict[str, Any]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _possible(period: Period) -> dict[str, Any]:
    repeats = [
        {"criterion": repeat.criterion, "not_before": repeat.not_before.isoformat()}
        for repeat in period.repeat
    ]
    return {**_period(period), "repeat": repeats}


def _records(facts: Facts) -> dict[str, list[dict[str, Any]]]:
    """What was received and decides nothing: listed, never dropped."""
    kinds = {"unrecognised": "unrecognised", "set_aside": "set-aside"}
    kinds |= {"not_used": "not-used", "unread": "unread"}
    return {
        key: [_notice(notice) for notice in sorted(facts.notices) if notice.kind == kind]
        for key, kind in kinds.items()
    }


def _local_codes(facts: Facts) -> dict[str, list[dict[str, Any]]]:
    """Which codes of the site's own were read by its map, and by which version of it; nothing where none was."""
    read = [_notice(one) for one in sorted(facts.notices) if one.reason == "local-code"]
    return {"local_codes": read} if read else {}


def _ref(notice: Mapping[str, Any]) -> str:
    """The reference of the record that a notice is about, as facts have it."""
    ident = notice["id"]
    return ident if ":" in ident else f"{notice['type']}/{ident}"


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "type": notice.type,
        "id": notice.id,
        "about": notice.about,
        "system": notice.system,
        "code": notice.code,
        "text": notice.text,
        "reason": notice.reason,
        "detail": notice.detail,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
