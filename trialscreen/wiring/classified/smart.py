"""The routes of SMART Backend Services and CDS Hooks: a part of the table of `classified`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trialscreen.wiring.classified.rules import ADMINS, PUBLIC, Rule, Who

_PAGES: Final = (
    "record-systems",
    "new-record-system",
    "record-system",
    "record-system-storing",
    "record-system-keys",
    "record-system-end-key",
    "end-record-system",
)
_OVER_API: Final = {
    "record-systems": (True, True),
    "record-system": (True, False),
    "record-system-storing": (False, True),
    "record-system-keys": (False, True),
    "record-system-end-key": (False, True),
    "end-record-system": (False, True),
}
ROUTES: Final[Mapping[str, Rule]] = {
    "smart-configuration": PUBLIC,
    "cds-services": PUBLIC,
    "cds-trial-eligibility": Rule(None, Who.RECORD_SYSTEMS),
    "cds-feedback": Rule(None, Who.RECORD_SYSTEMS, patients=False),
    "^cds-services(?:/.*)?$": PUBLIC,  # "nothing here"
    **{f"administration-{name}": Rule(ADMINS, ADMINS, patients=False) for name in _PAGES},
    **{
        f"api-administration-{name}": Rule(
            ADMINS if reads else None, ADMINS if writes else None, patients=False
        )
        for name, (reads, writes) in _OVER_API.items()
    },
}
