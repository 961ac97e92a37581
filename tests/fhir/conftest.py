"""The FHIR interface as a client of a site meets it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from patients.intake import strict_json
from tests.api.stored.conftest import (
    FHIR,
    Asker,
    coordinator,
    ehr,
    investigator,
    montreal,
    stranger,
    today,
    toronto,
)

__all__ = ["coordinator", "ehr", "investigator", "montreal", "stranger", "today", "toronto"]
Json = dict[str, Any]
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


@dataclass
class Said:
    """An answer, read exactly."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def tree(self) -> Json:
        assert self.headers["Content-Type"] == FHIR, (self.status, self.raw[:300])
        tree = strict_json.parse(self.raw)
        assert isinstance(tree, dict)
        return tree

    @property
    def found(self) -> list[Json]:
        """The resources of a searchset or history."""
        return [one["resource"] for one in self.tree.get("entry", ()) if "resource" in one]

    def outcome(self, status: int, code: str = "") -> Json:
        assert self.status == status, (self.status, self.raw[:500])
        tree = self.tree
        assert tree["resourceType"] == "OperationOutcome"
        issue: Json = tree["issue"][0]
        assert issue["diagnostics"]
        assert not code or issue["code"] == code, issue
        return issue


@dataclass
class Speaker:
    """A client that speaks FHIR."""

    asker: Asker

    def ask(self, verb: str, at: str, body: Any = None, **headers: str) -> Said:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = named.pop("Content-Type", FHIR)
        told: Json = {"headers": self.asker._headers(named)}
        if body is not None:
            raw = body if isinstance(body, bytes | str) else strict_json.write(body)
            told |= {"data": raw, "content_type": content}
        path = at.removeprefix("http://testserver")
        path = path if path.startswith("/fhir") else f"/fhir/{path}" if path else "/fhir"
        answer = self.asker.http.generic(verb.upper(), path, **_generic(told))
        return Said(answer.status_code, dict(answer.headers), answer.content)

    def get(self, at: str, **headers: str) -> Said:
        return self.ask("get", at, **headers)

    def send(self, *resources: Json, kind: str = "collection") -> Said:
        """A delivery: a Bundle without requests."""
        entries = [{"resource": one} for one in resources]
        said = self.ask("post", "", {"resourceType": "Bundle", "type": kind, "entry": entries})
        assert said.status == 200, said.raw
        return said

    def patient(self, ident: str = "p1") -> str:
        """The id here of the patient whom the source calls so."""
        found = self.get(f"Patient?identifier=urn:mrn|{ident}").found
        assert len(found) == 1
        return str(found[0]["id"])


def _generic(told: Json) -> Json:
    return {
        "data": told.get("data", ""),
        "content_type": told.get("content_type", "application/octet-stream"),
        "headers": told["headers"],
    }


@pytest.fixture
def fhir(ehr: Asker) -> Speaker:
    return Speaker(ehr)


@pytest.fixture
def other(stranger: Asker) -> Speaker:
    """Of another site."""
    return Speaker(stranger)


def person(ident: str = "p1", **more: Any) -> Json:
    return {
        "resourceType": "Patient",
        "id": ident,
        "identifier": [{"system": "urn:mrn", "value": ident}],
        "birthDate": "1984-05-17",
        **more,
    }


def observation(ident: str = "o1", patient: str = "Patient/p1", **more: Any) -> Json:
    """A platelet count; an empty `ident` for one without an id."""
    value = strict_json.parse('{"value": 180.50}')
    assert isinstance(value, dict)
    quantity = {"value": value["value"], "unit": "10*9/L", "system": UCUM, "code": "10*9/L"}
    return {
        "resourceType": "Observation",
        **({"id": ident} if ident else {}),
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "777-3"}]},
        "subject": {"reference": patient},
        "effectiveDateTime": "2026-11-20",
        "valueQuantity": quantity,
        **more,
    }


def dumped(tree: Json) -> str:
    return json.dumps(tree, sort_keys=True, default=str)
