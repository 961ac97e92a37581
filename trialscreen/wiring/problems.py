"""Every refusal in one form: a problem document (RFC 9457) over the API, a plain page elsewhere.

A problem document has ``type`` (the address of this kind of problem in our documentation),
``title``, ``status``, ``detail``, ``instance`` and, where single places are at fault,
``errors: [{pointer, code, detail}]``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from patients.api import outcomes

MEDIA_TYPE = "application/problem+json"
# The page that describes each kind, a heading per slug.
TYPES = "/api/docs/problems"

SENTENCES = {
    400: "The request could not be understood.",
    401: "Sign in first.",
    403: "This is not allowed.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    406: "The answer is only to be had as JSON.",
    409: "The request does not fit what is held by now.",
    411: "The length of the request must be given.",
    412: "The record has changed since it was read. Read it again.",
    413: "The request is too large.",
    415: "The body is of a media type that is not taken here.",
    422: "The content of the request cannot be used.",
    428: "Say by If-Match which version of the record was read.",
    429: "Too many requests; wait a little.",
    500: "Something went wrong on our side. Nothing was saved.",
    503: "A part of the service is not available; try again in a moment.",
}

# The names that Python 3.13 gave these two; earlier versions have older ones.
TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}


def title_of(status: int) -> str:
    return TITLES.get(status, HTTPStatus(status).phrase)


def type_of(status: int) -> str:
    """The address of this kind of problem on the page that describes them all."""
    return f"{TYPES}#{title_of(status).lower().replace(' ', '-')}"


def kinds() -> list[dict[str, Any]]:
    """Every kind of problem with its sentence, for the page that describes them."""
    return [
        {
            "slug": type_of(status).partition("#")[2],
            "status": status,
            "title": title_of(status),
            "detail": detail,
        }
        for status, detail in SENTENCES.items()
    ]


def is_api(path: str) -> bool:
    return path.startswith(("/api/", "/cds-services"))


def document(
    status: int,
    detail: str = "",
    *,
    instance: str = "",
    errors: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """The problem as a JSON-ready dict; `errors` holds ``{pointer, code, detail}`` each."""
    body: dict[str, Any] = {
        "type": type_of(status),
        "title": title_of(status),
        "status": status,
        "detail": detail or SENTENCES.get(status, HTTPStatus(status).description),
    }
    if instance:
        body["instance"] = instance
    if errors:
        body["errors"] = [dict(error) for error in errors]
    return body


def answer(
    request: HttpRequest,
    status: int,
    detail: str = "",
    *,
    errors: Sequence[Mapping[str, str]] = (),
) -> HttpResponse:
    """A problem document as a plain Django answer."""
    body = document(status, detail, instance=request.path, errors=errors)
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE)


def refuse_request(request: HttpRequest, status: int, detail: str = "") -> HttpResponse:
    """Refuse in the form that fits the address: JSON for programs, FHIR below ``/fhir``, else a page."""
    if is_api(request.path):
        return answer(request, status, detail)
    if outcomes.is_fhir(request.path):
        return outcomes.refuse(status, detail or SENTENCES.get(status, ""))
    body = document(status, detail, instance=request.path)
    return render(request, "errors/refused.html", {"problem": body}, status=status)


def handle(exception: Exception, context: Mapping[str, Any]) -> Response | None:
    """Django REST framework's exception handler; None (a 500) for what is not a refusal.

    Answers the status and headers that the framework would, as a problem document.
    """
    if isinstance(exception, Http404):
        exception = exceptions.NotFound()
    elif isinstance(exception, PermissionDenied):
        exception = exceptions.PermissionDenied()
    if not isinstance(exception, exceptions.APIException):
        return None
    set_rollback()
    status = exception.status_code
    request = context.get("request")
    places = list(_places(exception.detail)) if status in (400, 422) else []
    single = exception.detail if isinstance(exception.detail, str) else ""
    if isinstance(exception, exceptions.UnsupportedMediaType):
        single = _taken(context.get("view"))
    body = document(
        status,
        single if status in (400, 415, 422) else "",
        instance=request.path if request is not None else "",
        errors=places,
    )
    return Response(body, status=status, headers=_headers(exception), content_type=MEDIA_TYPE)


def _taken(view: Any) -> str:
    """Which media types an address takes; empty where that is not known."""
    kinds = [one.media_type for one in getattr(view, "parser_classes", ())]
    return f"The body must be {' or '.join(kinds)}." if kinds else ""


def _headers(exception: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(exception, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    return headers


def _places(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Each fault of a serializer with its JSON pointer (RFC 6901)."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            step = str(key).replace("~", "~0").replace("/", "~1")
            yield from _places(inner, f"{pointer}/{step}" if key != "non_field_errors" else pointer)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            plain = isinstance(inner, str)
            yield from _places(inner, pointer if plain else f"{pointer}/{index}")
    elif pointer or not isinstance(detail, exceptions.ErrorDetail):
        code = getattr(detail, "code", "invalid")
        yield {"pointer": pointer, "code": str(code), "detail": str(detail)}
