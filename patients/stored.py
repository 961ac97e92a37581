"""Reading again what was received: every current resource of a patient as one Bundle, through the same function.

A source's resources are read together, so that versions, references and ties between deliveries are settled exactly
as they are within one Bundle. Each keeps the day on which it arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from patients.codes.local import LocalCodes
from patients.facts import Facts, Intake
from patients.intake import strict_json
from patients.intake.fhir import read_bundle
from patients.intake.fhir.envelope import unpack
from patients.intake.fhir.references import said_to_be_of
from patients.intake.fhir.versions import survivors
from patients.local_codes import map_in_force
from patients.merged import below
from patients.models import Patient, PatientMerge, ReceivedResource, SetAside


class Read(NamedTuple):
    """What one source says of a patient."""

    source: str
    intake: Intake
    person: dict[str, Any]
    """The Patient resource that counts."""
    told: int
    """When it arrived: later is greater."""
    own: bool
    """It is the patient's own, not that of somebody who is recorded as them."""


BY_FORM = "rest"
"""The source of facts that were entered one by one. Its Patient only says whose they are."""


def read_again(
    patient: Patient,
    zone: ZoneInfo,
    *,
    until: int | None = None,
    local_codes: LocalCodes | None = None,
) -> list[Read]:
    """The facts of everything received, by source; last the one that told last who the patient is. As of a version
    (`until`) it is asked of patients as whom nobody else is recorded.

    What was received of those who are recorded as this patient is read with it. Who the patient is, only the own
    sources tell. Codes of the site's own are read by `local_codes`; None: by its map in force.
    """
    local = map_in_force(patient.site_id) if local_codes is None else local_codes
    merges = below(patient.pk)
    whose = [patient.pk, *(one.merged_id for one in merges)]
    arrived, counts = Q(), Q(lifted_version=None)
    if until is not None:
        arrived = Q(delivery__record_version__lte=until)
        counts = Q(counts | Q(lifted_version__gt=until), record_version__lte=until)
    resources = ReceivedResource.objects.filter(arrived, patient__in=whose).order_by("source", "id")
    aside = SetAside.objects.filter(counts, patient__in=whose)
    held = Held(patient.pk, resources, aside, merges)
    return read_held(held, zone, local_codes=local)


class Held(NamedTuple):
    """What is held of a patient: resources in the order of their arrival, and what was set aside and still is."""

    patient: UUID
    resources: Iterable[ReceivedResource]
    aside: Iterable[SetAside] = ()
    merges: Sequence[PatientMerge] = ()
    """By which others are recorded as this patient."""
    trees: Mapping[int, dict[str, Any]] = MappingProxyType({})
    """Resources that were parsed already, by id."""


def read_held(held: Held, zone: ZoneInfo, *, local_codes: LocalCodes) -> list[Read]:
    """As `read_again`, of what is at hand."""
    together = _Together(held.patient, held.merges)
    aside: dict[tuple[str, UUID], list[str]] = {}
    for one in held.aside:
        aside.setdefault(together.key(one), []).append(one.ref)
    reads = [
        _read(key[0], list(of_one), zone, aside.get(key, []), held, local_codes)
        for key, of_one in groupby(sorted(held.resources, key=together.key), key=together.key)
    ]
    return sorted(reads, key=lambda read: (read.own, says_who(read.source, read.person), read.told))


def read_on_arrival(
    resources: Sequence[ReceivedResource], held: Held, intake: Intake
) -> list[Read] | None:
    """What `read_held` would say of a patient of whom nothing was held, from a Bundle whose every entry was kept: what
    it said when it came (`intake`). None where it has to be read again.

    Between the two readings, `_entry` alone changes something: how a record names its patient, and what the Patient is
    called where it had no name of its own.
    """
    patients = [one for one in resources if one.type == "Patient"]
    if len(resources) != intake.account.received or len(patients) != 1:
        return None
    if any(len(one.full_url) >= _LONGEST_URL for one in resources):
        return None
    (who,) = patients
    person = _tree(who, held)
    if not person.get("id"):
        return None
    return [Read(who.source, intake, person, who.pk, own=True)]


_LONGEST_URL = 2_000
"""Characters: a longer one is kept cut off."""


def says_who(source: str, person: Mapping[str, Any]) -> bool:
    """Whether a Patient tells who somebody is, and not only whose the records beside it are."""
    return source != BY_FORM and not person.keys() <= _SAYS_NOTHING


_SAYS_NOTHING = frozenset({"resourceType", "id", "meta"})


class _Together:
    """Whose resources of one source are read as one: those of all who are one person, unless the source had called two
    different records of them by one name."""

    def __init__(self, patient: UUID, merges: Iterable[PatientMerge]) -> None:
        self.patient = patient
        self.into = {one.merged_id: one for one in merges}

    def key(self, row: ReceivedResource | SetAside) -> tuple[str, UUID]:
        at = row.patient_id
        while at in self.into and row.source not in self.into[at].names_apart:
            at = self.into[at].survivor_id
        return row.source, at


def _read(
    source: str,
    of_one: list[ReceivedResource],
    zone: ZoneInfo,
    aside: list[str],
    held: Held,
    local_codes: LocalCodes,
) -> Read:
    patients = [resource for resource in of_one if resource.type == "Patient"]
    own = [one for one in patients if one.patient_id == held.patient]
    last = _current(own or patients, zone, held)
    kept = [resource for resource in of_one if resource.type != "Patient" or resource is last]
    person = _tree(last, held)
    url = last.full_url or f"urn:uuid:{last.patient_id}"
    entries = [
        {"fullUrl": url, "resource": person} if resource is last else _entry(resource, url, held)
        for resource in kept
    ]
    received = [resource.received_on for resource in kept]
    intake = read_bundle(
        {"resourceType": "Bundle", "type": "collection", "entry": entries},
        received_on=max(received),
        zone=zone,
        set_aside=aside,
        days=dict(enumerate(received)),
        digests={place: resource.digest for place, resource in enumerate(kept)},
        local_codes=local_codes,
    )
    return Read(source, intake, person, last.pk, last.patient_id == held.patient)


def _current(patients: list[ReceivedResource], zone: ZoneInfo, held: Held) -> ReceivedResource:
    """Of the Patients of one source, the one who is told last: which version that is, is decided as in one Bundle."""
    if len(patients) == 1:
        return patients[0]
    entry = [{"fullUrl": one.full_url, "resource": _tree(one, held)} for one in patients]
    entries = unpack({"resourceType": "Bundle", "type": "collection", "entry": entry}).entries
    return patients[survivors(entries, zone)[entries[-1].index].index]


def _tree(resource: ReceivedResource, held: Held) -> dict[str, Any]:
    known = held.trees.get(resource.pk)
    tree = strict_json.parse(resource.raw) if known is None else known
    assert isinstance(tree, dict)
    return tree


def _entry(resource: ReceivedResource, patient_url: str, held: Held) -> dict[str, Any]:
    """A resource as an entry. Whose it is was settled at receipt; here it is said in one way."""
    entry: dict[str, Any] = {"resource": said_to_be_of(_tree(resource, held), patient_url)}
    if resource.full_url:
        entry["fullUrl"] = resource.full_url
    return entry


def together(reads: Iterable[Read]) -> tuple[Facts, date]:
    """One set of facts from all sources; the person is the one that the last source tells of."""
    every = [read.intake.facts for read in reads]
    received = max(facts.received_on for facts in every)
    merged = {
        kind: tuple(fact for facts in every for fact in getattr(facts, kind)) for kind in FACT_KINDS
    }
    return Facts(every[-1].person, received, **merged, dictionary=every[-1].dictionary), received


FACT_KINDS = (
    "conditions",
    "results",
    "lesions",
    "histologies",
    "courses",
    "operations",
    "specimens",
    "participations",
    "notices",
)
"""Fields of `Facts` that hold facts."""
