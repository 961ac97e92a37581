"""What happens to every request before a view sees it, and to every answer after."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django_structlog.middlewares import RequestMiddleware

from trialscreen.wiring.problems import refuse_request

type_of_next = Callable[[HttpRequest], HttpResponseBase]

# Of a body that will be refused, so much is still read, so that the sender gets to read the answer
# instead of a broken connection.
READ_OUT = 64 * 1024 * 1024
PIECE = 64 * 1024

POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class RequestLog(RequestMiddleware):
    """One line per answer: method, path, status and a request id, which the answer carries too.

    The query string is left out, because people search by names and numbers.
    """

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        identifier = structlog.contextvars.get_contextvars().get("request_id", "")
        response.headers["X-Request-ID"] = identifier
        super().handle_response(request, response)


def demonstration_on_this_machine_alone(get_response: type_of_next) -> type_of_next:
    """Whoever comes from another machine, past a server that was told to listen wider, is refused."""
    if not settings.DEMONSTRATION:
        raise MiddlewareNotUsed

    def middleware(request: HttpRequest) -> HttpResponseBase:
        # Empty: a socket in a folder of this machine.
        if request.META.get("REMOTE_ADDR") not in ("127.0.0.1", "::1", ""):
            return refuse_request(request, 403, "The demonstration is for its own machine alone.")
        return get_response(request)

    return middleware


def permissions_policy(get_response: type_of_next) -> type_of_next:
    """Tell the browser that no page of ours needs its sensors or its wallet."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["Permissions-Policy"] = POLICY
        return response

    return middleware


def never_kept(get_response: type_of_next) -> type_of_next:
    """No cache and no history of a browser keeps what the application answers; files of the pages come before."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return middleware


def body_size_limit(get_response: type_of_next) -> type_of_next:
    """Refuse a body that is too large (413) or of unknown length (411) before anything reads it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return refuse_request(request, 411, "The length of the request must be given.")
        length = request.META.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isdecimal() else 0
        limit = _limit_of(request)
        if size > limit:
            _read_out(request, size)
            return refuse_request(
                request, 413, f"The request holds {size} bytes; at most {limit} are taken."
            )
        return get_response(request)

    return middleware


def _limit_of(request: HttpRequest) -> int:
    """Bytes of a body. Files of many patients are larger: one that is the body itself is never held as a whole."""
    if request.path not in ("/imports/new/", "/api/v1/imports/"):
        return int(settings.BODY_SIZE_LIMIT)
    as_form = request.content_type == "multipart/form-data"
    return int(settings.IMPORT_FORM_LIMIT if as_form else settings.IMPORT_SIZE_LIMIT)


def _read_out(request: HttpRequest, size: int) -> None:
    left = min(size, READ_OUT)
    while left > 0:
        piece = request.read(min(PIECE, left))
        if not piece:
            return
        left -= len(piece)
