"""What is held, read over FHIR: one record, one version of it, its history, and everything of a patient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from patients.actions.repeats import Answer
from patients.api.doors import as_response
from patients.api.fhir.bundles import bundle, entry
from patients.api.fhir.covered import Covered
from patients.api.fhir.doors import (
    ALWAYS,
    FhirDoor,
    not_modified,
    of_version,
    resource_answer,
    unchanged_since,
)
from patients.api.fhir.parameters import sites_by_zone
from patients.api.fhir.records import (
    check_there,
    history,
    kind_or_404,
    speaking,
    stamps,
    versions_of,
    withdrawn,
)
from patients.api.fhir.refusals import FhirRefusal, gone
from patients.api.fhir.registry import KINDS
from patients.api.fhir.rendered import Stamp, rendered
from patients.api.fhir.shelves import Made, on_shelf, shelf_of
from patients.api.scoped import patient_or_404
from patients.merged import whole
from patients.models import FhirVersion, Patient
from trialscreen.institution.smart_scopes import Interaction
from trialscreen.institution.trail.actions import say_whom

MOST: Final = 10_000
"""Records of a type that are made here of one patient, in one answer."""


class OneRecord(FhirDoor):
    """One record, as it is held now."""

    def get(self, request: Request, kind: str, record: str) -> HttpResponseBase:
        self.parameters(ALWAYS)
        kind_or_404(kind)
        if made := on_shelf(self.covered, self.site_ids, kind, record):
            say_whom(request, made[0].site, made[0].patient)
            return answer_made(request, made[0])
        held = speaking(self.site_ids, kind, record)
        check_there(held)
        return answer_with(request, held, stamps([held])[held.pk], self.covered)


class OneVersion(FhirDoor):
    """One version of a record, as it was sent."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Request, kind: str, record: str, version: str) -> HttpResponseBase:
        self.parameters(ALWAYS)
        kind_or_404(kind)
        for made in on_shelf(self.covered, self.site_ids, kind, record):
            if made.version_id == version:
                say_whom(request, made.site, made.patient)
                return answer_made(request, made)
        held = speaking(self.site_ids, kind, record)
        for change in history(held):
            if change.version_id == version:
                if change.version is None:
                    raise gone()
                stamp = Stamp(version, change.at)
                return answer_with(request, change.version, stamp, self.covered)
        raise NotFound


class History(FhirDoor):
    """What became of a record, the newest first."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Request, kind: str, record: str) -> HttpResponseBase:
        self.parameters(ALWAYS)
        kind_or_404(kind)
        if made := on_shelf(self.covered, self.site_ids, kind, record):
            say_whom(request, made[0].site, made[0].patient)
            return as_response(_history_of(self.base, f"{kind}/{record}", made))
        held = speaking(self.site_ids, kind, record)
        changes = history(held)
        address = f"{kind}/{held.record}"
        entries = []
        for place, change in enumerate(changes):
            tree = None
            if change.version is not None:
                stamp = Stamp(change.version_id, change.at)
                (tree,) = rendered([change.version], {change.version.pk: stamp}, self.covered)
            first = place == len(changes) - 1
            entries.append(
                entry(self.base, address, tree, change.version_id, change.at, first=first)
            )
        return as_response(resource_answer(bundle("history", entries, total=len(entries))))


class Everything(FhirDoor):
    """All that is held of a patient, as of all who are recorded as them: of the types that who asks may read."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Request, patient: UUID) -> HttpResponseBase:
        said = self.parameters((*ALWAYS, "_type")).get("_type")
        types = _types(said) if said is not None else None
        held = patient_or_404(self.site_ids, patient)
        rows = versions_of(self.site_ids).filter(patient__in=whole(held.pk), current=True)
        if types is not None:
            rows = rows.filter(type__in=types)
        found = [one for one in rows.filter(~withdrawn()).order_by("id") if self._reads(one)]
        found.sort(key=lambda one: (one.record != held.pk, one.type != "Patient", one.pk))
        trees = rendered(found, stamps(found), self.covered)
        trees += [one.tree for kind in types or () for one in self._made(kind, held)]
        entries = [
            {
                "fullUrl": f"{self.base}/{tree['resourceType']}/{tree['id']}",
                "resource": tree,
                "search": {"mode": "match"},
            }
            for tree in trees
        ]
        return as_response(resource_answer(bundle("searchset", entries, total=len(entries))))

    def _made(self, kind: str, patient: Patient) -> list[Made]:
        """What is made here of the patient, of a type that was asked for by its name."""
        shelf = shelf_of(kind)
        mine = self.site_ids & self.covered.sites(kind, Interaction.READ)
        if shelf is None or not any(one.name == "patient" for one in KINDS[kind].parameters):
            return []
        sites = sites_by_zone([patient.site] if patient.site_id in mine else [], self.base)
        asked = [("patient", str(patient.pk))]
        return [one for one in shelf.page(asked, sites, "", MOST, self.covered) if one.patient]

    def _reads(self, one: FhirVersion) -> bool:
        return one.site_id in self.covered.sites(one.type, Interaction.READ)


def _types(said: str) -> list[str]:
    """The types that are asked for. Raises FhirRefusal (400) for one that is not here."""
    found = list(dict.fromkeys(said.split(",")))
    for one in found:
        if one not in KINDS:
            said = f"_type: there is no type “{one[:60]}” here."
            raise FhirRefusal(400, said, code="not-supported", expression="http._type")
    return found


def answer_with(
    request: Request, held: FhirVersion, stamp: Stamp, covered: Covered
) -> HttpResponse:
    """The record under a version; 304 for who has it."""
    headers = of_version(stamp.version_id, stamp.at)
    if unchanged_since(request, stamp.version_id, stamp.at):
        return not_modified(headers)
    (tree,) = rendered([held], {held.pk: stamp}, covered)
    return as_response(resource_answer(tree, headers=headers))


def answer_made(request: Request, made: Made) -> HttpResponse:
    """A version of a record that is on a shelf; 304 for who has it."""
    headers = of_version(made.version_id, made.at)
    if unchanged_since(request, made.version_id, made.at):
        return not_modified(headers)
    return as_response(resource_answer(made.tree, headers=headers))


def _history_of(base: str, address: str, versions: Sequence[Made]) -> Answer:
    entries = [
        entry(base, address, one.tree, one.version_id, one.at, first=one is versions[-1])
        for one in versions
    ]
    return resource_answer(bundle("history", entries, total=len(entries)))
