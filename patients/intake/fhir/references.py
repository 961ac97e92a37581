"""References inside a Bundle. Nothing is ever fetched: what is not in the Bundle is not there.

A reference finds an entry by its full URL, by ``Type/id`` (a version behind it is ignored), by an absolute address
when the entry carries no address of its own, by the identifier it names, or, for a patient, by the query
``Patient?identifier=``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal
from urllib.parse import parse_qs, urlsplit

from patients.intake.fhir.envelope import Entry
from patients.intake.fhir.shapes import Node
from patients.intake.problems import REFUSALS, Issue

_LITERAL: Final = re.compile(
    r"(?:(?P<base>https?://[^\s?#]+)/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[^/?#\s]+?)(?:/_history/[^/?#\s]+)?"
)
LONGEST: Final = 2_000
"""Of a reference, in characters: a longer one leads nowhere."""
_VERSION: Final = re.compile(r"/_history/[^/?#\s]+$")

SUBJECT: Final = {
    "Condition": "subject",
    "Observation": "subject",
    "DiagnosticReport": "subject",
    "Procedure": "subject",
    "MedicationAdministration": "subject",
    "MedicationStatement": "subject",
    "MedicationRequest": "subject",
    "Specimen": "subject",
    "ResearchSubject": "individual",
    "BodyStructure": "patient",
}
"""Where the resource types that are read say whose they are."""

Whose = Literal["ours", "missing", "other-patient", "dangling-reference", "not-a-patient"]


class Index:
    """The current entries of a Bundle, by the ways they can be referred to."""

    def __init__(self) -> None:
        self._by_url: dict[str, Entry] = {}
        self._by_ref: dict[tuple[str, str], Entry] = {}
        self._by_identifier: dict[tuple[str, str], dict[int, Entry]] = {}
        self._patient: Entry | None = None
        self._patient_is: frozenset[tuple[str, str]] = frozenset()

    @property
    def patient(self) -> Entry:
        """The patient of the Bundle, once it is known."""
        assert self._patient is not None
        return self._patient

    @patient.setter
    def patient(self, entry: Entry) -> None:
        self._patient = entry
        self._patient_is = frozenset(identifiers(entry.node.data))

    def add(self, entry: Entry, survivor: Entry) -> None:
        """Let what refers to `entry` find `survivor`, its latest version."""
        if entry.full_url:
            self._by_url.setdefault(_VERSION.sub("", entry.full_url), survivor)
        if entry.id:
            self._by_ref.setdefault((entry.type, entry.id), survivor)
        for key in identifiers(entry.node.data):
            self._by_identifier.setdefault(key, {})[survivor.index] = survivor

    def find(self, reference: str) -> Entry | None:
        """The entry that `reference` (as in ``Reference.reference``) names."""
        if len(reference) > LONGEST:
            return None
        bare = _VERSION.sub("", reference)
        if bare in self._by_url:
            return self._by_url[bare]
        match = _LITERAL.fullmatch(bare)
        if match is None:
            return None
        entry = self._by_ref.get((match["type"], match["id"]))
        if entry is not None and match["base"] and entry.full_url.startswith("http"):
            return None
        return entry

    def find_by_identifier(self, key: tuple[str, str], kind: str) -> Entry | None:
        """The only entry of type `kind` with this identifier."""
        held = self._by_identifier.get(key, {})
        found = [entry for entry in held.values() if entry.type == kind]
        return found[0] if len(found) == 1 else None

    def resolve(self, reference: Node, kind: str) -> Entry | None:
        """The usable entry of type `kind` that a Reference names."""
        text = reference.text("reference")
        if text is not None:
            entry = self.find(text)
        else:
            key = _identifier(reference.data.get("identifier"))
            entry = None if key is None else self.find_by_identifier(key, kind)
        return entry if entry is not None and entry.type == kind and entry.usable else None

    def whose(self, reference: object) -> Whose:
        """Whose the resource with this subject is. `reference` is the JSON of a Reference."""
        if type(reference) is not dict:
            return "missing"
        text = reference.get("reference")
        if type(text) is str and text:
            return self._whose_by_text(text)
        key = _identifier(reference.get("identifier"))
        if key is None:
            return "missing"
        return "ours" if key in self._patient_is else "other-patient"

    def _whose_by_text(self, text: str) -> Whose:
        # Where another entry has taken the patient's address for its own, whose a resource is means the patient.
        address = self.patient.full_url
        if address and _VERSION.sub("", text) == _VERSION.sub("", address):
            return "ours"
        entry = self.find(text)
        if entry is not None:
            if entry is self.patient:
                return "ours"
            return "not-a-patient" if entry.type != "Patient" else "other-patient"
        if text.startswith("Patient?"):
            key = _queried(text)
            return "ours" if key in self._patient_is else "dangling-reference"
        return "not-a-patient" if type_of(text) not in ("", "Patient") else "dangling-reference"


def type_of(reference: str) -> str:
    """The resource type that a literal reference names, empty when it names none."""
    match = _LITERAL.fullmatch(reference) if len(reference) <= LONGEST else None
    return match["type"] if match is not None else ""


def said_to_be_of(resource: Mapping[str, Any], patient_url: str) -> Mapping[str, Any]:
    """A resource of which it is settled whose it is, saying so in one way.

    What named nobody still names nobody, and what had not the shape of a reference still has not: it was not used when
    it arrived, and it is not when it is read again.
    """
    said = {key: _to(patient_url, resource[key]) for key in _keys(resource) if key in resource}
    return {**resource, **said} if said else resource


def _to(url: str, held: Any) -> Any:
    if type(held) is list:
        return [_to(url, one) for one in held]
    if type(held) is not dict:
        return held
    # An identifier could be somebody else's by now. What else it says, an extension too, it says again.
    said = {key: one for key, one in held.items() if key != "identifier" or type(one) is not dict}
    return said | {"reference": url} if names_somebody(held) else said


def names_somebody(reference: Mapping[str, Any]) -> bool:
    """Whether a Reference says whom it means, in a form that can be read."""
    text = reference.get("reference", "")
    return type(text) is str and (bool(text) or type(reference.get("identifier")) is dict)


def _keys(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """Under which elements a resource may say whose it is."""
    kind = resource.get("resourceType")
    required = SUBJECT.get(kind) if type(kind) is str else None
    return (required,) if required else ("subject", "patient")


def check_subjects(entries: Iterable[Entry], index: Index) -> list[Issue]:
    """What refuses the delivery: subjects that are not its patient."""
    return [issue for entry in entries for issue in _subject_issues(entry, index)]


def _subject_issues(entry: Entry, index: Index) -> Iterator[Issue]:
    required = entry.type in SUBJECT
    for key in _keys(entry.node.data):
        value = entry.node.data.get(key)
        several = type(value) is list
        references: list[object] = value if type(value) is list else [value]
        for position, reference in enumerate(references):
            whose = index.whose(reference)
            if whose == "not-a-patient":
                whose = "other-patient" if required else "missing"
            if whose not in ("ours", "missing"):
                place = f"{entry.node.place}.{key}" + (f"[{position}]" if several else "")
                yield Issue(place, whose, _sentence(whose, reference))


def _sentence(code: str, reference: Any) -> str:
    named = reference.get("reference") or "an identifier"
    return f"{REFUSALS[code]} It names {str(named)[:100]}."


def identifiers(resource: Any) -> Iterator[tuple[str, str]]:
    """(system, value) of every identifier of a resource; whatever is misshapen is passed over."""
    held = resource.get("identifier")
    for one in held if type(held) is list else [held]:
        key = _identifier(one)
        if key is not None:
            yield key


def _identifier(one: object) -> tuple[str, str] | None:
    if type(one) is not dict:
        return None
    system, value = one.get("system", ""), one.get("value")
    if type(system) is str and type(value) is str and value:
        return system, value
    return None


def _queried(text: str) -> tuple[str, str] | None:
    try:
        values = parse_qs(urlsplit(text).query).get("identifier", [])
    except ValueError:
        return None
    if len(values) != 1:
        return None
    system, bar, value = values[0].partition("|")
    return (system, value) if bar else ("", system)
