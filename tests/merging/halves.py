"""One invented person who was received as two patients."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from eligibility import demonstration
from eligibility.actions import answered
from eligibility.answers import to_json
from eligibility.protocols import get
from eligibility.snapshots import take
from patients.actions import Attribution, Receipt, receive_bundle
from patients.actions.merging import Merging, merge, reverse_merge
from patients.models import Patient, PatientMerge
from trialscreen.institution.models import Site

ON = date(2026, 11, 25)
PROTOCOL = get("NCT00514085")
KEYS = [one.key for one in demonstration.catalogue()]
REGISTER = Attribution(client="register")
Bundle = Mapping[str, Any]


def whole_of(key: str) -> Bundle:
    return demonstration.bundle(key, on=ON)


def named(bundle: Bundle, name: str) -> Bundle:
    """The same Bundle, of a patient whom the source knows by another id and number."""
    text = demonstration.to_json(bundle)
    (person,) = (
        one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Patient"
    )
    told: Bundle = json.loads(
        text.replace(f"Patient/{person['id']}", f"Patient/{name}"), parse_float=Decimal
    )
    for one in told["entry"]:
        if one["resource"]["resourceType"] == "Patient":
            one["resource"]["id"] = name
            one["resource"]["identifier"] = [{"system": "urn:mrn", "value": name}]
    return told


def halves_of(bundle: Bundle, seed: int) -> tuple[Bundle, Bundle]:
    """Its resources dealt out at random to two patients, who are told of alike."""
    dealt = random.Random(seed)
    people = [one for one in bundle["entry"] if one["resource"]["resourceType"] == "Patient"]
    first, second = list(people), list(people)
    for one in bundle["entry"]:
        if one not in people:
            dealt.choice((first, second)).append(one)
    return (
        named({**bundle, "entry": first}, "one"),
        named({**bundle, "entry": second}, "other"),
    )


def sent(bundle: Bundle, site: Site, source: str = "ehr", on: date = ON) -> Receipt:
    return receive_bundle(
        demonstration.to_json(bundle), site=site, source=source, by=Attribution(), received_on=on
    )


def answer_of(patient: Patient) -> str:
    snapshot = take(patient.pk, trial=PROTOCOL.trial)
    _, _, document = answered(snapshot, protocol=PROTOCOL, on=ON, timeline=True)
    return to_json(document)


def joined(survivor: Patient, merged: Patient, site: Site, confirmation: str = "") -> PatientMerge:
    said = Merging(survivor.pk, merged.pk, "two numbers of one person", confirmation)
    return merge(said, site=site, by=REGISTER)


def parted(made: PatientMerge, site: Site, at: Any) -> None:
    reverse_merge(made, reason="two people after all", site=site, by=REGISTER, at=at)
