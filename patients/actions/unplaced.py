"""What came of senders that nobody knows and at no site: that it came, and never what it says."""

from __future__ import annotations

from patients.models import UnplacedMessage

_SHOWN = 20


def unplaced() -> tuple[int, list[UnplacedMessage]]:
    """How many there are, and the latest of them."""
    held = UnplacedMessage.objects.defer("raw").order_by("-received_at")
    return held.count(), list(held[:_SHOWN])
