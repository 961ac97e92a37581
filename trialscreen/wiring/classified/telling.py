"""The routes of webhooks and subscriptions: a part of the table of `classified`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trialscreen.wiring.classified.rules import ADMINS, Rule

_PAGES: Final = (
    *("webhooks", "new-webhook", "webhook", "change-webhook", "webhook-secret", "pause-webhook"),
    *("resume-webhook", "end-webhook", "test-webhook", "webhook-again", "delivery-again"),
)
_READ, _SENT, _BOTH = (True, False), (False, True), (True, True)
_OVER_API: Final = {
    "s": _BOTH,
    "": _BOTH,
    **dict.fromkeys(("-rotate", "-pause", "-resume", "-end", "-test"), _SENT),
    "-deliveries": _READ,
    **dict.fromkeys(("-replay-since", "-replay"), _SENT),
}
ROUTES: Final[Mapping[str, Rule]] = {
    f"administration-{name}": Rule(ADMINS, ADMINS, patients=False) for name in _PAGES
} | {
    f"api-webhook{name}": Rule(ADMINS if reads else None, ADMINS if sent else None, patients=False)
    for name, (reads, sent) in _OVER_API.items()
}
