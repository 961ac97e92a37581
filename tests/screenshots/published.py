"""The pictures that README and docs show: which page in which state, in which look, and how much of it.

``make screenshots PUBLISH=1`` takes them anew, all at once, into ``docs/images``.
"""

from __future__ import annotations

from typing import Final, NamedTuple

IMAGES: Final = "docs/images"


class Published(NamedTuple):
    """A picture of the docs."""

    file: str
    shot: str
    height: int
    """Pixels; the page may be longer."""
    top: str = ""
    """Selector of what the picture begins with, and is as wide as; none: the page from its top."""
    width: int = 1280
    scheme: str = "light"


PUBLISHED: Final = (
    Published("worklist.png", "worklist", 760),
    Published("worklist-dark.png", "worklist-chosen", 560, scheme="dark"),
    Published("keys.png", "worklist-keys", 560),
    Published("candidate.png", "candidate-missing", 1000),
    Published("candidate-narrow-dark.png", "candidate-missing", 1000, width=768, scheme="dark"),
    Published("row.png", "candidate-row", 760, top="#platelets"),
    Published("row-refused.png", "candidate-row-refused", 560, top="#platelets .entry"),
    Published("answer.png", "candidate-row-answer", 720, top="#no-active-infection .entry"),
    Published("over-time.png", "candidate-pictures", 620, top="#follow-chart"),
    Published("limits.png", "candidate-pictures", 715, top="#follow-pictures"),
    Published("confirm.png", "act-confirm", 760),
    Published("sign.png", "act-sign", 760),
    Published("signature-voided.png", "candidate-voided", 1000),
    Published("register.png", "act-register-refused", 860),
    Published("deviation.png", "candidate-deviation", 620),
    Published("calendar.png", "calendar", 820),
    Published("screening-log.png", "screening-log", 760),
    Published("flow.png", "consort", 900),
    Published("delegation.png", "delegation-to-sign", 820),
    Published("evaluation.png", "evaluate-answer", 1000),
)
