"""A version of a record as it goes out: the text as it was sent, with ids, versions and references of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from patients.actions.receive import FHIR_ID
from patients.api.fhir.linked import links, turns, with_links
from patients.intake import strict_json
from patients.intake.fhir.references import SUBJECT, type_of
from patients.models import FhirVersion, PatientIdentifier, ReceivedResource

Resource = dict[str, Any]
Names = dict[tuple[UUID, str, str], str]
"""What a source calls a record, by patient, source and reference: how it is referred to here."""
_OURS = ("versionId", "lastUpdated")


def moment(at: datetime) -> str:
    """An instant in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Links(Protocol):
    """Whether who asks may be told that a reference leads to a record here."""

    def links(self, site: int, patient: UUID, address: str) -> bool: ...


class Stamp(NamedTuple):
    """Under which version something is read, and since when it is so."""

    version_id: str
    at: datetime


def rendered(
    versions: Sequence[FhirVersion], stamps: Mapping[int, Stamp] | None, covered: Links
) -> list[Resource]:
    """Resources of versions with their `resource` at hand, in a number of queries that never grows.

    A reference that leads to nothing held here, to one version of it, or to a type that who asks may not see stays as
    it was sent. Nothing is fetched.
    """
    trees = [_parsed(one.resource) for one in versions]
    names = _names(versions, trees)
    known = {one.pk: Stamp(one.version_id, one.at) for one in versions} | dict(stamps or {})
    linked = turns(versions)
    found = []
    for one, tree in zip(versions, trees, strict=True):
        shown = _shown(one, tree, names, known[one.pk], covered)
        if one.type == "Patient":
            shown = with_links(shown, links(linked[one.patient_id], known[one.pk].version_id))
        found.append(shown)
    return found


def _parsed(row: ReceivedResource) -> Resource:
    tree = strict_json.parse(row.raw)
    assert isinstance(tree, dict)
    return tree


def _shown(
    version: FhirVersion, tree: Resource, names: Names, stamp: Stamp, covered: Links
) -> Resource:
    for one in references(tree):
        known = names.get((version.patient_id, version.source, one["reference"]))
        if known is not None and covered.links(version.site_id, version.patient_id, known):
            one["reference"] = known
    for key in subject_keys(version.type):
        subject = tree.get(key)
        said = subject.get("reference") if isinstance(subject, dict) else None
        if isinstance(said, str) and type_of(said) in ("", "Patient"):
            tree[key] = {**tree[key], "reference": f"Patient/{version.patient_id}"}
    sent = tree.get("meta")
    meta = dict(sent) if isinstance(sent, dict) else {}
    meta |= {"versionId": stamp.version_id, "lastUpdated": moment(stamp.at)}
    first = {"resourceType": version.type, "id": str(version.record), "meta": meta}
    return first | {name: value for name, value in tree.items() if name not in first}


def subject_keys(kind: str) -> tuple[str, ...]:
    """Where resources of a type say whose they are; that it is the patient's was settled at receipt."""
    if kind == "Patient":
        return ()
    required = SUBJECT.get(kind)
    return (required,) if required else ("subject", "patient")


def references(tree: Any) -> Iterator[Resource]:
    """Every Reference with a text in a resource, contained resources included."""
    level: list[Any] = [tree]
    while level:
        value = level.pop()
        if isinstance(value, dict):
            if isinstance(value.get("reference"), str):
                yield value
            level.extend(value.values())
        elif isinstance(value, list):
            level.extend(value)


def placed(
    tree: Any, place: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text of a Reference, with the way to it."""
    if isinstance(tree, dict):
        if isinstance(tree.get("reference"), str):
            yield place, tree["reference"]
        for key, value in tree.items():
            yield from placed(value, (*place, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from placed(value, (*place, index))


def _names(versions: Sequence[FhirVersion], trees: Iterable[Resource]) -> Names:
    wanted: set[tuple[UUID, str, str]] = {
        (version.patient_id, version.source, one["reference"])
        for version, tree in zip(versions, trees, strict=True)
        for one in references(tree)
    }
    if not wanted:
        return {}
    patients = {patient for patient, _, _ in wanted}
    texts = {text for _, _, text in wanted}
    found: Names = dict(_by_url(patients, texts))
    found |= dict(_by_key(patients, texts))
    return found | _people(versions, wanted)


def _by_url(patients: set[UUID], texts: set[str]) -> Iterator[tuple[tuple[UUID, str, str], str]]:
    rows = ReceivedResource.objects.filter(patient__in=patients, full_url__in=texts)
    rows = rows.exclude(full_url="").exclude(as_version=None).order_by("id")
    named = ("patient", "source", "full_url", "type", "as_version__record")
    for patient, source, url, kind, record in rows.values_list(*named):
        yield (patient, source, url), f"{kind}/{record}"


def _by_key(patients: set[UUID], texts: set[str]) -> Iterator[tuple[tuple[UUID, str, str], str]]:
    rows = FhirVersion.objects.filter(patient__in=patients, current=True, key__in=texts)
    for patient, source, key, kind, record in rows.values_list(
        "patient", "source", "key", "type", "record"
    ):
        yield (patient, source, key), f"{kind}/{record}"


def _people(versions: Sequence[FhirVersion], wanted: Iterable[tuple[UUID, str, str]]) -> Names:
    """Patients by the ids that their sources give them, at the site of who refers to them."""
    said = {
        text: text.removeprefix("Patient/") for _, _, text in wanted if text.startswith("Patient/")
    }
    if not said:
        return {}
    site_of = {one.patient_id: one.site_id for one in versions}
    rows = PatientIdentifier.objects.filter(
        site__in=set(site_of.values()),
        source__in={one.source for one in versions},
        system=FHIR_ID,
        value__in=set(said.values()),
    )
    known: Mapping[tuple[int, str, str], UUID] = {
        (site, source, value): patient
        for site, source, value, patient in rows.values_list("site", "source", "value", "patient")
    }
    return {
        (patient, source, text): f"Patient/{known[place]}"
        for patient, source, text in wanted
        if text in said and (place := (site_of[patient], source, said[text])) in known
    }
