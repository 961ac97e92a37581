"""The trial as ResearchStudy and each version of its criteria as Group: public facts, and nobody's.

A criterion is worded so that *met* is good, whichever way the registry lists it. So each characteristic is that the
requirement is met, and `exclude` is false in all of them: an exclusion told by `exclude` would let in whoever has no
answer yet. Which way the registry lists it is the second code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from eligibility import protocols, versions
from eligibility.api.fhir.asked import Used, is_named, is_within, wanted
from eligibility.models import VersionEvent, VersionState
from eligibility.rules.criterion import Criterion
from patients.api.fhir.covered import Covered
from patients.api.fhir.parameters import Sites
from patients.api.fhir.rendered import moment
from patients.api.fhir.shelves import Made

Json = dict[str, Any]
OURS: Final = "urn:trialscreen:"
"""Before the names of our code systems."""
_PHASE: Final = "http://terminology.hl7.org/CodeSystem/research-study-phase"
_SHOWN: Final = (VersionState.PUBLISHED, VersionState.RETIRED)
"""Steps after which a version is read otherwise; nobody outside is told of a draft."""


class Studies:
    """The shelf of trials. A trial is there once a version of its criteria was published; each is a version of it."""

    def history(self, site_ids: Collection[int], ident: str, covered: Covered) -> list[Made]:
        return _study(ident) if site_ids else []

    def page(
        self, used: Used, sites: Sites, after: str, count: int, covered: Covered
    ) -> list[Made]:
        held = (_study(trial) for trial in sorted(protocols.trials()))
        return _matching(held, used, after, count) if sites.ids else []


class Criteria:
    """The shelf of versions that are or were in force."""

    def history(self, site_ids: Collection[int], ident: str, covered: Covered) -> list[Made]:
        found = (one for one in _groups() if one[0].tree["id"] == ident)
        return next(found, []) if site_ids else []

    def page(
        self, used: Used, sites: Sites, after: str, count: int, covered: Covered
    ) -> list[Made]:
        return _matching(_groups(), used, after, count) if sites.ids else []


def group_id(trial: str, version: str) -> str:
    return f"{trial}-{version}"


def _study(trial: str) -> list[Made]:
    published = sorted(
        (
            (event.at, event.number, one)
            for one in versions.of_trial(trial)
            for event in one.events
            if event.after == VersionState.PUBLISHED
        ),
        key=lambda found: found[1],
    )
    made = [
        _version(_study_tree(trial, [one[2] for one in published[:number]]), str(number), at)
        for number, (at, _, _) in enumerate(published, 1)
    ]
    return made[::-1]


def _study_tree(trial: str, published: Sequence[versions.Version]) -> Json:
    known, latest = protocols.registered(trial), published[-1]
    return {
        "resourceType": "ResearchStudy",
        "id": trial,
        "identifier": [{"system": system, "value": value} for system, value in known.identifiers],
        "title": latest.protocol.title,
        "status": known.status,
        "phase": {"coding": [{"system": _PHASE, "code": known.phase}]},
        "sponsor": {"display": known.sponsor},
        "enrollment": [{"reference": f"Group/{group_id(trial, latest.version)}"}],
    }


def _groups() -> list[list[Made]]:
    """Of every version that is or was in force what it is read as, the newest first; in the order of their ids."""
    found = []
    for trial in protocols.trials():
        for one in versions.of_trial(trial):
            steps = [event for event in one.events if event.after in _SHOWN]
            made = [_group(trial, one, step, number) for number, step in enumerate(steps, 1)]
            if made:
                found.append(made[::-1])
    return sorted(found, key=lambda made: str(made[0].tree["id"]))


def _group(trial: str, one: versions.Version, step: VersionEvent, number: int) -> Made:
    protocol = one.protocol
    tree = {
        "resourceType": "Group",
        "id": group_id(trial, one.version),
        "identifier": [
            {"system": f"{OURS}criteria-version:{trial}", "value": one.version},
            {"system": f"{OURS}criteria-digest", "value": one.digest},
        ],
        "active": step.after == VersionState.PUBLISHED,
        "type": "person",
        "actual": False,
        "name": protocol.title,
        "characteristic": [_characteristic(trial, each) for each in protocol.criteria],
    }
    return _version(tree, str(number), step.at)


def _characteristic(trial: str, one: Criterion) -> Json:
    code = {"system": f"{OURS}criterion:{trial}", "code": one.id, "display": one.title}
    listed = {"system": f"{OURS}listed-as", "code": one.type}
    met = {"system": f"{OURS}verdict", "code": "met"}
    return {
        "code": {"coding": [code, listed], "text": one.text},
        "valueCodeableConcept": {"coding": [met]},
        "exclude": False,
    }


def _version(tree: Json, version: str, at: datetime) -> Made:
    meta = {"versionId": version, "lastUpdated": moment(at)}
    named = {"resourceType": tree["resourceType"], "id": tree["id"], "meta": meta}
    return Made(version, at, named | tree, tree["id"])


def _matching(held: Iterable[list[Made]], used: Used, after: str, count: int) -> list[Made]:
    now = [made[0] for made in held if made and made[0].place > after]
    return [one for one in now if _matches(one, used)][:count]


def _matches(one: Made, used: Used) -> bool:
    return all(any(_is(one, name, value) for value in values) for name, values in wanted(used))


def _is(one: Made, name: str, value: str) -> bool:
    if name == "_id":
        return value == one.tree["id"]
    if name == "identifier":
        return is_named(value, [(each["system"], each["value"]) for each in one.tree["identifier"]])
    if name == "status":
        system = "http://hl7.org/fhir/research-study-status"
        return "status" in one.tree and is_named(value, [(system, one.tree["status"])])
    return name == "_lastUpdated" and is_within(value, one.at)
