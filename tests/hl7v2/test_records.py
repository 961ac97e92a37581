"""What messages do to the record: versions, withdrawals, persons, merges, and who may send them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from eligibility import demonstration
from patients.models import (
    MessageAttempt,
    MessageSender,
    Patient,
    PatientMerge,
    ReceivedMessage,
    UnplacedMessage,
)
from tests.api.stored.conftest import Asker, make_client
from tests.hl7v2.conftest import at_site, code, faults, make_sender, outcomes, results, send
from tests.hl7v2.writing import adt, msh, obr, obx, oru, pid, segments
from trialscreen.institution.models import Site

pytestmark = pytest.mark.django_db
Tell = Callable[[bytes], str]


def values(site: Site) -> list[Any]:
    return [one["value"] for one in results(site)]


def patients(site: Site) -> int:
    with at_site(site):
        return Patient.objects.filter(site=site).count()


@pytest.mark.requirement(47, 56)
def test_the_same_message_again_is_acknowledged_and_changes_nothing(
    told: Tell, toronto: Site
) -> None:
    assert [told(oru()) for _ in range(3)] == ["AA"] * 3
    assert len(results(toronto)) == 1
    assert outcomes(toronto) == ["applied", "duplicate", "duplicate"]
    with at_site(toronto):
        assert Patient.objects.get().record_version == 1


def test_another_message_with_the_same_control_id_is_refused(
    ehr: Asker, told: Tell, toronto: Site
) -> None:
    assert told(oru()) == "AA"
    answer = send(ehr, oru(obx("5")))
    assert (code(answer.content), faults(answer.content)) == (
        "AE",
        [("MSH^1^10^1", "control-id-reused")],
    )
    assert [one["value"] for one in results(toronto)] == values(toronto)
    assert outcomes(toronto) == ["applied", "refused"]


def test_a_correction_replaces_and_a_late_older_message_does_not(told: Tell, toronto: Site) -> None:
    def at(hour: int, value: str, status: str) -> bytes:
        head = msh(control=f"M{hour}", at=f"20261120{hour}0000")
        return oru(obx(value, status=status), head=head)

    assert told(at(10, "231", "F")) == "AA"
    assert told(at(12, "90", "C")) == "AA"
    assert told(at(11, "200", "F")) == "AA"
    (held,) = results(toronto)
    assert "90" in json.dumps(held["value"])
    assert held["status"] == "corrected"


@pytest.mark.parametrize(("status", "left"), [("D", 0), ("W", 0), ("X", 1), ("P", 1)])
def test_a_withdrawn_result_counts_no_more(
    told: Tell, toronto: Site, status: str, left: int
) -> None:
    assert told(oru()) == "AA"
    later = msh(control="M2", at="20261120120000")
    assert told(oru(obx("" if status in "DWX" else "3", status=status), head=later)) == "AA"
    held = results(toronto)
    assert len(held) == left
    assert all(one["status"] not in ("final", "corrected") for one in held)


def test_a_result_by_hl7_is_the_same_fact_as_by_fhir(
    ehr: Asker, told: Tell, toronto: Site, montreal: Site
) -> None:
    assert told(oru()) == "AA"
    (ours,) = results(toronto)
    other = make_client("other", montreal)
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {
                "resource": {
                    "resourceType": "Patient",
                    "id": "p",
                    "birthDate": "1970-01-02",
                    "gender": "female",
                }
            },
            {
                "resource": {
                    "resourceType": "Observation",
                    "id": "o",
                    "status": "final",
                    "subject": {"reference": "Patient/p"},
                    "code": {"coding": [{"system": "http://loinc.org", "code": "777-3"}]},
                    "effectiveDateTime": "2026-11-20T08:30:00-05:00",
                    "issued": "2026-11-20T10:15:00-05:00",
                    "performer": [{"display": "General Hospital"}],
                    "valueQuantity": {
                        "value": 231,
                        "unit": "10*9/L",
                        "system": "http://unitsofmeasure.org",
                        "code": "10*9/L",
                    },
                    "referenceRange": [
                        {
                            "low": {"value": 150, "unit": "10*9/L"},
                            "high": {"value": 400, "unit": "10*9/L"},
                        }
                    ],
                }
            },
        ],
    }
    assert other.send(demonstration.to_json(bundle)).status_code == 200
    (theirs,) = results(montreal)
    assert {**ours, "ref": "", "source": ""} == {**theirs, "ref": "", "source": ""}


def test_another_date_of_birth_makes_and_changes_nobody(
    ehr: Asker, told: Tell, toronto: Site
) -> None:
    assert told(oru()) == "AA"
    for raw in (
        oru(obx("5"), person=pid(born="19700103"), control="M2"),
        adt("A08", pid(born="1971"), control="M3"),
    ):
        answer = send(ehr, raw)
        assert (code(answer.content), faults(answer.content)) == (
            "AE",
            [("PID^1^7^1", "birth-date")],
        )
    assert (patients(toronto), len(results(toronto))) == (1, 1)
    assert told(oru(person=pid(born="1970"), order=obr("F-2"), control="M4")) == "AA"


def test_a_result_message_changes_nobodys_particulars(told: Tell, toronto: Site) -> None:
    assert told(oru()) == "AA"
    other = pid(name="Otherwise^Ada", sex="M")
    assert told(oru(order=obr("F-2"), person=other, control="M2")) == "AA"
    with at_site(toronto):
        now = Patient.objects.get().demographics.get(superseded_version=None)
        assert (now.family_name, now.sex) == ("Invented", "female")
        last = MessageAttempt.objects.latest("pk")
        assert {one["code"] for one in last.remarks} == {"not-applied", "name"}


def test_who_a_person_is_is_updated(told: Tell, toronto: Site) -> None:
    assert told(oru()) == "AA"
    assert (
        told(adt("A08", pid(name="Newname^Ada", sex="", rest="|||^^Ottawa^ON^K1A 0B1^CAN"))) == "AA"
    )
    with at_site(toronto):
        now = Patient.objects.get().demographics.get(superseded_version=None)
        assert (now.family_name, now.sex) == ("Newname", "female")
        assert now.fact["city"] == "Ottawa"
    assert told(adt("A08", pid("SOMEBODY^^^GENERAL"), control="A2")) == "AA"
    assert patients(toronto) == 1
    assert outcomes(toronto)[-1] == "noted"


def test_two_records_become_one_and_keep_both_histories(
    ehr: Asker, told: Tell, toronto: Site
) -> None:
    assert told(oru()) == "AA"
    assert told(oru(person=pid("OLD^^^GENERAL"), order=obr("F-9"), control="M2")) == "AA"
    merge = adt("A40", pid(), "MRG|OLD^^^GENERAL", control="A9")
    assert told(merge) == "AA"
    assert told(merge) == "AA"
    with at_site(toronto):
        made = PatientMerge.objects.get()
        assert "A9" in made.reason
        assert made.client == "ehr"
        assert Patient.objects.count() == 2
        assert MessageAttempt.objects.exclude(merge=None).count() == 1
    again = send(ehr, adt("A40", pid(), "MRG|OLD^^^GENERAL", control="A10"))
    assert faults(again.content) == [("MRG^1^1^1", "not-merged")]
    nobody = send(ehr, adt("A40", pid("X^^^GENERAL"), "MRG|OLD^^^GENERAL", control="A11"))
    assert faults(nobody.content) == [("PID^1^3^1", "nobody")]


def test_a_merge_that_the_page_would_refuse_is_listed_for_a_person(
    ehr: Asker, told: Tell, toronto: Site
) -> None:
    assert told(oru()) == "AA"
    assert (
        told(oru(person=pid("OLD^^^GENERAL", born="1950"), order=obr("F-9"), control="M2")) == "AA"
    )
    answer = send(ehr, adt("A40", pid(), "MRG|OLD^^^GENERAL"))
    assert faults(answer.content) == [("MRG^1^1^1", "not-merged")]
    with at_site(toronto):
        assert not PatientMerge.objects.exists()


def test_identifiers_of_two_patients_are_nobodys(ehr: Asker, told: Tell, toronto: Site) -> None:
    assert told(oru()) == "AA"
    assert told(oru(person=pid("B^^^GENERAL"), order=obr("F-9"), control="M2")) == "AA"
    both = pid("INV-1^^^GENERAL^MR~B^^^GENERAL^MR")
    answer = send(ehr, oru(person=both, control="M3"))
    assert faults(answer.content) == [("PID^1^3^1", "two-patients")]


def test_a_sender_is_bound_to_its_connection(
    ehr: Asker, laboratory: MessageSender, toronto: Site
) -> None:
    other = make_client("other", toronto)
    answer = send(other, oru())
    assert faults(answer.content) == [("MSH^1^3^1", "unknown-sender")]
    assert results(toronto) == []
    assert outcomes(toronto) == ["refused"]
    assert code(send(ehr, oru()).content) == "AA"


def test_a_message_of_no_site_is_kept_where_nobody_reads_it(
    laboratory: MessageSender, toronto: Site, montreal: Site
) -> None:
    both = make_client("both", toronto, montreal)
    assert code(send(both, oru()).content) == "AE"
    assert outcomes(toronto) == outcomes(montreal) == []
    assert UnplacedMessage.objects.defer("raw").get().application == "LAB"
    assert code(send(both, oru(), "/api/v1/hl7v2/?site=toronto").content) == "AE"
    assert outcomes(toronto) == ["refused"]


def test_nothing_of_another_site(
    stranger: Asker, laboratory: MessageSender, toronto: Site, montreal: Site
) -> None:
    make_sender(montreal, client="stranger", name="Theirs")
    assert code(send(stranger, oru()).content) == "AA"
    assert results(toronto) == []
    assert len(results(montreal)) == 1


def test_a_refused_message_that_is_sent_again_is_tried_again(
    ehr: Asker, laboratory: MessageSender, toronto: Site
) -> None:
    merge = adt("A40", pid("X^^^GENERAL"), "MRG|INV-1^^^GENERAL", control="A1")
    assert code(send(ehr, oru()).content) == "AA"
    assert code(send(ehr, merge).content) == "AE"
    assert (
        code(send(ehr, oru(person=pid("X^^^GENERAL"), order=obr("F-2"), control="M2")).content)
        == "AA"
    )
    assert code(send(ehr, merge).content) == "AA"
    with at_site(toronto):
        message = ReceivedMessage.objects.get(control_id="A1")
        assert [one.outcome for one in message.attempts.order_by("number")] == [
            "refused",
            "applied",
        ]


def test_a_batch_is_answered_one_by_one(
    ehr: Asker, laboratory: MessageSender, toronto: Site
) -> None:
    raw = b"BHS|^~\\&|\r" + oru() + oru(obx(status="Z"), control="M2") + b"BTS|2\r"
    said = segments(send(ehr, raw).content)
    assert [one[0] for one in said["MSA"]] == ["AA", "AE"]
    assert said["BTS"] == [["2"]]
    assert outcomes(toronto) == ["applied", "refused"]


def test_rejections_and_the_enhanced_mode(ehr: Asker, laboratory: MessageSender) -> None:
    assert code(send(ehr, oru(head=msh("MDM^T02"))).content) == "AR"
    enhanced = msh(control="E1").split("|")
    enhanced[14:16] = ["AL", "NE"]
    assert code(send(ehr, oru(head="|".join(enhanced))).content) == "CA"
    old = send(ehr, oru(obx(status="Z"), head=msh(control="E2", version="2.3")))
    assert segments(old.content)["ERR"] == [["OBX^1^11^103&Table value not found&HL70357"]]


@pytest.mark.parametrize("body", [b"", b"{}", b"MSH", b"MSHaaaaaaaa", b"PID|1", b"\x0b"])
def test_what_is_no_hl7_at_all_is_a_problem(ehr: Asker, toronto: Site, body: bytes) -> None:
    answer = send(ehr, body)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert outcomes(toronto) == []


def test_who_may_not_write_sends_no_message(toronto: Site, laboratory: MessageSender) -> None:
    reader = make_client("reader", toronto, scopes="patients.read")
    assert send(reader, oru()).status_code == 403
    assert Asker("nobody").post("/api/v1/hl7v2/", oru(), "text/plain").status_code == 401


def test_a_person_hands_over_a_message(
    coordinator: Asker, laboratory: MessageSender, toronto: Site
) -> None:
    assert code(send(coordinator, oru()).content) == "AA"
    with at_site(toronto):
        message = ReceivedMessage.objects.select_related("person").get()
        assert message.person is not None
        assert message.person.username == "carla"
