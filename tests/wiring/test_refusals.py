"""Every refusal has its form: a problem document over the API, a page elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import include, path
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from trialscreen.wiring import urls as real_urls
from trialscreen.wiring.problems import MEDIA_TYPE

CSP = {
    "default-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}


class Form(serializers.Serializer):
    on = serializers.DateField()
    site = serializers.CharField(max_length=3)


class Echo(APIView):
    """Raises what the query asks for, else checks the body."""

    permission_classes = (AllowAny,)
    raised = {
        "404": Http404(),
        "403": PermissionDenied(),
        "429": exceptions.Throttled(wait=7),
        "500": ValueError("Mrs Boudreau, born 1962"),
    }

    def post(self, request: Request) -> Response:
        if wanted := request.query_params.get("raise"):
            raise self.raised[wanted]
        form = Form(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(form.data)


urlpatterns = [path("api/echo/", Echo.as_view()), path("", include(real_urls.urlpatterns))]
handler400, handler403 = real_urls.handler400, real_urls.handler403
handler404, handler500 = real_urls.handler404, real_urls.handler500


@pytest.fixture
def asked(settings: LazySettings) -> Client:
    settings.ROOT_URLCONF = "tests.wiring.test_refusals"
    return Client(raise_request_exception=False)


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["Content-Type"].split(";")[0] == MEDIA_TYPE
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert {"type", "title", "detail", "instance"} <= set(body)
    return body


def test_nothing_below_api_answers_with_a_page(asked: Client) -> None:
    for address in ("/api", "/api/", "/api/v1/", "/api/v1/nothing", "/api/v2/x/"):
        assert problem(asked.get(address), 404)["instance"] == address


@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_every_kind_is_a_problem_document(asked: Client, status: int) -> None:
    answer = asked.post(f"/api/echo/?raise={status}", "{}", content_type="application/json")
    body = problem(answer, status)
    assert body["instance"] == "/api/echo/"
    assert "Boudreau" not in answer.content.decode()
    if status == 429:
        assert answer.headers["Retry-After"] == "8"


def test_a_method_or_body_that_is_not_taken(asked: Client) -> None:
    problem(asked.get("/api/echo/"), 405)
    problem(asked.post("/api/echo/", "a=b", content_type="text/plain"), 415)
    problem(asked.post("/api/echo/", "{", content_type="application/json"), 400)


def test_each_wrong_place_is_named(asked: Client) -> None:
    answer = asked.post("/api/echo/", {"site": "four"}, content_type="application/json")
    errors = problem(answer, 400)["errors"]
    assert [(each["pointer"], each["code"]) for each in errors] == [
        ("/on", "required"),
        ("/site", "max_length"),
    ]


@pytest.mark.requirement(67)
def test_a_body_too_large_is_refused_whole(asked: Client, settings: LazySettings) -> None:
    settings.BODY_SIZE_LIMIT = 2_000
    said = problem(
        asked.post("/api/echo/", "[" + "1," * 2_000 + "1]", content_type="application/json"), 413
    )
    assert said["detail"] == "The request holds 4003 bytes; at most 2000 are taken."


def test_a_body_of_unknown_length_is_refused(asked: Client) -> None:
    answer = asked.post("/api/echo/", "{}", content_type="application/json",
                        headers={"Transfer-Encoding": "chunked"})  # fmt: skip
    problem(answer, 411)


@pytest.mark.requirement(70)
def test_pages_are_refused_with_a_page(asked: Client) -> None:
    answer = asked.get("/no-such-page/")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.content.decode()


@pytest.mark.requirement(64)
def test_every_answer_carries_the_security_headers(asked: Client) -> None:
    for address in ("/healthz/live", "/no-such-page/", "/api/nothing", "/api/echo/?raise=500"):
        headers = asked.post(address, "{}", content_type="application/json").headers
        assert set(headers["Content-Security-Policy"].split("; ")) == CSP
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert len(headers["X-Request-ID"]) == 36


def test_the_documentation_page_alone_may_style_inline(asked: Client) -> None:
    answer = asked.get("/api/docs/")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src" not in policy


def test_the_description_of_the_interface_is_valid_json(asked: Client) -> None:
    described = asked.get("/api/schema/").json()
    assert described["openapi"].startswith("3.1")


@pytest.mark.requirement(74)
@pytest.mark.parametrize("host", ["evil.example.org", "localhost:bad"])
def test_other_hosts_are_refused(asked: Client, host: str) -> None:
    assert asked.get("/healthz/live", headers={"host": host}).status_code == 400
