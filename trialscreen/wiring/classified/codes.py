"""The routes of a hospital's own codes: a part of the table of `classified`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trialscreen.wiring.classified.rules import PEOPLE, READ, WRITE, Rule

_STEPS = ("impact", "review", "put-in-force", "set-aside")
ROUTES: Final[Mapping[str, Rule]] = {
    "local-codes": Rule(READ),
    "local-codes-upload": Rule(None, WRITE),
    "local-codes-add": Rule(WRITE, WRITE),
    "local-codes-version": Rule(READ),
    "local-codes-step": Rule(None, WRITE),
    "api-local-codes": Rule(READ),
    "api-local-codes-unread": Rule(READ),
    "api-local-codes-versions": Rule(READ, PEOPLE),
    "api-local-codes-version": Rule(READ),
    **{f"api-local-codes-{step}": Rule(None, PEOPLE) for step in _STEPS},
}
