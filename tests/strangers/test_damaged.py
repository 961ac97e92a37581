"""Published examples with a bit changed or cut off: each is read in full or refused with its reason, and nothing else.

`DAMAGED=200` tries that many places of every record in each way, some two hundred thousand inputs.
"""

from __future__ import annotations

import os
import random
import resource
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from patients.actions.news import news_among, pieces_of
from patients.actions.receive import names_of
from patients.codes.local import NO_LOCAL_CODES
from patients.facts import Intake
from patients.intake import strict_json
from patients.intake.fhir import read_bundle
from patients.intake.problems import REFUSALS, Refused
from patients.models import ReceivedResource
from patients.stored import FACT_KINDS, Held, read_held
from tests.strangers.packages import PACKAGES, Examples, NotToBeHad, examples

PLACES = int(os.environ.get("DAMAGED", "3"))
MOST_MEGABYTES = 512
ON = date(2026, 11, 22)
ZONE = ZoneInfo("America/Toronto")
WHO = UUID(int=1)


@pytest.fixture(scope="module", params=sorted(PACKAGES))
def strangers(request: pytest.FixtureRequest) -> Examples:
    try:
        return examples(request.param)
    except NotToBeHad as why:
        pytest.skip(f"{why}; the example packages are read where the npm registry is in reach")


def damaged(bundle: dict[str, Any], draw: random.Random) -> Iterator[bytes]:
    """The patient with one record after the other, that at `PLACES` places with a bit changed, a byte lost, cut off."""
    person, *others = (strict_json.write(entry).encode() for entry in bundle["entry"])
    before = b'{"resourceType":"Bundle","type":"batch","entry":[' + person + b","
    for raw in others:
        for _ in range(PLACES):
            at = draw.randrange(len(raw))
            changed = bytes([raw[at] ^ 1 << draw.randrange(8)])
            yield before + raw[:at] + changed + raw[at + 1 :] + b"]}"
            yield before + raw[:at] + raw[at + 1 :] + b"]}"
            yield before + raw[:at]


@pytest.mark.requirement(51)
def test_what_was_damaged_is_read_or_refused(
    strangers: Examples, capsys: pytest.CaptureFixture[str]
) -> None:
    became: Counter[str] = Counter()
    draw = random.Random(f"{strangers.package} {PLACES}")
    for bundle in strangers.patients.values():
        for raw in damaged(bundle, draw):
            became[outcome(raw)] += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with capsys.disabled():
        print(f"\n{strangers.package}: {became.total()} inputs, {dict(became)}, {peak} MB")  # noqa: T201 - the counts are part of the result
    assert became["read"] > PLACES
    assert peak < MOST_MEGABYTES or PLACES < 10


def outcome(raw: bytes) -> str:
    try:
        tree = strict_json.parse(raw)
        intake = read_bundle(tree, received_on=ON, zone=ZONE)
    except Refused as fault:
        explained(fault)
        return "refused"
    assert isinstance(tree, dict)
    account = intake.account
    assert sum(account.by_outcome.values()) == account.received == len(tree["entry"])
    return "read" if not names_of(tree) else read_again(tree, intake)


def read_again(tree: dict[str, Any], intake: Intake) -> str:
    """As it is kept it says what it said."""
    rows = [
        ReceivedResource(pk=place, patient_id=WHO, source="s", received_on=ON, **piece._asdict())
        for place, piece in enumerate(news_among(pieces_of(tree), ()), start=1)
    ]
    (read,) = read_held(Held(WHO, rows), ZONE, local_codes=NO_LOCAL_CODES)
    if len(rows) == intake.account.received:
        for kind in FACT_KINDS[:-1]:
            assert getattr(read.intake.facts, kind) == getattr(intake.facts, kind)
        assert len(read.intake.facts.notices) == len(intake.facts.notices)
    return "read"


def explained(fault: Refused) -> None:
    """It says what is wrong, and its code is one of those that are described."""
    assert fault.issues
    assert all(issue.code in REFUSALS and issue.detail.strip() for issue in fault.issues)
