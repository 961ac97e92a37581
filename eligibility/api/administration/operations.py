"""What every address of administration says of itself, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from eligibility.api.administration.bodies import Body
from patients.api.described import ONCE, PAGING, asked, page, refusals

_NO = {
    "s400": "The body is not JSON, or the address has parameters that are not known.",
    "s403": "Not for you: the sentence says why.",
    "s404": "No such row.",
    "s409": "Not as things stand: the sentence says why.",
    "s422": "The content cannot be used: each place in the sentence of the page.",
}
_STALE = {"s412": "It has changed since it was read.", "s428": "If-Match is missing."}
IF_UNCHANGED = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of what is changed - site, part, person or client - as it was read; * for whatever it is. "
    "428 without it, 412 when somebody has changed it since.",
)


def reads(
    operation: str,
    summary: str,
    of: Any,
    *filters: tuple[str, str],
    many: bool = True,
    paged: bool = True,
) -> Any:
    """An address that is read: one, or `many`, which are all there at once where they are not `paged`."""
    named = [asked(name, said, OpenApiTypes.STR) for name, said in filters]
    return {
        "operation_id": f"administration_{operation}",
        "summary": summary,
        "tags": ["administration"],
        "parameters": [*named, *PAGING] if many and paged else named,
        "responses": {
            (200, "application/json"): page(of) if many else of,
            **refusals(s403=_NO["s403"], s404=_NO["s404"]),
        },
    }


def acts(
    operation: str,
    summary: str,
    body: Body,
    gives: Any,
    *,
    made: bool = False,
    version: bool = False,
) -> Any:
    """An address that something is sent to; of a `version` where it changes what there is."""
    told = _NO | (_STALE if version else {})
    return {
        "operation_id": f"administration_{operation}",
        "summary": summary,
        "tags": ["administration"],
        "parameters": [ONCE, IF_UNCHANGED] if version else [ONCE],
        "responses": {(201 if made else 200, "application/json"): gives, **refusals(**told)},
        **body.request,
    }
