"""What the addresses of record systems take and give, for the OpenAPI document."""

from __future__ import annotations

from typing import Final

from eligibility.api.administration import schemas
from eligibility.api.administration.bodies import SWITCH, TEXT, Body
from eligibility.api.administration.described import KEY_END, KEYS_GIVEN, REASON
from eligibility.api.administration.operations import acts, reads
from patients.api.described import MOMENT, NUMBER, an_object, listed
from patients.api.described import TEXT as WORDS

NEW_SYSTEM = Body(
    {"site": TEXT, "issuer": TEXT, "name": TEXT, "contact": TEXT},
    ("site", "issuer", "name", "contact"),
    {
        "site": "toronto",
        "issuer": "https://ehr.hospital.example",
        "name": "Records, Toronto",
        "contact": "Integration team",
    },
)
STORING = Body(
    {"stores": SWITCH, "reason": TEXT},
    ("stores", "reason"),
    {"stores": True, "reason": "Agreed with the privacy office"},
)
_ROW: Final = {
    "id": NUMBER,
    "site": WORDS,
    "issuer": WORDS,
    "name": WORDS,
    "contact": WORDS,
    "stores": schemas.YES | {"description": "What it sends is received as a delivery."},
    "added_at": MOMENT,
    "ended_at": schemas.MAYBE_MOMENT,
    "keys": listed(
        an_object(
            id=NUMBER,
            kid=WORDS,
            algorithm=WORDS,
            thumbprint=WORDS,
            since=MOMENT,
            until=schemas.MAYBE_MOMENT,
        )
    ),
}
_SYSTEM: Final = an_object(**_ROW)
_CODING: Final = {
    "type": ["object", "null"],
    "properties": {"system": WORDS, "code": WORDS},
    "required": ["system", "code"],
}
_WITH_FEEDBACK: Final = an_object(
    **_ROW,
    feedback=listed(
        an_object(
            card=WORDS,
            outcome=WORDS,
            outcome_at=MOMENT,
            reason=_CODING,
            commented=schemas.YES | {"description": "The comment itself may name a patient."},
            received_at=MOMENT,
        )
    ),
)

SYSTEMS = reads("record_systems_list", "Record systems that ask by CDS Hooks", _SYSTEM)
ADD_SYSTEM = acts("record_systems_add", "Register a record system", NEW_SYSTEM, _SYSTEM, made=True)
SYSTEM = reads(
    *("record_systems_read", "One record system, with what came of its cards"),
    _WITH_FEEDBACK,
    many=False,
)
SET_STORING = acts(
    *("record_systems_storing", "Keep what it sends, or not", STORING, _SYSTEM), version=True
)
ADD_SYSTEM_KEYS = acts(
    *("record_systems_add_keys", "Register public keys of a record system", KEYS_GIVEN, _SYSTEM),
    version=True,
)
END_SYSTEM_KEY = acts(
    *("record_systems_end_key", "End a public key of a record system", KEY_END, _SYSTEM),
    version=True,
)
END_SYSTEM = acts("record_systems_end", "End a record system", REASON, _SYSTEM, version=True)
