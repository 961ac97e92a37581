"""Every look once, for the gallery page of debug mode."""

from __future__ import annotations

from eligibility.presenters.words import LOOKS, PRESUMED, STATED, STATUS, Look


def looks() -> list[tuple[str, Look]]:
    shown = [(f"{kind} {verdict}", look) for (kind, verdict), look in LOOKS.items()]
    stated = Look(LOOKS["inclusion", "met"].label, "pass", "user-check", "met", STATED)
    return [*shown, ("by absence", PRESUMED), ("by attestation", stated)]


def statuses() -> list[tuple[str, Look]]:
    return list(STATUS.items())
