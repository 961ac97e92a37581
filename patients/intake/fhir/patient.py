"""The Patient of the Bundle."""

from __future__ import annotations

from typing import Final, Literal

from patients.facts import Person
from patients.intake.fhir.dates import latest
from patients.intake.fhir.record import Record
from patients.intake.fhir.shapes import Node
from patients.values import Days

_CORE: Final = "http://hl7.org/fhir/us/core/StructureDefinition/"
BIRTH_SEX: Final = f"{_CORE}us-core-birthsex"
SEX: Final = f"{_CORE}us-core-sex"

_SEXES: Final[dict[str, Literal["female", "male"]]] = {
    "F": "female",
    "M": "male",
    "248152002": "female",
    "248153007": "male",
}
_GENDERS: Final = ("male", "female", "other", "unknown")

_Note = Literal["recorded", "contradictory", "unknown", "other", "missing"]


def read_patient(record: Record) -> Person:
    """The person. Raises `Malformed`."""
    node = record.node
    sex, note = _sex(node)
    birth = _birth(record)
    deceased = _deceased(record)
    home = _home(node)
    return Person(
        ref=record.ref,
        birth=record.past(birth),
        sex=sex,
        sex_note=note,
        deceased=deceased,
        postal_code=(home.text("postalCode") or "") if home else "",
        city=(home.text("city") or "") if home else "",
        country=(home.text("country") or "") if home else "",
        own=latest(deceased) if "deceasedDateTime" in node else None,
    )


def _birth(record: Record) -> Days | None:
    found = record.date(record.node, "birthDate")
    text = record.node.text("birthDate")
    if text is not None and "T" in text:
        raise record.node.malformed("birthDate", "A date of birth has no time of day.")
    return found


def _sex(node: Node) -> tuple[Literal["female", "male"] | None, _Note]:
    """Sex at birth where it is recorded, else administrative gender."""
    gender = node.word("gender", _GENDERS) if "gender" in node else None
    recorded = [
        _SEXES.get(extension.text("valueCode") or "")
        for url in (BIRTH_SEX, SEX)
        for extension in node.extensions(url)
    ]
    known = {sex for sex in recorded if sex is not None}
    if len(known) > 1:
        return None, "contradictory"
    if recorded:
        return (None, "unknown") if None in recorded else (known.pop(), "recorded")
    if gender == "female":
        return "female", "recorded"
    if gender == "male":
        return "male", "recorded"
    if gender == "other":
        return None, "other"
    return None, "missing" if gender is None else "unknown"


def _deceased(record: Record) -> Days | None:
    key = record.node.choice("deceased")
    if key == "deceasedDateTime":
        return record.past(record.date(record.node, key))
    if key == "deceasedBoolean":
        return Days(None, record.received_on) if record.node.flag(key) else None
    if key is not None:
        raise record.node.malformed(key, f"FHIR has no “{key}” here.")
    return None


def _home(node: Node) -> Node | None:
    """The address to estimate a drive from: the home if one says so, never an old one."""
    found = [address for address in node.children("address") if address.text("use") != "old"]
    return next((a for a in found if a.text("use") == "home"), found[0] if found else None)
