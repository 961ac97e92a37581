"""The views behind 400, 403, 404 and 500: JSON below ``/api/``, elsewhere a page."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from patients.api import outcomes
from patients.intake.problems import REFUSALS
from trialscreen.wiring.away import RETRY_SECONDS, is_away
from trialscreen.wiring.problems import SENTENCES, answer, is_api, kinds, refuse_request


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse_request(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse_request(request, 403)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came back without the token that its page carried."""
    return refuse_request(
        request, 403, "The page was open for too long. Go back, load it again and try once more."
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refuse_request(request, 404)


def nothing_here(request: HttpRequest) -> HttpResponse:
    return answer(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """Nothing that may be the cause of the failure is used: no context, no database.

    Where something we need did not answer it is a 503, which says when to try again.
    """
    if is_away(sys.exc_info()[1]):
        return unavailable(request)
    if is_api(request.path):
        return answer(request, 500)
    if outcomes.is_fhir(request.path):
        return outcomes.refuse(500, SENTENCES[500])
    return HttpResponseServerError(
        render_to_string("errors/failed.html", {"detail": SENTENCES[500]})
    )


def unavailable(request: HttpRequest, detail: str = "") -> HttpResponse:
    """503 in the form that fits the address; like the page of a 500 it needs no database."""
    detail = detail or SENTENCES[503]
    if is_api(request.path):
        response = answer(request, 503, detail)
    elif outcomes.is_fhir(request.path):
        response = outcomes.refuse(503, detail)
    else:
        page = render_to_string("errors/failed.html", {"detail": detail})
        response = HttpResponse(page, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def described(request: HttpRequest) -> HttpResponse:
    """What the `type` of a problem document leads to: every kind, and every reason of a refusal."""
    return render(request, "api/problems.html", {"kinds": kinds(), "refusals": REFUSALS})
