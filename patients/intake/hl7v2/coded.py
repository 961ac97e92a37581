"""Coded fields (CE, CWE) as FHIR CodeableConcepts: both triplets, every code system by its URI."""

from __future__ import annotations

from typing import Any, Final

from patients.intake.forms import LOINC, SNOMED, UCUM
from patients.intake.hl7v2.sending import Sender
from patients.intake.hl7v2.syntax import Parts

SYSTEMS: Final = {
    "LN": LOINC,
    "SCT": SNOMED,
    "SNM": SNOMED,
    "UCUM": UCUM,
    "I10": "http://hl7.org/fhir/sid/icd-10",
    "I10C": "http://hl7.org/fhir/sid/icd-10-cm",
    "ICDO3": "http://terminology.hl7.org/CodeSystem/icd-o-3",
    "RXNORM": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "ATC": "http://www.whocc.no/atc",
    "WC": "http://www.whocc.no/atc",
}
"""Code systems by their names in HL7 table 0396. Every other name is one that the sender gives its meaning."""


def concept(parts: Parts, sender: Sender) -> dict[str, Any]:
    """The codings of both triplets and the text; empty where the field says nothing."""
    codings = [one for first in (1, 4) if (one := _coding(parts, first, sender))]
    text = parts.text(9) or parts.text(2) or parts.text(5)
    said: dict[str, Any] = {"coding": codings} if codings else {}
    return said | ({"text": text} if text else {})


def _coding(parts: Parts, first: int, sender: Sender) -> dict[str, str]:
    code, display, named = (parts.text(first + step) for step in range(3))
    if not code:
        return {}
    system = SYSTEMS.get(named.upper()) or _table(named) or sender.codes_of(named)
    return {"system": system, "code": code} | ({"display": display} if display else {})


def _table(named: str) -> str:
    """Of one of HL7's own tables: ``HL70078``."""
    number = named.upper().removeprefix("HL7")
    if number != named.upper() and len(number) == 4 and number.isdigit() and number.isascii():
        return f"http://terminology.hl7.org/CodeSystem/v2-{number}"
    return ""


def main_code(said: dict[str, Any]) -> str:
    """By which code a result is known from message to message: its LOINC code, else the first."""
    codings = said.get("coding", [])
    for one in codings:
        if one["system"] == LOINC:
            return str(one["code"])
    return str(codings[0]["code"]) if codings else ""
