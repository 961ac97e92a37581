"""Correcting a record: a new version of it, made here, in the name of whoever corrected it.

The version stands beside those of the record's own source and is read with them, so the rules of versions decide what
speaks: a correction supersedes what was held; what the source had sent before and sends again is no news; a version
that the source makes later (by its ``issued`` or ``lastUpdated``, else by arrival) supersedes the correction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Q

from patients.actions.reasons import in_words
from patients.actions.receive import Attribution, Receipt, receive_bundle
from patients.intake import strict_json
from patients.intake.as_fhir import as_bundle
from patients.intake.corrections import corrected
from patients.intake.fhir.envelope import unpack
from patients.intake.fhir.references import SUBJECT
from patients.intake.fhir.versions import survivors
from patients.intake.forms import of_the_form
from patients.intake.problems import Refused
from patients.merged import holder
from patients.models import Patient, PatientIdentifier, ReceivedResource
from patients.signals import before_setting_aside
from patients.stored import BY_FORM, says_who
from trialscreen.institution.models import Site
from trialscreen.institution.trail.acting import because

Resource = dict[str, Any]
_CERTAINTY = frozenset({"verification", "status"})
"""What says whether a record counts: to correct that is to set it aside in other words."""


class NotCorrectable(Exception):
    """The record cannot be named, or is not there: it is corrected at its source."""


class IdentifierTaken(Exception):
    """An identifier is that of another patient of the same site and source."""

    def __init__(self, taken: Mapping[int, Patient]) -> None:
        super().__init__()
        self.taken = taken
        """The other patient, by the place of the identifier in what was sent."""


class Correction(NamedTuple):
    """What is to be different, and the circumstances."""

    said: Mapping[str, Any]
    by: Attribution
    reason: str
    received_on: date
    at: datetime


class _Held(NamedTuple):
    """A resource as it is held, with the Patient of its source."""

    resource: Resource
    full_url: str
    person: Resource
    person_url: str


def correct_fact(
    correction: Correction, *, patient: Patient, site: Site, source: str, ref: str, kind: str
) -> Receipt | None:
    """Correct the record `ref` (``Observation/id``) of a `source`; None where nothing differs.

    Raises:
        NotCorrectable: it has no id by which a version could be told to be one of it.
        NotHere: the record does not have an element that is to be corrected.
        MayNotSetAside: it would count no more, and the person may not bring that about.
        NoReason: nobody said why.
        Refused: with places in the form.
    """
    patient = holder(patient, source, ref)
    held = _held(patient, site, source, ref)
    changed = corrected(held.resource, correction.said, kind=kind, at=correction.at)
    if changed is held.resource:
        return None
    if correction.by.person is not None and correction.said.keys() & _CERTAINTY:
        person = correction.by.person
        before_setting_aside.send(sender=Patient, patient=patient, ref=ref, person=person)
    key = SUBJECT[changed["resourceType"]]
    changed[key] = reference_to(held.person, held.person_url)
    bundle = as_bundle(held.person, changed, url=held.person_url)
    if held.full_url:
        bundle["entry"][1]["fullUrl"] = held.full_url
    return _receive(bundle, correction, site, source)


def correct_person(correction: Correction, *, patient: Patient, site: Site) -> Receipt | None:
    """Correct who the patient is, in the words of the source that tells it; None where nothing differs.

    Raises:
        IdentifierTaken, NoReason, NotHere, Refused
    """
    sources = ReceivedResource.objects.filter(patient=patient, type="Patient")
    told = sources.exclude(source=BY_FORM).order_by("-id")
    last = next((one for one in told if says_who(one.source, _parsed(one))), told.first())
    if last is None:
        raise NotCorrectable
    check_free(correction.said.get("identifiers", ()), site, last.source, patient)
    person = _parsed(last)
    changed = corrected(person, correction.said, kind="patient", at=correction.at)
    if changed is person:
        return None
    return _receive(as_bundle(changed, url=last.full_url), correction, site, last.source)


def has_record(patient: Patient, site: Site, source: str, ref: str) -> bool:
    """Whether a record can be told by its name from every other one."""
    try:
        _held(holder(patient, source, ref), site, source, ref)
    except NotCorrectable:
        return False
    return True


def check_free(identifiers: Any, site: Site, source: str, patient: Patient | None = None) -> None:
    """Whether identifiers are nobody's, or this patient's, at the site.

    One without a system means something within its source alone. Raises `IdentifierTaken`.
    """
    named = [(one.get("system", ""), one["value"]) for one in identifiers]
    held = PatientIdentifier.objects.filter(
        Q(source=source) | ~Q(system=""), site=site, value__in=[value for _, value in named]
    ).select_related("patient")
    owners = {(one.system, one.value): one.patient for one in held}
    taken = {
        place: owners[name]
        for place, name in enumerate(named)
        if name in owners and owners[name] != patient
    }
    if taken:
        raise IdentifierTaken(taken)


def _receive(bundle: Resource, correction: Correction, site: Site, source: str) -> Receipt:
    why = in_words(correction.reason)
    try:
        with because(why):
            return receive_bundle(
                strict_json.write(bundle),
                site=site,
                source=source,
                by=correction.by,
                received_on=correction.received_on,
                correction=True,
                reason=why,
            )
    except Refused as refused:
        raise of_the_form(refused) from None


def _held(patient: Patient, site: Site, source: str, ref: str) -> _Held:
    """The version of a record that speaks, as it is held."""
    rows = list(ReceivedResource.objects.filter(patient=patient, source=source).order_by("id"))
    people = [row for row in rows if row.type == "Patient"]
    trees = [_parsed(row) for row in rows]
    entries = unpack(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [
                {"resource": tree, "fullUrl": row.full_url}
                for tree, row in zip(trees, rows, strict=True)
            ],
        }
    ).entries
    current = survivors(entries, site.zone)
    named = [entry for entry in entries if "#" not in entry.ref and entry.ref == ref]
    if not named or not people:
        raise NotCorrectable
    speaks = current[named[-1].index].index
    person = people[-1]
    return _Held(trees[speaks], rows[speaks].full_url, _parsed(person), person.full_url)


def _parsed(row: ReceivedResource) -> Resource:
    tree = strict_json.parse(row.raw)
    assert isinstance(tree, dict)
    return tree


def reference_to(person: Resource, url: str) -> Resource:
    """A reference by which a Bundle's Patient is found, whatever it is known by."""
    if url:
        return {"reference": url}
    if isinstance(person.get("id"), str):
        return {"reference": f"Patient/{person['id']}"}
    identifiers = person["identifier"]
    named = next(one for one in identifiers if isinstance(one, dict) and one.get("value"))
    return {"identifier": {key: named[key] for key in ("system", "value") if key in named}}
