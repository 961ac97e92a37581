"""Refusals for clients that speak FHIR: OperationOutcome (FHIR R4)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

MEDIA_TYPE = "application/fhir+json"

# FHIR R4, value set issue-type.
_TYPES = {
    304: "informational",
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    410: "deleted",
    411: "required",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "processing",
    428: "required",
    429: "throttled",
    503: "transient",
}


def is_fhir(path: str) -> bool:
    return path == "/fhir" or path.startswith("/fhir/")


def outcome(
    status: int, detail: str, *, errors: Iterable[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """One issue for each of `errors` (``{pointer, code, detail}``), or one for the whole."""
    kind = _TYPES.get(status, "exception")
    issues: list[dict[str, Any]] = []
    for one in errors:
        place = one.get("pointer", "").lstrip("/")
        issue = {"severity": "error", "code": kind, "diagnostics": f"{place}: {one['detail']}"}
        issues.append(issue | {"expression": [f"http.{place}"]} if place else issue)
    whole = {"severity": "error", "code": kind, "diagnostics": detail}
    return {"resourceType": "OperationOutcome", "issue": issues or [whole]}


def fhir_answer(
    document: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE, headers=headers)


def refuse(status: int, detail: str) -> HttpResponse:
    return fhir_answer(outcome(status, detail), status=status)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """Below /fhir even "nothing here" is FHIR."""
    return refuse(404, "There is nothing at this address.")
