"""The types of which records are made here of what is held of patients, put up beside what systems send of them."""

from __future__ import annotations

from patients.api.fhir.audit_events import AuditEvents
from patients.api.fhir.provenances import Provenances
from patients.api.fhir.registry import KINDS, Parameter
from patients.api.fhir.shelves import put_up

_PROVENANCE = (
    "Who said what is held: one for each version of a record of the types that the token covers, its withdrawal, its"
    " counting again and each step of a screening, with the id of the record and that of the version."
    " What systems sent has ids of its own."
)
_AUDIT = (
    "Acts that concern a patient, those at screenings with the right to read them. A client needs"
    " system/AuditEvent.rs by name: * does not cover it. What systems sent has ids of its own."
)


def put_up_all() -> None:
    """Done once, when the product starts."""
    provenance, audit = KINDS["Provenance"], KINDS["AuditEvent"]
    target = Parameter("target", "reference", "Type/id or a version of it; made here.", made=True)
    recorded = Parameter("recorded", "date", "Of what is made here.", made=True)
    put_up(
        provenance._replace(
            parameters=(*provenance.parameters, target, recorded), documentation=_PROVENANCE
        ),
        Provenances(),
    )
    more = (
        Parameter("date", "date", "Of what is made here.", made=True),
        Parameter("type", "token", "Of what is made here.", made=True),
        Parameter("subtype", "token", "The word of the trail, as signed; made here.", made=True),
        Parameter("action", "token", "Of what is made here.", made=True),
    )
    put_up(
        audit._replace(parameters=(*audit.parameters, *more), documentation=_AUDIT), AuditEvents()
    )
