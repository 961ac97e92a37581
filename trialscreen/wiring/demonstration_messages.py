"""Invented HL7 v2 messages for the demonstration: one is applied, one refused, one sent twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils import timezone

from eligibility import demonstration
from patients.actions.message_senders import MLLP, Connection
from patients.actions.messages import receive_messages
from patients.models import MessageSender, ReceivedMessage
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

_HERE: Final = "127.0.0.1"


def send() -> int:
    """Register an invented laboratory and have it send; gives how many messages, 0 where it has sent already."""
    site = Site.objects.get(code=demonstration.CENTRES[0].code)
    with use_sites([site.pk]):
        MessageSender.objects.get_or_create(
            site=site,
            name="Invented laboratory",
            ended_at=None,
            defaults={
                "application": "LAB",
                "facility": "INVENTED",
                "laboratory": "Invented laboratory",
                "source": "hl7v2",
                "networks": ["127.0.0.0/8"],
            },
        )
        if ReceivedMessage.objects.filter(site=site).exists():
            return 0
    messages = _messages(site)
    for one in messages:
        receive_messages(
            one,
            connection=Connection(MLLP, _HERE),
            site_ids=[site.pk],
            fallback=site,
            at=timezone.now(),
        )
    return len(messages)


def _messages(site: Site) -> list[bytes]:
    now = timezone.localtime(timezone=site.zone)
    sent, drawn = now.strftime("%Y%m%d%H%M%S"), (now - timedelta(days=1)).strftime("%Y%m%d0830")

    def message(control: str, person: str, *results: str) -> bytes:
        head = f"MSH|^~\\&|LAB|INVENTED|trialscreen|{site.code}|{sent}||ORU^R01^ORU_R01|{control}|P|2.5.1"
        order = f"OBR|1||INV-{control}|58410-2^CBC panel^LN|||{drawn}"
        lines = (f"{head}||||||UNICODE UTF-8", person, order, *results)
        return "".join(f"{one}\r" for one in lines).encode()

    ada = "PID|1||INV-7001^^^INVENTED^MR||Invented^Ada||19690412|F"
    blood = (
        "OBX|1|NM|777-3^Platelets^LN||231|10*9/L^^UCUM|150-400|N|||F",
        "OBX|2|NM|751-8^Neutrophils^LN||3.9|10*9/L^^UCUM|1.8-7.5|N|||F",
        "OBX|3|NM|LOC-17^Reticulocytes^99INV||61|10*9/L^^UCUM|20-100|N|||F",
    )
    applied = message("0001", ada, *blood)
    somebody = "PID|1||INV-7001^^^INVENTED^MR||Invented^Ada||19690421|F"
    refused = message("0002", somebody, "OBX|1|NM|777-3^Platelets^LN||98|10*9/L^^UCUM||L|||F")
    return [applied, applied, refused]
