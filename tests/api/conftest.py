"""The API is asked without a database: nothing it needs is stored anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [{"resource": {"resourceType": "Patient", "id": "p", "birthDate": "1984-05-17"}}],
}
ADDRESS = "/api/v1/trials/NCT00514085/evaluate/"

Ask = Callable[..., HttpResponse]


@pytest.fixture
def ask(client: Client) -> Ask:
    """Send a body (a dict is written as JSON) to the dry run."""

    def send(
        body: dict[str, Any] | str | bytes = b"",
        query: str = "?on=2026-11-25",
        content_type: str = "application/json",
        **options: Any,
    ) -> HttpResponse:
        raw = json.dumps(body) if isinstance(body, dict) else body
        answered = client.post(ADDRESS + query, raw, content_type=content_type, **options)
        assert isinstance(answered, HttpResponse)
        return answered

    return send


def problem(answered: Any, status: int) -> dict[str, Any]:
    """The problem document of a refusal, after its form was checked."""
    assert answered.status_code == status, answered.content[:300]
    assert answered.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(answered.content)
    assert {"type", "title", "status", "detail", "instance"} <= set(document)
    assert document["status"] == status
    return document
