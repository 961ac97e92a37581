"""What may be done with stored data, in one vocabulary: for roles of people and scopes of clients."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class May(StrEnum):
    """A right at a site. The values are the OAuth scopes of API clients."""

    READ_PATIENTS = "patients.read"
    WRITE_PATIENTS = "patients.write"
    READ_VERDICTS = "eligibility.read"
    READ_LOGS = "logs.read"


IN_WORDS: Mapping[May, str] = {
    May.READ_PATIENTS: "Read what is held of the site's patients",
    May.WRITE_PATIENTS: "Send patients and what is known of them",
    May.READ_VERDICTS: "Read the verdicts on the site's patients",
    May.READ_LOGS: "Read the site's screening log, which names nobody",
}

EVERYTHING_CLINICAL = frozenset(May)

# By the names of `trialscreen.institution.models.Role`. A monitor reads no identifiers, and an
# administrator does nothing clinical: neither has a right on any patient's record. The screening
# log is not one: nothing in it leads to a person.
OF_ROLE: Mapping[str, frozenset[May]] = {
    "coordinator": EVERYTHING_CLINICAL,
    "investigator": EVERYTHING_CLINICAL,
    "monitor": frozenset({May.READ_LOGS}),
    "administrator": frozenset(),
}
