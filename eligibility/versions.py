"""Versions of a trial as pages and API show them: those on record, and those that the release carries besides."""

from __future__ import annotations

from typing import NamedTuple

from eligibility import protocols
from eligibility.models import VersionEvent
from eligibility.publication import Filed, versions_of
from eligibility.rules.canonical import loads
from eligibility.rules.protocol import Protocol


class Version(NamedTuple):
    version: str
    digest: str
    state: str
    """Empty: carried by the release, and submitted by nobody."""
    events: tuple[VersionEvent, ...]
    filed: Filed | None
    carried: Protocol | None
    """By the release that runs; a retired one need not be."""

    @property
    def protocol(self) -> Protocol:
        """Its wording, of a retired one read back from what is on record."""
        if self.carried is not None:
            return self.carried
        read: Protocol = loads(self.filed.canonical if self.filed is not None else "")
        return read


def of_trial(trial: str) -> list[Version]:
    """The latest first; none where there is no such trial."""
    # A registry number is of letters and digits; the database is not asked for anything else.
    if trial not in protocols.trials():
        return []
    carried = {one.digest(): one for one in protocols.shipped(trial)}
    held = list(versions_of(trial).prefetch_related("events"))
    known = {one.digest for one in held}
    others = [
        Version(one.version, digest, "", (), None, one)
        for digest, one in carried.items()
        if digest not in known
    ]
    return others + [
        Version(
            one.version,
            one.digest,
            one.state,
            tuple(one.events.all()),
            one,
            carried.get(one.digest),
        )
        for one in held
    ]
