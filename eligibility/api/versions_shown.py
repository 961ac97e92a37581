"""A version of the criteria, and the count of what its publication would change, as programs are told."""

from __future__ import annotations

from typing import Any

from eligibility import versions
from eligibility.models import VersionImpact
from eligibility.presenters.versions import sentence


def told(one: versions.Version) -> dict[str, Any]:
    return {
        "version": one.version,
        "digest": one.digest,
        "state": one.state or "not-submitted",
        "events": [
            {
                "number": event.number,
                "act": event.act,
                "from": event.before or None,
                "to": event.after,
                "at": event.at.isoformat(),
                "by": event.by_name,
                "reason": event.reason,
                "signatures": event.signatures or None,
            }
            for event in one.events
        ],
    }


def counted(found: VersionImpact) -> dict[str, Any]:
    return {
        "against": found.against.version,
        "asked_at": found.asked_at.isoformat(),
        "asked_by": found.by_name,
        "finished_at": found.finished_at.isoformat() if found.finished_at is not None else None,
        "sentence": sentence(found.counts) if found.counts else None,
        "counts": found.counts,
    }
