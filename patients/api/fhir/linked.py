"""Patients who are recorded as one person, as `Patient.link`: each merge and its reversal is a version of both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from patients.models import FhirVersion, PatientMerge

Json = dict[str, Any]


class Turn(NamedTuple):
    """A patient was recorded as one person with another, or no longer is."""

    number: int
    """The version of the patient's record that it led to."""
    at: datetime
    link: Json
    holds: bool


Turns = Mapping[UUID, list[Turn]]


def turns(versions: Collection[FhirVersion]) -> Turns:
    """Everything of the kind that became of the patients of these versions, in its order; other types have none."""
    patients = {one.patient_id for one in versions if one.type == "Patient"}
    found: dict[UUID, list[Turn]] = {one: [] for one in patients}
    if not patients:
        return found
    merges = PatientMerge.objects.filter(Q(survivor__in=patients) | Q(merged__in=patients))
    for one in merges.prefetch_related("reversals").order_by("pk"):
        back = next(iter(one.reversals.all()), None)
        for patient, other, kind, column in (
            (one.survivor_id, one.merged_id, "replaces", "survivor_version"),
            (one.merged_id, one.survivor_id, "replaced-by", "merged_version"),
        ):
            if patient not in patients:
                continue
            link = {"other": {"reference": f"Patient/{other}"}, "type": kind}
            found[patient].append(Turn(getattr(one, column), one.at, link, True))
            if back is not None:
                found[patient].append(Turn(getattr(back, column), back.at, link, False))
    return {patient: sorted(held, key=lambda turn: turn.number) for patient, held in found.items()}


def links(held: Iterable[Turn], version_id: str) -> list[Json]:
    """What holds at a version of a Patient."""
    number = int(version_id.partition(".")[0])
    found: list[Json] = []
    for turn in held:
        if turn.number <= number:
            found = [one for one in found if one != turn.link]
            found += [turn.link] if turn.holds else []
    return found


def with_links(tree: Json, more: list[Json]) -> Json:
    """A Patient as it goes out: what its source says of links stands first."""
    sent = tree.get("link")
    if not more or not isinstance(sent, list | None):
        return tree
    kept = [*(sent or ()), *(one for one in more if one not in (sent or ()))]
    return tree | {"link": kept}


def without_links(tree: Json, sent: Json, shown: Json) -> Json:
    """A Patient as it comes back, without the links that were given out as ours."""
    told, ours = tree.get("link"), shown.get("link")
    if not isinstance(told, list) or not isinstance(ours, list):
        return tree
    theirs = sent.get("link")
    count = len(theirs) if isinstance(theirs, list) else 0
    kept = [one for one in told if one not in ours[count:]]
    rest = {name: value for name, value in tree.items() if name != "link"}
    return rest | ({"link": kept} if kept or theirs is not None else {})
