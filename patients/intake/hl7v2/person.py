"""PID and MRG: by which identifiers a person goes, and who they are said to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from patients.intake.hl7v2.faults import Remark, refuse
from patients.intake.hl7v2.sending import Sender
from patients.intake.hl7v2.syntax import NULL, Parts, Segment
from patients.intake.hl7v2.times import read_day, read_time

Identifier = tuple[str, str]
"""System and value."""
_OF_AN_ENCOUNTER: Final = frozenset({"AN", "VN", "ANON", "ANC", "ANT", "VS"})
"""Types of identifiers (table 0203) that are of an account or a visit, not of a person."""
_SEXES: Final = {
    "M": "male",
    "F": "female",
    "O": "other",
    "A": "other",
    "U": "unknown",
    "N": "unknown",
}
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class PersonSaid:
    """What PID says. `elements` are FHIR elements of a Patient; None is one that shall be emptied."""

    identifiers: tuple[Identifier, ...]
    elements: Mapping[str, Any] = field(default_factory=dict)

    @property
    def family(self) -> str:
        names = self.elements.get("name") or [{}]
        return str(names[0].get("family", ""))


def read_identifiers(
    segment: Segment, at: int, sender: Sender, remarks: list[Remark]
) -> tuple[Identifier, ...]:
    """The identifiers of a person in a field of CX.

    Raises:
        NotReadable: there is none.
    """
    found: list[Identifier] = []
    for one in segment.repetitions(at):
        parts = Parts(one, segment.signs)
        value, kind = parts.text(1), parts.text(5)
        if not value:
            continue
        if kind in _OF_AN_ENCOUNTER:
            said = f"An identifier of type {kind} is of an account or visit, and not used."
            remarks.append(Remark("set-aside", segment.place(at, 5), said))
            continue
        system = sender.identifiers_of(*(parts.text(4, sub) for sub in (1, 2, 3)))
        if len(value) > _LONGEST or len(system) > 2 * _LONGEST:
            refuse(
                "data-type",
                segment.place(at, 1),
                f"An identifier has more than {_LONGEST} characters.",
            )
        found.append((system, value))
    if not found:
        refuse("missing-field", segment.place(at), "There is no identifier of the person.")
    return tuple(dict.fromkeys(found))


def read_person(pid: Segment, sender: Sender, remarks: list[Remark]) -> PersonSaid:
    """What PID says of who the person is. Raises `NotReadable`."""
    identifiers = read_identifiers(pid, 3, sender, remarks)
    elements: dict[str, Any] = {}
    for name, at in (("name", 5), ("birthDate", 7), ("gender", 8), ("address", 11)):
        raw = pid.written(at)
        if raw == NULL:
            elements[name] = None
        elif raw and (said := _READ[name](pid, at, sender, remarks)):
            elements[name] = said
    return PersonSaid(identifiers, elements | _death(pid, sender))


def _name(pid: Segment, at: int, _: Sender, __: list[Remark]) -> list[dict[str, Any]]:
    parts = pid.parts(at)
    given = [one for step in (2, 3) for one in parts.text(step).split()]
    said: dict[str, Any] = {}
    if family := parts.text(1):
        said["family"] = family
    if given:
        said["given"] = given
    return [said] if said else []


def _birth(pid: Segment, at: int, sender: Sender, _: list[Remark]) -> str:
    return read_day(pid.text(at), pid.place(at), sender.zone)


def _sex(pid: Segment, at: int, _: Sender, remarks: list[Remark]) -> str:
    said = pid.text(at).upper()
    if said not in _SEXES:
        told = f"“{said[:10]}” is no administrative sex (M, F, O, U, A, N): none is taken from the message."
        remarks.append(Remark("set-aside", pid.place(at), told))
        return ""
    return _SEXES[said]


def _address(pid: Segment, at: int, _: Sender, __: list[Remark]) -> list[dict[str, Any]]:
    """The home if one says so, else the first that is no old one."""
    held = [Parts(one, pid.signs) for one in pid.repetitions(at)]
    chosen = next((one for one in held if one.text(7) in ("H", "P")), None)
    chosen = chosen or next((one for one in held if one.text(7) not in ("BA", "O", "B")), None)
    if chosen is None:
        return []
    said: dict[str, Any] = {"use": "home"}
    for name, step in (("city", 3), ("state", 4), ("postalCode", 5), ("country", 6)):
        if text := chosen.text(step):
            said[name] = text
    if street := [text for step in (1, 2) if (text := chosen.text(step))]:
        said["line"] = street
    return [said] if len(said) > 1 else []


_READ: Final[Mapping[str, Any]] = {
    "name": _name,
    "birthDate": _birth,
    "gender": _sex,
    "address": _address,
}


def _death(pid: Segment, sender: Sender) -> dict[str, Any]:
    """A death takes the day or the word; where one is said, the other is emptied, and both where it is denied."""
    at, said = read_time(pid.text(29), pid.place(29), sender.zone), pid.text(30).upper()
    if said not in ("", "Y", "N"):
        refuse("table-value", pid.place(30), f"“{said[:10]}” is neither Y nor N.")
    if at and said == "N":
        refuse(
            "data-type", pid.place(30), "A day of death is given, and that the person has not died."
        )
    if at:
        return {"deceasedDateTime": at.text, "deceasedBoolean": None}
    if said == "Y":
        return {"deceasedBoolean": True}
    return {"deceasedBoolean": None, "deceasedDateTime": None} if said == "N" else {}


def patient_resource(said: PersonSaid, held: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The FHIR Patient that PID makes of the one that is `held`: what PID leaves empty stays as it is."""
    told = dict(held or {"resourceType": "Patient"})
    before = told.get("identifier")
    known = [one for one in before if isinstance(one, Mapping)] if isinstance(before, list) else []
    told["identifier"] = [*known, *_fresh(known, said.identifiers)]
    changes = dict(said.elements)
    if changes.get("deceasedBoolean") and "deceasedDateTime" in told:
        del changes["deceasedBoolean"]  # the day is known already
    for name, one in changes.items():
        if one is None:
            told.pop(name, None)
        else:
            told[name] = one
    return told


def _fresh(known: Iterable[Mapping[str, Any]], named: Iterable[Identifier]) -> list[dict[str, str]]:
    held = {(one.get("system", ""), one.get("value")) for one in known}
    return [
        {"system": system, "value": value} for system, value in named if (system, value) not in held
    ]
