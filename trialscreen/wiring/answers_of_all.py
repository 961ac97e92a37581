"""What every address may answer, whatever it is, and a body for each: written into the description in one place."""

from __future__ import annotations

from typing import Any, Final

from patients.api.described import PROBLEM
from trialscreen.wiring.examples import EXAMPLES
from trialscreen.wiring.problems import MEDIA_TYPE, SENTENCES

_REFERENCE: Final = {"$ref": "#/components/schemas/Problem"}
_ALWAYS: Final = (400, 406, 429, 503)
_KNOWN: Final = (401, 403)
"""Where it is asked who somebody is."""
_WITH_BODY: Final = (411, 413, 415)
ACTING_FOR: Final = {
    "name": "X-Acting-For",
    "in": "header",
    "description": "Of a client alone: the user name of the person for whom it acts, who stands beside it "
    "in the record. The person has to have a role at the site.",
    "schema": {"type": "string"},
}
_VERBS: Final = ("get", "post", "put", "patch", "delete")


def said_everywhere(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add to each operation the refusals that none of them says for itself; a hook of drf-spectacular."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for verb in _VERBS:
            if verb in operations:
                _add(operations[verb], path)
                _attribute(operations[verb])
                _show(operations[verb])
    return result


def _attribute(operation: dict[str, Any]) -> None:
    """A client says for whom it acts, at any address that asks who somebody is."""
    if any(operation.get("security", ())):
        operation.setdefault("parameters", []).append(dict(ACTING_FOR))


def _add(operation: dict[str, Any], path: str) -> None:
    statuses = [*_ALWAYS]
    if any(operation.get("security", ())):
        statuses += _KNOWN
    if "requestBody" in operation:
        statuses += _WITH_BODY
    if "{" in path:
        statuses.append(404)
    for status in statuses:
        content = {MEDIA_TYPE: {"schema": _REFERENCE}}
        answer = {"content": content, "description": SENTENCES[status]}
        operation["responses"].setdefault(str(status), answer)


def _show(operation: dict[str, Any]) -> None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    example = EXAMPLES.get(operation["operationId"])
    if content is not None and example is not None:
        content.setdefault("examples", {"Example": {"value": dict(example)}})
