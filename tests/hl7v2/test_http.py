"""Messages over HTTP: a result arrives on the record once, and every answer is an ACK."""

from __future__ import annotations

import pytest

from patients.models import MessageSender, ReceivedMessage
from tests.api.stored.conftest import Asker
from tests.hl7v2.conftest import HL7, at_site, results, send
from tests.hl7v2.writing import oru, segments
from trialscreen.institution.models import Site

pytestmark = pytest.mark.django_db


def test_a_result_is_on_the_record_and_acknowledged(
    ehr: Asker, laboratory: MessageSender, toronto: Site
) -> None:
    raw = oru()
    answer = send(ehr, raw)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, HL7), answer.content
    said = segments(answer.content)
    assert said["MSA"] == [["AA", "M1"]], answer.content
    assert said["MSH"][0][3:5] == ["LAB", "GENERAL"]
    (result,) = results(toronto)
    assert result["code"] == "777-3"
    with at_site(toronto):
        message = ReceivedMessage.objects.get()
        assert (bytes(message.raw), message.outcome, message.kind) == (raw, "applied", "ORU^R01")
        tried = message.attempts.get()
        assert tried.delivery is not None
        assert tried.delivery.source == "hl7v2"
        assert message.patient_id == tried.delivery.patient_id
