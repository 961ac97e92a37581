"""The dry run: a FHIR Bundle (or the envelope around it) in, the eligibility answer out; nothing is stored.

Pure but for `today`, which the caller brings. The stored path reads its facts from tables and then goes the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from eligibility import protocols
from eligibility.answers import answer
from eligibility.requests import Request, read_request
from eligibility.rules.outlook import look_ahead
from eligibility.rules.policy import PolicyFault
from eligibility.rules.protocol import Protocol
from eligibility.rules.record import Record
from patients.facts import Intake
from patients.intake import strict_json
from patients.intake.fhir import read_bundle
from patients.intake.problems import Issue, Refused, pointer

Today = Callable[[ZoneInfo], date]


def answer_document(
    raw: bytes | str,
    *,
    trial: str,
    on: date | None,
    today: Today,
    timeline: bool = False,
) -> dict[str, Any]:
    """The answer to a request as JSON-ready data.

    `raw` is a bare FHIR Bundle or the envelope with ``bundle`` and everything optional beside it. A day in `on` wins
    over the envelope's; without either `today` is asked for the day in the site's time zone.

    Raises:
        Refused: what cannot be used, with the place of every fault.
        UnknownTrial: no protocol of that trial.
    """
    protocol = protocols.get(trial)
    request = read_request(strict_json.parse(raw), on=on, today=today, protocol=protocol)
    return answer_request(request, protocol, timeline=timeline)


def answer_request(
    request: Request, protocol: Protocol, *, timeline: bool = False
) -> dict[str, Any]:
    """The same to a request that was read, or put together, before.

    Raises:
        Refused: the Bundle or the policy cannot be used, with the place of every fault.
    """
    try:
        policy = protocol.tightened(request.policy)
    except PolicyFault as fault:
        raise Refused((Issue(f"/policy/{fault.key}", "policy", str(fault)),)) from None
    intake = _intake(request)
    record = Record(intake.facts, request.attestations, request.ranges)
    case = protocol.case(record, policy)
    assessment = protocol.assess(case, request.on)
    outlook = look_ahead(protocol, case, assessment)
    document = answer(protocol, case, assessment, outlook, timeline=timeline)
    document["account"] = {"received": intake.account.received, **intake.account.by_outcome}
    document["ignored"] = list(request.ignored)
    return document


def _intake(request: Request) -> Intake:
    try:
        return read_bundle(
            request.bundle,
            received_on=request.received_on,
            zone=request.zone,
            set_aside=request.set_aside,
            local_codes=request.local_codes,
        )
    except Refused as refused:
        if not request.enveloped:
            raise
        raise Refused(
            tuple(
                issue._replace(place=f"/bundle{pointer(issue.place)}") for issue in refused.issues
            )
        ) from None
