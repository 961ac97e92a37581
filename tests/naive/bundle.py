"""From the Bundle to the patient's own readable resources, one version of each.

Raises ``Refused`` for a bundle that must be refused as a whole. Resources that cannot be read are
left out (of a transaction they refuse the whole).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from tests.naive import dates
from tests.naive.codes import words


class Refused(Exception):
    """The document as a whole is refused."""


SUBJECT = {
    "Condition": "subject",
    "Observation": "subject",
    "DiagnosticReport": "subject",
    "Procedure": "subject",
    "MedicationAdministration": "subject",
    "MedicationStatement": "subject",
    "MedicationRequest": "subject",
    "Specimen": "subject",
    "ResearchSubject": "individual",
    "Consent": "patient",
    "BodyStructure": "patient",
}
STATUSES = {
    "Observation": "registered preliminary final amended corrected cancelled entered-in-error "
    "unknown",
    "DiagnosticReport": "registered partial preliminary final amended corrected appended "
    "cancelled entered-in-error unknown",
    "Procedure": "preparation in-progress not-done on-hold stopped completed entered-in-error "
    "unknown",
    "MedicationAdministration": "in-progress not-done on-hold completed entered-in-error stopped "
    "unknown",
    "MedicationStatement": "active completed entered-in-error intended stopped on-hold unknown "
    "not-taken",
    "MedicationRequest": "active on-hold cancelled completed entered-in-error stopped draft "
    "unknown",
    "ResearchSubject": "candidate eligible follow-up ineligible not-registered off-study on-study "
    "on-study-intervention on-study-observation pending-on-study potential-candidate screening "
    "withdrawn",
}
INTENTS = words(
    "proposal plan order original-order reflex-order filler-order instance-order option"
)
DATES = {
    "Patient": "birthDate deceasedDateTime",
    "Condition": "onsetDateTime abatementDateTime recordedDate",
    "Observation": "effectiveDateTime effectiveInstant issued",
    "DiagnosticReport": "effectiveDateTime",
    "Procedure": "performedDateTime",
    "MedicationAdministration": "effectiveDateTime",
    "MedicationStatement": "effectiveDateTime",
    "MedicationRequest": "authoredOn",
}
PERIODS = {
    "Condition": "onsetPeriod abatementPeriod",
    "Observation": "effectivePeriod",
    "DiagnosticReport": "effectivePeriod",
    "Procedure": "performedPeriod",
    "MedicationAdministration": "effectivePeriod",
    "MedicationStatement": "effectivePeriod",
    "ResearchSubject": "period",
}


@dataclass
class Contents:
    """What a bundle holds: the patient and the resources that count, one version each."""

    patient: dict
    resources: list[dict] = field(default_factory=list)
    withdrawn: set[int] = field(default_factory=set)
    """``id()`` of resources that a coordinator has set aside."""
    by_reference: dict[str, dict] = field(default_factory=dict)


def read(bundle: dict, set_aside: list[str], zone: tzinfo) -> Contents:
    entries = [
        entry for entry in bundle.get("entry", []) if isinstance(entry.get("resource"), dict)
    ]
    _check_subjects(entries)
    unreadable = [entry for entry in entries if not _is_readable(entry["resource"], zone)]
    missed = [entry for entry in unreadable if not _names(entry) & set(set_aside)]
    if missed and bundle.get("type") == "transaction":
        raise Refused("a resource of a transaction could not be read")
    readable = [entry for entry in entries if entry not in unreadable]
    current = _current_versions(readable, zone)
    patients = [entry["resource"] for entry in current if _type(entry) == "Patient"]
    if len(patients) != 1:
        raise Refused(f"{len(patients)} patients in the bundle")
    contents = Contents(patient=patients[0])
    for entry in current:
        resource = entry["resource"]
        for name in _names(entry):
            contents.by_reference[name] = resource
        if _type(entry) != "Patient":
            contents.resources.append(resource)
            if f"{_type(entry)}/{resource.get('id')}" in set_aside:
                contents.withdrawn.add(id(resource))
    contents.resources = _last_versions_of_results(contents, zone)
    return contents


def _type(entry: dict) -> str:
    return str(entry["resource"].get("resourceType"))


def _names(entry: dict) -> set[str]:
    names = set()
    if entry.get("fullUrl"):
        names.add(entry["fullUrl"])
    if entry["resource"].get("id"):
        names.add(f"{_type(entry)}/{entry['resource']['id']}")
    return names


def _reference(resource: dict) -> str | None:
    element = resource.get(SUBJECT.get(str(resource.get("resourceType")), ""))
    if isinstance(element, dict) and isinstance(element.get("reference"), str):
        return element["reference"]
    return None


def _check_subjects(entries: list[dict]) -> None:
    """Every subject reference names the one patient."""
    patients = [entry for entry in entries if _type(entry) == "Patient"]
    names = set().union(*[_names(entry) for entry in patients]) if patients else set()
    for entry in entries:
        reference = _reference(entry["resource"])
        if reference is not None and reference not in names:
            raise Refused(f"{reference} is not the patient of this bundle")


def _is_readable(resource: dict, zone: tzinfo) -> bool:
    kind = str(resource.get("resourceType"))
    if kind in SUBJECT and _reference(resource) is None:
        return False
    if kind in STATUSES and resource.get("status") not in STATUSES[kind].split():
        return False
    if kind == "Observation" and not isinstance(resource.get("code"), dict):
        return False
    if kind == "MedicationRequest" and resource.get("intent") not in INTENTS:
        return False
    if kind.startswith("Medication") and kind != "Medication" and not _names_a_drug(resource):
        return False
    if kind == "ResearchSubject" and not isinstance(resource.get("study"), dict):
        return False
    return all(_is_date(text, zone) for text in _dates(resource, kind))


def _names_a_drug(resource: dict) -> bool:
    return "medicationCodeableConcept" in resource or "medicationReference" in resource


def _dates(resource: dict, kind: str) -> list[object]:
    found = [resource[name] for name in DATES.get(kind, "").split() if name in resource]
    periods = [resource[name] for name in PERIODS.get(kind, "").split() if name in resource]
    if kind == "MedicationRequest":
        for dosage in resource.get("dosageInstruction", []):
            repeat = dosage.get("timing", {}).get("repeat", {})
            if "boundsPeriod" in repeat:
                periods.append(repeat["boundsPeriod"])
    for period in periods:
        found += [period[end] for end in ("start", "end") if end in period]
    return found


def _is_date(text: object, zone: tzinfo) -> bool:
    try:
        dates.read(text, zone)
    except dates.NotADate:
        return False
    return True


def _current_versions(entries: list[dict], zone: tzinfo) -> list[dict]:
    """Of entries with the same identity the one last updated (else the one that came later)."""
    kept: list[tuple[object, dict]] = []
    for entry in entries:
        identity = _identity(entry)
        earlier = [pair for pair in kept if identity is not None and pair[0] == identity]
        if earlier:
            if not _is_older(entry["resource"], earlier[0][1]["resource"], zone):
                kept.remove(earlier[0])
                kept.append((identity, entry))
        else:
            kept.append((identity, entry))
    return [entry for _, entry in kept]


def _identity(entry: dict) -> tuple | None:
    resource = entry["resource"]
    if resource.get("id"):
        return (_type(entry), "id", resource["id"])
    if resource.get("identifier"):
        if _type(entry) == "Observation":
            return None  # versions of a result, see _last_versions_of_results
        first = resource["identifier"]
        first = first[0] if isinstance(first, list) else first
        return (_type(entry), "identifier", first.get("system"), first.get("value"))
    if entry.get("fullUrl"):
        return (_type(entry), "url", entry["fullUrl"])
    return None


def _updated(resource: dict, zone: tzinfo) -> datetime | None:
    text = resource.get("meta", {}).get("lastUpdated")
    return dates.read(text, zone).instant if text else None


def _is_older(new: dict, old: dict, zone: tzinfo) -> bool:
    """True when both say when they were last updated and the new one did so earlier."""
    first, second = _updated(old, zone), _updated(new, zone)
    return first is not None and second is not None and second < first


def _last_versions_of_results(contents: Contents, zone: tzinfo) -> list[dict]:
    """Observations with a common identifier and the same code are versions: the last counts."""
    kept: list[dict] = []
    for resource in contents.resources:
        other = next((old for old in kept if _same_result(old, resource)), None)
        if other is None:
            kept.append(resource)
        elif _is_later_version(resource, other, zone):
            kept[[one is other for one in kept].index(True)] = resource
    return kept


def _same_result(one: dict, two: dict) -> bool:
    if one.get("resourceType") != "Observation" or two.get("resourceType") != "Observation":
        return False
    if not _identifiers(one) & _identifiers(two):
        return False
    return bool(_coded(one) & _coded(two))


def _identifiers(resource: dict) -> set[tuple]:
    return {(each.get("system"), each.get("value")) for each in resource.get("identifier", [])}


def _coded(resource: dict) -> set[tuple]:
    return {
        (coding.get("system"), coding.get("code"))
        for coding in resource.get("code", {}).get("coding", [])
    }


def _is_later_version(new: dict, old: dict, zone: tzinfo) -> bool:
    """By ``issued`` (one without it comes first), then last updated, then arrival."""
    new_issued, old_issued = (_issued(each, zone) for each in (new, old))
    if new_issued is not None and old_issued is not None and new_issued != old_issued:
        return new_issued > old_issued
    if (new_issued is None) != (old_issued is None):
        return old_issued is None
    return not _is_older(new, old, zone)


def _issued(resource: dict, zone: tzinfo) -> tuple[date, float] | None:
    if "issued" not in resource:
        return None
    moment = dates.read(resource["issued"], zone)
    return moment.days.last, moment.instant.timestamp() if moment.instant else 0.0
