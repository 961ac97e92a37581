"""From addresses of ours to the names by which a source knows the same records, and whom a resource is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from patients.actions.introducing import known_to
from patients.actions.receive import FHIR_ID
from patients.api.fhir.covered import Covered
from patients.api.fhir.doors import uuid_or_none
from patients.api.fhir.refusals import FhirRefusal
from patients.api.fhir.rendered import references, subject_keys
from patients.models import FhirVersion, Patient, PatientIdentifier
from trialscreen.institution.models import Site

Resource = dict[str, Any]
_LITERAL = re.compile(r"(?P<kind>[A-Z][A-Za-z]{1,63})/(?P<ident>[A-Za-z0-9\-.]{1,64})")


class Naming:
    """Names within one site, for one source."""

    def __init__(self, site: Site, source: str, base: str, covered: Covered) -> None:
        self.site = site
        self.source = source
        self.base = base
        self.covered = covered

    def translate(self, tree: Resource, names: Mapping[str, str]) -> None:
        """Let a resource refer to records held here by what its source calls them; `names` says some before."""
        for one in references(tree):
            text = names.get(one["reference"], one["reference"])
            one["reference"] = self.called(text)

    def called(self, reference: str) -> str:
        """What the source calls the record that a reference of ours names; any other reference stays as it is."""
        found = _LITERAL.fullmatch(reference.removeprefix(f"{self.base}/"))
        record = uuid_or_none(found["ident"]) if found else None
        if found is None or record is None:
            return reference
        if found["kind"] == "Patient":
            patient = self._visible(record)
            return known_to(patient, self.source).reference if patient else reference
        held = FhirVersion.objects.filter(
            site=self.site, record=record, type=found["kind"], source=self.source, current=True
        ).first()
        if held is None or "#" in held.key:
            return reference
        return held.key

    def _visible(self, record: UUID) -> Patient | None:
        return Patient.objects.filter(site=self.site, pk=record).first()

    def whose(self, tree: Resource, place: str) -> Patient:
        """The patient held here whom a resource names. Raises FhirRefusal: 422 where it names none, 403 where
        it would take a search for patients that who asks may not do."""
        kind = str(tree.get("resourceType", ""))
        for key in subject_keys(kind):
            subject = tree.get(key)
            if isinstance(subject, dict):
                found = self._named(subject, f"{place}.{key}")
                if found is not None:
                    return found
                said = "The record is of a patient who is not known at this site."
                raise FhirRefusal(422, said, code="not-found", expression=f"{place}.{key}")
        said = "The record does not say whose it is."
        keys = subject_keys(kind)
        where = f"{place}.{keys[0]}" if keys else place
        raise FhirRefusal(422, said, code="required", expression=where)

    def _named(self, subject: Resource, where: str) -> Patient | None:
        text = subject.get("reference")
        if isinstance(text, str):
            if text.startswith("Patient?identifier="):
                self.covered.check_looks(self.site, "Patient", where)
                return self._identified(text.partition("=")[2])
            found = _LITERAL.fullmatch(text.removeprefix(f"{self.base}/"))
            if found is None or found["kind"] != "Patient":
                return None
            record = uuid_or_none(found["ident"])
            held = self._visible(record) if record is not None else None
            return held or self._by(Q(source=self.source, system=FHIR_ID, value=found["ident"]))
        identifier = subject.get("identifier")
        value = identifier.get("value") if isinstance(identifier, dict) else None
        if not isinstance(value, str) or not value:
            return None
        self.covered.check_looks(self.site, "Patient", where)
        system = identifier.get("system", "") if isinstance(identifier, dict) else ""
        return self._by(Q(system=system if isinstance(system, str) else "", value=value))

    def _identified(self, token: str) -> Patient | None:
        system, bar, value = token.rpartition("|")
        if not value or "\0" in token:
            return None
        return self._by(Q(value=value, **({"system": system} if bar else {})))

    def _by(self, named: Q) -> Patient | None:
        """The only patient of the site who is named so; where sources differ, the one whom this source names so."""
        rows = PatientIdentifier.objects.filter(named, site=self.site).select_related("patient")
        if not named_by_us(named):
            rows = rows.exclude(system=FHIR_ID)
        mine = {one.patient_id: one.patient for one in rows if one.source == self.source}
        every = {one.patient_id: one.patient for one in rows}
        for found in (mine, every):
            if found:
                return next(iter(found.values())) if len(found) == 1 else None
        return None


def named_by_us(named: Q) -> bool:
    return ("system", FHIR_ID) in named.children
