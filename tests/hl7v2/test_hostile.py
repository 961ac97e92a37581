"""Messages that arrive damaged, and the same message many times at once."""

from __future__ import annotations

import random
import threading

import pytest
from django.db import connections

from patients.models import MessageSender, Patient, ReceivedMessage
from tests.api.stored.conftest import Asker
from tests.hl7v2.conftest import at_site, code, faults, outcomes, results, send
from tests.hl7v2.writing import adt, obr, obx, oru, pid
from trialscreen.institution.models import Site

SAMPLES = {
    "results": oru(
        obx(), obx("<^5", kind="SN", code="2160-0^Creatinine^LN", unit="umol/L", limits="<=100")
    ),
    "person": adt("A08", pid(rest="|||1 Main St^^Toronto^ON^M5G 2M9^CAN^H")),
    "merge": adt("A40", pid(), "MRG|OLD^^^GENERAL"),
}
POINTS = 200


def damaged(raw: bytes) -> list[bytes]:
    """At 200 places each: cut off there, and one bit the other way."""
    chance = random.Random(20261122)
    places = [chance.randrange(len(raw)) for _ in range(POINTS)]
    flipped = []
    for at in places:
        broken = bytearray(raw)
        broken[at] ^= 1 << chance.randrange(8)
        flipped.append(bytes(broken))
    return [raw[:at] for at in places] + flipped


@pytest.mark.django_db
@pytest.mark.requirement(62)
@pytest.mark.parametrize("sample", SAMPLES)
def test_damaged_messages_are_answered_and_nothing_is_half_saved(
    ehr: Asker, laboratory: MessageSender, toronto: Site, sample: str
) -> None:
    assert code(send(ehr, oru(person=pid("OLD^^^GENERAL"), control="M0")).content) == "AA"
    arrived = 1
    for raw in damaged(SAMPLES[sample]):
        before = len(results(toronto))
        answer = send(ehr, raw)
        if answer.status_code == 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
            continue
        assert answer.status_code == 200, raw
        arrived += 1
        said = code(answer.content)
        assert said in ("AA", "AE", "AR", "CA", "CE", "CR"), raw
        if said[1] != "A":
            assert b"\rERR|" in answer.content, raw
            assert len(results(toronto)) == before, raw
    with at_site(toronto):
        tries = sum(one.attempts.count() for one in ReceivedMessage.objects.all())
    assert tries == arrived
    assert set(outcomes(toronto)) <= {"applied", "noted", "refused", "duplicate"}


@pytest.mark.django_db
def test_a_fault_of_ours_keeps_the_message(
    ehr: Asker, laboratory: MessageSender, toronto: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr("patients.actions.message_contents.receive_bundle", fails)
        answer = send(ehr, oru())
    assert (code(answer.content), faults(answer.content)) == ("AE", [("", "fault")])
    assert outcomes(toronto) == ["refused"]
    assert code(send(ehr, oru()).content) == "AA"


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement(47)
def test_the_same_message_eight_at_a_time_is_applied_once(
    ehr: Asker, laboratory: MessageSender, toronto: Site
) -> None:
    said: list[str] = []
    together = threading.Barrier(8)

    def tell(raw: bytes) -> None:
        together.wait()
        try:
            said.append(code(send(Asker(ehr.token), raw).content))
        finally:
            connections.close_all()

    for round_ in range(5):
        raw = oru(order=obr(f"F-{round_}"), control=f"M{round_}")
        threads = [threading.Thread(target=tell, args=(raw,)) for _ in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert said == ["AA"] * 40
    assert sorted(outcomes(toronto)) == ["applied"] * 5 + ["duplicate"] * 35
    assert len(results(toronto)) == 5
    with at_site(toronto):
        assert Patient.objects.get().record_version == 5
