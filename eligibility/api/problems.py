"""Refusals as problem documents (RFC 9457), the same over HTTP and from the command."""

from __future__ import annotations

from typing import Any

from patients.intake.problems import REFUSALS, Issue, Refused, operation_outcome, pointer

TYPE = "/api/docs/problems#refused-bundle"
"""Where this kind of problem is described."""
MEDIA_TYPE = "application/problem+json"


def problem_document(refused: Refused, *, instance: str | None = None) -> dict[str, Any]:
    """A refused bundle as a JSON-ready problem document.

    `errors` names each fault by JSON pointer; `outcome` says the same as a FHIR R4
    OperationOutcome, for clients that speak FHIR alone.
    """
    document: dict[str, Any] = {
        "type": TYPE,
        "title": "The bundle was refused",
        "status": 422,
        "detail": _detail(refused.issues),
    }
    if instance is not None:
        document["instance"] = instance
    document["errors"] = [
        {"pointer": pointer(issue.place), "code": issue.code, "detail": _placed(issue)}
        for issue in refused.issues
    ]
    document["outcome"] = operation_outcome(refused)
    return document


def _placed(issue: Issue) -> str:
    return f"{issue.detail} ({issue.place})" if issue.place.startswith("line ") else issue.detail


def _detail(issues: tuple[Issue, ...]) -> str:
    if not issues:
        return "The bundle cannot be used."
    first = issues[0]
    said = first.detail or REFUSALS.get(first.code, "The bundle cannot be used.")
    where = f" ({first.place})" if first.place else ""
    more = len(issues) - 1
    return f"{said}{where}" + (f" And {more} more." if more else "")
