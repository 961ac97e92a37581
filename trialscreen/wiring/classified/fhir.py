"""The routes of the FHIR interface: a part of the table of `classified`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trialscreen.wiring.classified.rules import PUBLIC, READ, WRITE, Rule

ROUTES: Final[Mapping[str, Rule]] = {
    "fhir": Rule(None, WRITE),
    "fhir-metadata": PUBLIC,
    "fhir-type": Rule(READ, WRITE),
    "fhir-search": Rule(None, READ),
    "fhir-record": Rule(READ, WRITE),
    "fhir-history": Rule(READ),
    "fhir-version": Rule(READ),
    "fhir-everything": Rule(READ),
    "^fhir/.*$": PUBLIC,  # "nothing here"
}
