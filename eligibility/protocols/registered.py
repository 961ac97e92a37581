"""What a trial's registry record says of the trial itself."""

from __future__ import annotations

from typing import NamedTuple


class Registered(NamedTuple):
    """Facts of the registry record, in the codes of FHIR R4 where it has some."""

    identifiers: tuple[tuple[str, str], ...]
    """System and value, the registry number first."""
    status: str
    """``ResearchStudy.status``: recruitment as the registry has it, not whether a part is open here."""
    phase: str
    """``ResearchStudy.phase``."""
    sponsor: str
