"""What is received is kept, read and filed; sending it again changes nothing; what is stored answers as it was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from eligibility import demonstration
from eligibility.actions import answered, assess
from eligibility.answers import to_json
from eligibility.dryrun import answer_document
from eligibility.overtaken import overtaken
from eligibility.protocols import get
from eligibility.snapshots import take
from patients.actions import Attribution, Receipt, receive_bundle, record_attestation
from patients.intake.problems import Refused
from patients.models import CLINICAL, Delivery, LabResult, Patient, ReceivedResource
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

ON = date(2026, 11, 25)
PROTOCOL = get("NCT00514085")
KEYS = [one.key for one in demonstration.catalogue()]

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return Site.objects.create(
        code="toronto", name="Odette", city="Toronto", time_zone="America/Toronto", opened_on=ON
    )


def sent(bundle: Mapping[str, Any], site: Site, source: str = "ehr") -> Receipt:
    return receive_bundle(
        demonstration.to_json(bundle), site=site, source=source, by=Attribution(), received_on=ON
    )


def rows() -> dict[str, int]:
    return {table.__name__: table.objects.count() for table in CLINICAL}


def stored_answer(receipt: Receipt) -> str:
    snapshot = take(receipt.patient.pk, trial=PROTOCOL.trial)
    _, _, document = answered(snapshot, protocol=PROTOCOL, on=ON, timeline=True)
    return to_json(document)


def dry_answer(bundle: Mapping[str, Any]) -> str:
    document = answer_document(
        demonstration.to_json({"on": ON.isoformat(), "bundle": bundle}),
        trial=PROTOCOL.trial,
        on=None,
        today=lambda _: ON,
        timeline=True,
    )
    del document["account"], document["ignored"]
    return to_json(document)


@pytest.mark.parametrize("part", range(8))
def test_what_is_stored_answers_as_the_dry_run_does(part: int, site: Site) -> None:
    with use_sites([site.pk]):
        for key in KEYS[part::8]:
            bundle = demonstration.bundle(key, on=ON)
            assert stored_answer(sent(bundle, site)) == dry_answer(bundle), key


def test_sending_again_changes_nothing(site: Site) -> None:
    with use_sites([site.pk]):
        bundle = demonstration.bundle("meets-everything", on=ON)
        first = sent(bundle, site)
        before = rows()
        again = [sent(bundle, site) for _ in range(3)]
        assert (first.created, first.changed) == (True, True)
        assert [(one.created, one.changed) for one in again] == [(False, False)] * 3
        assert rows() == before
        assert Delivery.objects.count() == 1
        assert Patient.objects.get().record_version == 1


@pytest.mark.requirement(56)
@pytest.mark.parametrize("part", range(5))
def test_fifty_bundles_three_times_leave_what_once_does(part: int, site: Site) -> None:
    """Of fifty patients, each with something else about them: in no clinical table is there a row more."""
    with use_sites([site.pk]):
        for key in KEYS[:: len(KEYS) // 50][:50][part::5]:
            bundle = demonstration.bundle(key, on=ON)
            sent(bundle, site)
            before = rows(), ReceivedResource.objects.count(), Delivery.objects.count()
            again = [sent(bundle, site) for _ in range(2)]
            assert not any(one.created or one.changed for one in again), key
            assert (rows(), ReceivedResource.objects.count(), Delivery.objects.count()) == before


def test_a_correction_supersedes_and_the_old_value_stays_readable(site: Site) -> None:
    with use_sites([site.pk]):
        bundle = demonstration.bundle("meets-everything", on=ON)
        sent(bundle, site)
        changed = json.loads(demonstration.to_json(bundle))
        for entry in changed["entry"]:
            if entry["resource"].get("id", "").endswith(".platelets"):
                entry["resource"]["valueQuantity"]["value"] = 98
                entry["resource"]["status"] = "corrected"
        receipt = receive_bundle(
            json.dumps(changed), site=site, source="ehr", by=Attribution(), received_on=ON
        )
        assert receipt.changed
        platelets = LabResult.objects.filter(analyte="platelets").order_by("since_version")
        assert [row.superseded_version for row in platelets] == [2, None]
        assert platelets[1].value == 98
        answer = json.loads(stored_answer(receipt))
        verdicts = {one["id"]: one["verdict"] for one in answer["criteria"]}
        assert verdicts["platelets"] == "not_met"


def test_a_refused_bundle_leaves_nothing(site: Site) -> None:
    with use_sites([site.pk]):
        bundle: dict[str, Any] = {**demonstration.bundle("meets-everything", on=ON)}
        stranger = {"resource": {"resourceType": "Patient", "id": "somebody-else"}}
        with pytest.raises(Refused):
            sent({**bundle, "entry": [*bundle["entry"], stranger]}, site)
        assert not Patient.objects.exists()
        assert not ReceivedResource.objects.exists()


def test_raw_text_keeps_every_digit(site: Site) -> None:
    with use_sites([site.pk]):
        bundle = demonstration.bundle("meets-everything", on=ON)
        numbers = json.loads(demonstration.to_json(bundle), parse_float=str, parse_int=str)
        sent(bundle, site)
        held = [
            json.loads(resource.raw, parse_float=str, parse_int=str)
            for resource in ReceivedResource.objects.order_by("position")
        ]
        assert held == [entry["resource"] for entry in numbers["entry"]]


def test_an_assessment_is_filed_once_and_found_when_overtaken(site: Site) -> None:
    with use_sites([site.pk]):
        receipt = sent(demonstration.bundle("meets-everything", on=ON), site)
        today = {site.pk: ON}
        digest = PROTOCOL.digest()
        assert [pk for pk, _ in overtaken(digest=digest, today=today)] == [receipt.patient.pk]
        filed = assess(receipt.patient.pk, protocol=PROTOCOL, on=ON)
        assert assess(receipt.patient.pk, protocol=PROTOCOL, on=ON).pk == filed.pk
        assert list(overtaken(digest=digest, today=today)) == []
        assert filed.recheck_on is not None
        assert list(overtaken(digest=digest, today={site.pk: filed.recheck_on}))
        assert list(overtaken(digest="sha256:another", today=today))
        sent(demonstration.bundle("meets-everything", on=date(2026, 11, 24)), site)
        assert list(overtaken(digest=digest, today=today))


def test_what_arrives_after_a_statement_reopens_the_question(site: Site) -> None:
    """However old its own dates are: the person who stated it cannot have seen the record."""
    with use_sites([site.pk]):
        bundle: dict[str, Any] = {**demonstration.bundle("meets-everything", on=ON)}
        receipt = sent(bundle, site)
        record_attestation(
            patient=receipt.patient,
            trial=PROTOCOL.trial,
            criterion="no-cardiac-arrhythmia",
            wording_digest="sha256:x",
            answer="met",
            stated_on=ON,
            by=None,
            by_name="Dr A",
        )
        assert verdict(receipt, "no-cardiac-arrhythmia") == ("met", "decided")
        subject = bundle["entry"][1]["resource"]["subject"]
        flutter = {
            "resourceType": "Condition",
            "id": "flutter",
            "subject": subject,
            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I48.3"}]},
            "clinicalStatus": {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
                        "code": "active",
                    }
                ]
            },
            "onsetDateTime": "2019-05-01",
        }
        sent({**bundle, "entry": [*bundle["entry"], {"resource": flutter}]}, site)
        assert verdict(receipt, "no-cardiac-arrhythmia") == ("unknown", "newer-than-statement")


def verdict(receipt: Receipt, criterion: str) -> tuple[str, str]:
    answer = json.loads(stored_answer(receipt))
    found = next(one for one in answer["criteria"] if one["id"] == criterion)
    return found["verdict"], found["reason"]
