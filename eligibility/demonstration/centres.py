"""The seven centres of the registry record (section "Contacts and Locations"), and who lives near which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Centre:
    """A centre as the registry record names it. `near` is how the invented people's homes call it."""

    code: str
    name: str
    city: str
    postal_code: str
    time_zone: str
    near: str


CENTRES: Final = (
    Centre(
        "edmonton",
        "Cross Cancer Institute",
        "Edmonton",
        "T6G 1Z2",
        "America/Edmonton",
        "Cross Cancer Institute",
    ),
    Centre(
        "surrey",
        "BCCA - Fraser Valley Cancer Centre",
        "Surrey",
        "V3V 1Z2",
        "America/Vancouver",
        "Fraser Valley Cancer Centre",
    ),
    Centre(
        "vancouver",
        "BCCA - Vancouver Cancer Centre",
        "Vancouver",
        "V5Z 4E6",
        "America/Vancouver",
        "Vancouver Cancer Centre",
    ),
    Centre(
        "winnipeg",
        "CancerCare Manitoba",
        "Winnipeg",
        "R3E 0V9",
        "America/Winnipeg",
        "CancerCare Manitoba",
    ),
    Centre(
        "hamilton",
        "Juravinski Cancer Centre at Hamilton Health Sciences",
        "Hamilton",
        "L8V 5C2",
        "America/Toronto",
        "Juravinski Cancer Centre",
    ),
    Centre(
        "toronto",
        "Odette Cancer Centre",
        "Toronto",
        "M4N 3M5",
        "America/Toronto",
        "Odette Cancer Centre",
    ),
    Centre(
        "montreal",
        "CHUM - Hopital Notre-Dame",
        "Montreal",
        "H2L 4M1",
        "America/Toronto",
        "CHUM - Hôpital Notre-Dame",
    ),
)


def centre_near(name: str) -> Centre:
    """Raises KeyError for a name that no home uses."""
    for centre in CENTRES:
        if centre.near == name:
            return centre
    raise KeyError(name)
