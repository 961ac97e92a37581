"""What the addresses of senders of messages take and give, for the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from eligibility.api.administration.bodies import TEXT, TEXTS, Body
from eligibility.api.administration.described import REASON
from eligibility.api.administration.operations import acts, reads
from patients.api import described

_SAID: dict[str, Any] = {"type": ["string", "null"]}
_WORD = described.TEXT
_SENDER: Final = described.an_object(
    id=described.NUMBER,
    name=_WORD,
    application=_WORD,
    facility=_WORD,
    laboratory=_WORD,
    client=_SAID,
    networks=described.listed(_WORD),
    certificate=_SAID,
    source=_WORD,
    charset=_WORD,
    authorities=described.listed(_WORD),
    registered_at=described.MOMENT,
    ended_at={"type": ["string", "null"], "format": "date-time"},
)
NEW_SENDER = Body(
    {
        **dict.fromkeys(("name", "application", "facility", "laboratory", "client"), TEXT),
        **dict.fromkeys(("certificate", "source", "charset", "reason"), TEXT),
        **dict.fromkeys(("networks", "authorities"), TEXTS),
    },
    ("name", "application", "reason"),
    {
        "name": "General laboratory",
        "application": "LAB",
        "facility": "GENERAL",
        "networks": ["10.4.0.0/16"],
        "authorities": ["GENERAL = urn:oid:2.16.840.1.113883.19.5"],
        "reason": "The feed goes live",
    },
)
SENDERS = reads("senders_list", "Senders of HL7 v2 messages", _SENDER)
REGISTER_SENDER = acts(
    "senders_register", "Register a sender of messages", NEW_SENDER, _SENDER, made=True
)
END_SENDER = acts("senders_end", "End a sender of messages", REASON, _SENDER)
