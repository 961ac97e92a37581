"""What is stored answers as the dry run does on the same facts, byte for byte, over hundreds of varied records.

Every invented patient of the demonstration and generated documents of all the trouble that `tests/differential` knows
are received over HTTP; their statements, set-aside records, ranges and policies are filed; the verdicts are asked for
over HTTP. `EQUALITY_CASES` sets how many are generated (120), `EQUALITY_SEED` the first (1; one of many,
printed, where there are more).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from eligibility import demonstration
from eligibility.actions import set_policy
from eligibility.answers import to_json
from eligibility.dryrun import answer_document
from eligibility.protocols import get
from eligibility.requests import DEFAULT_ZONE
from patients.actions import record_attestation, set_aside_record
from patients.actions.ranges import Limit, add_range
from patients.intake import strict_json
from patients.intake.problems import Refused
from patients.models import Patient
from tests.api.stored.conftest import Asker, make_client, make_site, patient_in
from tests.differential.generator import make
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import use_sites

TRIAL = "NCT00514085"
PROTOCOL = get(TRIAL)
LONG_AGO = date(2020, 1, 1)
ON = date(2026, 11, 25)
KEYS = [one.key for one in demonstration.catalogue()]
USUAL = 120
CASES = int(os.environ.get("EQUALITY_CASES", USUAL))
SLICES = 8
Json = dict[str, Any]
At = Callable[[Site, date], None]

pytestmark = pytest.mark.django_db


def first_seed() -> int:
    given = os.environ.get("EQUALITY_SEED")
    if given:
        return int(given)
    return secrets.randbelow(10**9) if CASES > USUAL else 1


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Make it noon of a day at a site: what arrives then is received on that day."""

    def noon(site: Site, day: date) -> None:
        moment = datetime.combine(day, time(12), tzinfo=site.zone)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return noon


@pytest.mark.parametrize("part", range(SLICES))
def test_invented_patients(part: int, at: At) -> None:
    for key in KEYS[part::SLICES]:
        document = demonstration.to_json(demonstration.document(key, on=ON))
        assert compare(key, strict_json.parse(document), at), key


@pytest.mark.parametrize("part", range(SLICES))
def test_generated_records(part: int, at: At) -> None:
    base = first_seed()
    print(f"first seed {base}, part {part}")  # noqa: T201 - shown by pytest when it fails
    seeds = range(base + part, base + CASES, SLICES)
    compared = sum(compare(f"seed-{seed}", make(seed), at) for seed in seeds)
    assert compared >= len(seeds) * 0.8, "hardly any is refused as a whole"


def compare(name: str, document: Any, at: At) -> bool:
    """Whether it was compared: what the dry run refuses, storing refuses too, and nothing is kept."""
    on = date.fromisoformat(document["on"])
    received_on = date.fromisoformat(document.get("received_on", document["on"]))
    site = make_site(name[:50], document.get("time_zone", DEFAULT_ZONE))
    at(site, received_on)
    feed = make_client(name, site)
    delivered = feed.send(strict_json.write(document["bundle"]))
    try:
        expected = dry_run(document)
    except Refused as refused:
        if refused.issues[0].place.startswith("/policy"):
            return False
        assert delivered.status_code == 422, name
        with use_sites([site.pk]):
            assert not Patient.objects.exists(), name
        return False
    assert delivered.status_code == 200, (name, delivered.content[:500])
    patient = patient_in(delivered)
    with use_sites([site.pk]):
        file_statements(Patient.objects.get(pk=patient), site, document)
    assert stored(feed, patient, on) == expected, name
    return True


def dry_run(document: Json) -> bytes:
    """Its answer, without what it says of the delivery."""
    raw = strict_json.write(document)
    answer = answer_document(raw, trial=TRIAL, on=None, today=no_clock, timeline=True)
    del answer["account"], answer["ignored"]
    return to_json(answer).encode()


def no_clock(_: ZoneInfo) -> date:
    raise AssertionError("every document names its day")


def stored(feed: Asker, patient: str, on: date) -> bytes:
    asked = f"/api/v1/patients/{patient}/eligibility/?trial={TRIAL}&on={on}&timeline=true"
    answer = feed.get(asked)
    assert answer.status_code == 200, answer.content[:500]
    return bytes(answer.content)


def file_statements(patient: Patient, site: Site, document: Json) -> None:
    """What the envelope says beside the Bundle, filed as people do; first what they set aside."""
    for ref in dict.fromkeys(document.get("set_aside", ())):
        set_aside_record(
            patient=patient,
            site=site,
            source=site.code,
            ref=ref,
            reason="duplicate",
            note="",
            by=somebody(),
        )
    for stated in document.get("attestations", ()):
        record_attestation(
            patient=patient,
            trial=TRIAL,
            criterion=stated["criterion"],
            wording_digest="",
            answer=stated["answer"],
            stated_on=date.fromisoformat(stated["stated_on"]),
            by=None,
            by_name=stated["by"],
            detail=stated.get("detail", ""),
            source=stated.get("source", ""),
            source_dated=(
                date.fromisoformat(stated["source_dated"]) if "source_dated" in stated else None
            ),
            note=stated.get("note", ""),
        )
    for row in document.get("reference_ranges", ()):
        add_range(Limit(**dict(limit(row))), site=site, by=None)
    if document.get("policy"):
        set_policy(
            document["policy"], site=site, protocol=PROTOCOL, effective_from=LONG_AGO, by=None
        )


def limit(row: Json) -> Iterator[tuple[str, Any]]:
    """A range of an envelope by the names of the action."""
    for name, value in row.items():
        if name in ("from", "to"):
            yield f"valid_{name}", date.fromisoformat(value)
        elif name in ("high", "age_low", "age_high"):
            yield name, Decimal(value)
        else:
            yield name, value


def somebody() -> Account:
    return Account.objects.get_or_create(username="carla", defaults={"name": "Carla Reyes"})[0]
