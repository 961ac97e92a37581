"""Refusals in the words of FHIR: each with its status, and the place of what is wrong."""

from __future__ import annotations

from typing import Any

from rest_framework import exceptions


class FhirRefusal(exceptions.APIException):
    """A refusal that says where. `expression` is a FHIRPath, or ``http.`` and the name of a header or parameter."""

    def __init__(
        self, status: int, detail: str, *, code: str = "", expression: str = "", etag: str = ""
    ) -> None:
        super().__init__(detail)
        self.status_code = status
        self.kind = code
        self.expression = expression
        self.etag = etag

    def outcome(self, usual: str) -> dict[str, Any]:
        issue: dict[str, Any] = {
            "severity": "error",
            "code": self.kind or usual,
            "diagnostics": str(self.detail),
        }
        if self.expression:
            issue["expression"] = [self.expression]
        return {"resourceType": "OperationOutcome", "issue": [issue]}


def gone(etag: str = "") -> FhirRefusal:
    said = "The record was withdrawn. Its history can be read, and an update lets it count again."
    return FhirRefusal(410, said, etag=etag)


def not_supported(what: str, expression: str = "", *, status: int = 400) -> FhirRefusal:
    return FhirRefusal(status, what, code="not-supported", expression=expression)
