"""``GET /fhir/metadata``: what the interface does, made from the registry of types."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from patients.api.doors import as_response
from patients.api.fhir.doors import ALWAYS, FhirDoor, accept_json, resource_answer
from patients.api.fhir.registry import COUNT, KINDS, Kind
from patients.api.reading import only

VERSION: Final = "4.0.1"
SECURITY: Final = "http://terminology.hl7.org/CodeSystem/restful-security-service"
EVERYTHING: Final = (
    "What is made here (ResearchSubject, Provenance, AuditEvent) is in it where _type names it."
)
DATED: Final = "2026-11-23"
"""Of the statement: the day on which what it says changed last."""


class Metadata(FhirDoor):
    """The CapabilityStatement, for everybody: it says nothing of anybody."""

    permission_classes = [AllowAny]
    authentication_classes = []
    http_method_names = ["get", "head", "options"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        APIView.initial(self, request, *args, **kwargs)
        accept_json(request)

    def get(self, request: Request) -> HttpResponse:
        only(request.query_params, (*ALWAYS, "mode"))
        return as_response(resource_answer(statement(self.base)))


def statement(base: str) -> dict[str, Any]:
    """The CapabilityStatement (R4) of the interface at the address `base`."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATED,
        "kind": "instance",
        "software": {"name": "trialscreen"},
        "implementation": {"description": "Screening of patients for clinical trials", "url": base},
        "fhirVersion": VERSION,
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "References are never fetched. Unknown modifier extensions are refused.",
                "security": {
                    "cors": False,
                    "service": [{"coding": [{"system": SECURITY, "code": "SMART-on-FHIR"}]}],
                    "description": "OAuth 2.0 bearer tokens by client credentials, for the sites of the client.",
                },
                "resource": [_resource(KINDS[name]) for name in sorted(KINDS)],
                "interaction": [{"code": "transaction"}, {"code": "batch"}],
            }
        ],
    }


def _resource(kind: Kind) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "type": kind.name,
        "interaction": [{"code": one} for one in kind.interactions],
        "versioning": "versioned-update" if "update" in kind.interactions else "versioned",
        "readHistory": "vread" in kind.interactions,
        "updateCreate": False,
        "conditionalCreate": kind.conditional_create,
        "conditionalRead": "full-support",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "logical", "local"],
    }
    if kind.documentation:
        shown["documentation"] = kind.documentation
    if kind.parameters:
        shown["searchParam"] = [
            {"name": one.name, "type": one.type}
            | ({"documentation": one.documentation} if one.documentation else {})
            for one in (*kind.parameters, COUNT)
        ]
    if kind.operations:
        base = "http://hl7.org/fhir/OperationDefinition"
        shown["operation"] = [
            {"name": one, "definition": f"{base}/{kind.name}-{one}", "documentation": EVERYTHING}
            for one in kind.operations
        ]
    return shown
