"""What a record system shows with its question is put together into one Bundle. Nothing is ever fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from patients.api.refusals import CannotBeUsed

_OF_PATIENT: Final = "?patient={{context.patientId}}"
PATIENT: Final = "patient"
TEMPLATES: Final[Mapping[str, str]] = {
    PATIENT: "Patient/{{context.patientId}}",
    "conditions": f"Condition{_OF_PATIENT}",
    "observations": f"Observation{_OF_PATIENT}",
    "procedures": f"Procedure{_OF_PATIENT}",
    "medicationAdministrations": f"MedicationAdministration{_OF_PATIENT}",
    "medicationRequests": f"MedicationRequest{_OF_PATIENT}",
    "medicationStatements": f"MedicationStatement{_OF_PATIENT}",
}
"""By the name of each, what is asked for; all pages of it."""
_IDENT: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_SETS: Final = ("searchset", "collection")


class Gathered(NamedTuple):
    """One Bundle of one patient, and which parts of a record were not sent, or not whole."""

    bundle: dict[str, Any]
    missing: tuple[str, ...]
    has_patient: bool


def patient_id(said: object) -> str:
    """The id of the patient in the record system.

    Raises:
        CannotBeUsed: it is none.
    """
    if not isinstance(said, str) or not _IDENT.fullmatch(said):
        raise CannotBeUsed({"context": {"patientId": ["This is the id of a FHIR resource."]}})
    return said


def gather(prefetch: object, *, patient: str) -> Gathered:
    """The resources that were sent, each once, as a ``collection``.

    Raises:
        CannotBeUsed: it has another form, or the Patient is another one than the one that is asked about.
    """
    if prefetch is None:
        prefetch = {}
    if not isinstance(prefetch, Mapping):
        raise CannotBeUsed({"prefetch": ["This is a JSON object."]})
    missing, entries = _parts(prefetch)
    people = [one["resource"] for one in entries if _is_patient(one)]
    if any(one.get("id") != patient for one in people):
        said = "The Patient is another one than the one that is asked about (context.patientId)."
        raise CannotBeUsed({"prefetch": {PATIENT: [said]}})
    if not people:
        entries.insert(0, {"resource": {"resourceType": "Patient", "id": patient}})
        if PATIENT not in missing:
            missing.insert(0, PATIENT)
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": _each_once(entries)}
    return Gathered(bundle, tuple(missing), bool(people))


def _parts(prefetch: Mapping[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """Names of what was not sent or not whole, and the entries of the rest.

    Raises:
        CannotBeUsed: with every part that has another form.
    """
    faults = {name: ["Nobody has asked for this."] for name in prefetch if name not in TEMPLATES}
    missing: list[str] = []
    entries: list[dict[str, Any]] = []
    for name in TEMPLATES:
        sent = prefetch.get(name)
        if sent is None or _is_outcome(sent):
            missing.append(name)
        elif not isinstance(sent, Mapping) or not isinstance(sent.get("resourceType"), str):
            faults[name] = ["This is a FHIR resource, a Bundle of type searchset, or null."]
        elif sent["resourceType"] != "Bundle":
            entries.append({"resource": dict(sent)})
        elif sent.get("type") not in _SETS or not isinstance(sent.get("entry", []), list):
            faults[name] = ["A Bundle is of type searchset here, and its entries are a list."]
        else:
            entries += _members(sent)
            if not _is_whole(sent):
                missing.append(name)
    if faults:
        raise CannotBeUsed({"prefetch": faults})
    return missing, entries


def _members(bundle: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Its entries, without their addresses there where a resource has an id by which the others name it."""
    for member in bundle.get("entry", []):
        resource = member.get("resource") if isinstance(member, Mapping) else None
        if not isinstance(resource, Mapping):
            yield {"resource": resource}  # read as any other entry that holds nothing
        elif not _is_outcome(resource):
            url = {} if resource.get("id") else {"fullUrl": member.get("fullUrl")}
            yield {**{name: one for name, one in url.items() if one}, "resource": dict(resource)}


def _is_whole(bundle: Mapping[str, Any]) -> bool:
    """Whether all that was found is in it: no further page, no more than it holds, no trouble on the way."""
    entries = [one for one in bundle.get("entry", []) if isinstance(one, Mapping)]
    links = bundle.get("link")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, Mapping) and link.get("relation") == "next":
            return False
    if any(_is_outcome(one.get("resource")) for one in entries):
        return False
    total = bundle.get("total")
    return not isinstance(total, int) or isinstance(total, bool) or total <= len(entries)


def _is_outcome(one: object) -> bool:
    return isinstance(one, Mapping) and one.get("resourceType") == "OperationOutcome"


def _is_patient(entry: Mapping[str, Any]) -> bool:
    resource = entry["resource"]
    return isinstance(resource, Mapping) and resource.get("resourceType") == "Patient"


def _each_once(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same resource may have come with two parts of the record; of two that differ the reader says so."""
    kept: list[dict[str, Any]] = []
    seen: dict[tuple[str, str], list[Any]] = {}
    for one in entries:
        resource = one["resource"]
        if isinstance(resource, dict) and isinstance(resource.get("id"), str):
            same = seen.setdefault((str(resource.get("resourceType")), resource["id"]), [])
            if resource in same:
                continue
            same.append(resource)
        kept.append(one)
    return kept
