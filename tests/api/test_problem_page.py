"""The `type` of every problem leads somewhere."""

from __future__ import annotations

from django.test import Client

from patients.intake.problems import REFUSALS
from tests.api.conftest import problem


def test_every_kind_of_problem_is_described_at_its_address(client: Client) -> None:
    page = client.get("/api/docs/problems").text
    refused = problem(client.post("/api/v1/trials/NCT1/evaluate/", b"", "application/json"), 404)
    for address in (refused["type"], "/api/docs/problems#refused-bundle"):
        path, _hash, slug = address.partition("#")
        assert path == "/api/docs/problems"
        assert f'id="{slug}"' in page
    assert all(code in page for code in REFUSALS)
