"""What Django checks before it migrates or serves: that a protocol's version names one wording, here and for good."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connections

from eligibility import protocols
from eligibility.models import ProtocolVersion, VersionState
from eligibility.publication import versions_of
from eligibility.rules.protocol import Protocol

PUBLISHED = Path(protocols.__file__).with_name("published.json")
"""By trial: each version that was ever shipped, with its digest. Lines are added, never changed."""


def versions_are_published(**_: Any) -> list[CheckMessage]:
    """The canonical form of every protocol is the one that its version was shipped with."""
    return [*unpublished(_protocols(), json.loads(PUBLISHED.read_text(encoding="utf-8")))]


def unpublished(
    held: Iterable[Protocol], shipped: dict[str, dict[str, str]]
) -> Iterable[CheckMessage]:
    """What is wrong with protocols beside the list of what was shipped."""
    for protocol in held:
        digest = shipped.get(protocol.trial, {}).get(protocol.version)
        if digest is None:
            yield Error(
                f"Version {protocol.version} of {protocol.trial} is not in {PUBLISHED.name}.",
                hint=f'Add it there: "{protocol.version}": "{protocol.digest()}".',
                id="eligibility.E001",
            )
        elif digest != protocol.digest():
            yield Error(
                f"The protocol of {protocol.trial} has changed and is still called version {protocol.version}.",
                hint=f"Give it a new version, and add that to {PUBLISHED.name} with its digest "
                f"{protocol.digest()}; leave the line of {protocol.version} as it is.",
                id="eligibility.E002",
            )


def versions_agree_with_the_database(
    databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """No version is filed in the database with another wording. Before the first migration nothing is."""
    faults: list[CheckMessage] = []
    for alias in databases or ():
        for protocol in _protocols():
            filed = ProtocolVersion.objects.using(alias).filter(
                trial__number=protocol.trial, version=protocol.version
            )
            if "eligibility_protocolversion" not in _tables(alias):
                continue
            if filed.exclude(digest=protocol.digest()).exists():
                faults.append(
                    Error(
                        f"Version {protocol.version} of {protocol.trial} is filed in the database with another "
                        "wording than the one that is installed. Nobody would be assessed.",
                        hint="A protocol that has changed needs a version of its own.",
                        id="eligibility.E003",
                    )
                )
        faults += _left_behind(alias)
    return faults


def _left_behind(alias: str) -> Iterable[CheckMessage]:
    """The version in force is carried by every release until another one is published in its place."""
    if "eligibility_versionevent" not in _tables(alias):
        return
    for trial in protocols.trials():
        carried = {one.version for one in protocols.shipped(trial)}
        held = versions_of(trial).using(alias).filter(state=VersionState.PUBLISHED).first()
        if held is not None and held.version not in carried:
            yield Error(
                f"Version {held.version} of {trial} is in force, and this release does not carry it. "
                "Nobody would be assessed.",
                hint="Install a release that carries it, and submit, review and publish the next version there.",
                id="eligibility.E004",
            )


def _protocols() -> list[Protocol]:
    return [one for trial in protocols.trials() for one in protocols.shipped(trial)]


def _tables(alias: str) -> list[str]:
    try:
        return connections[alias].introspection.table_names()
    except DatabaseError:
        return []
