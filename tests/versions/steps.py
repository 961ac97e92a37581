"""A version brought from one state to the next."""

from __future__ import annotations

from eligibility.actions.foreseeing import ask_impact, count_impacts
from eligibility.actions.publishing import put_in_force, review, send_back, submit
from eligibility.models import ProtocolVersion, Signatures, VersionEvent, VersionImpact
from eligibility.publication import last_number
from eligibility.rules.protocol import Protocol
from trialscreen.institution.models import Account


def submitted(protocol: Protocol, *, by: Account) -> ProtocolVersion:
    seen = last_number(protocol.trial)
    return submit(protocol, reason="Amendment 7", by=by, seen=seen).version


def reviewed(protocol: Protocol, *, by: Account, reviewer: Account) -> ProtocolVersion:
    return review_of(submitted(protocol, by=by), by=reviewer)


def review_of(version: ProtocolVersion, *, by: Account) -> ProtocolVersion:
    seen = last_number(version.trial.number)
    return review(version, statement="Read against amendment 7", by=by, seen=seen).version


def sent_back(version: ProtocolVersion, *, by: Account) -> ProtocolVersion:
    seen = last_number(version.trial.number)
    return send_back(version, reason="Not the limit of amendment 7", by=by, seen=seen).version


def published(
    protocol: Protocol, *, by: Account, reviewer: Account, signatures: str = Signatures.KEEP
) -> ProtocolVersion:
    return in_force(reviewed(protocol, by=by, reviewer=reviewer), by=by, signatures=signatures)


def in_force(
    version: ProtocolVersion, *, by: Account, signatures: str = Signatures.KEEP
) -> ProtocolVersion:
    foreseen(version, by=by)
    seen = last_number(version.trial.number)
    step: VersionEvent = put_in_force(
        version, signatures=signatures, reason="The board has approved it", by=by, seen=seen
    )
    return step.version


def foreseen(version: ProtocolVersion, *, by: Account) -> VersionImpact:
    """Its impact, counted as a worker does."""
    asked = ask_impact(version, by=by)
    count_impacts()
    asked.refresh_from_db()
    return asked
