"""Two sites, a client and people of each, and one way to ask."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application, set_token_value

from eligibility import demonstration
from trialscreen.institution.models import Account, ApiGrant, Role, Site, StaffRole
from trialscreen.institution.tokens import issue_token

OPENED = date(2026, 1, 1)
EVERYTHING = "patients.read patients.write eligibility.read"
FHIR = "application/fhir+json"


@dataclass
class Asker:
    """Somebody with a bearer token."""

    token: str
    http: Client = field(default_factory=Client)

    def _headers(self, given: Mapping[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} | dict(given)

    def get(self, at: str, **headers: str) -> Any:
        return self.http.get(at, headers=self._headers(headers))

    def post(self, at: str, body: Any, content_type: str = "application/json", **also: str) -> Any:
        raw = body if isinstance(body, bytes | str) else json.dumps(body)
        headers = self._headers({name.replace("_", "-"): value for name, value in also.items()})
        return self.http.post(at, raw, content_type=content_type, headers=headers)

    def patch(self, at: str, body: Any, version: object = None, **also: str) -> Any:
        """A correction of the record as of `version`, with a reason if the body says none."""
        if isinstance(body, dict):
            body = {"reason": "checked against the source"} | body
        raw = body if isinstance(body, bytes | str) else json.dumps(body)
        headers = {name.replace("_", "-"): value for name, value in also.items()}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        kind = "application/json"
        return self.http.patch(at, raw, content_type=kind, headers=self._headers(headers))

    def send(self, bundle: Any, at: str = "/fhir", **also: str) -> Any:
        raw = bundle if isinstance(bundle, bytes | str) else demonstration.to_json(bundle)
        return self.post(at, raw, FHIR, **also)


def make_site(code: str, zone: str = "America/Toronto") -> Site:
    named = code.title()
    return Site.objects.create(
        code=code, name=f"{named} centre", city=named, time_zone=zone, opened_on=OPENED
    )


def make_client(name: str, *sites: Site, scopes: str = EVERYTHING) -> Asker:
    """A client with the same grants at these sites, and a token of it."""
    application = Application.objects.create(
        name=name,
        client_id=name,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    for site in sites:
        ApiGrant.objects.create(application=application, site=site, scopes=scopes)
    token = AccessToken(
        application=application, scope=scopes, expires=timezone.now() + timedelta(hours=1)
    )
    set_token_value(token, f"token of {name}")
    token.save()
    return Asker(f"token of {name}")


def make_person(name: str, site: Site, role: Role) -> Asker:
    account = Account.objects.create_user(name, "a long way round the lake", name=name.title())
    StaffRole.objects.create(account=account, site=site, role=role, first_day=OPENED)
    return Asker(issue_token(account, expires=timezone.now() + timedelta(hours=1)))


@pytest.fixture
def toronto(db: None) -> Site:
    return make_site("toronto")


@pytest.fixture
def montreal(db: None) -> Site:
    return make_site("montreal")


@pytest.fixture
def ehr(toronto: Site) -> Asker:
    """The hospital system of Toronto."""
    return make_client("ehr", toronto)


@pytest.fixture
def stranger(montreal: Site) -> Asker:
    """The hospital system of Montreal."""
    return make_client("stranger", montreal)


@pytest.fixture
def coordinator(toronto: Site) -> Asker:
    return make_person("carla", toronto, Role.COORDINATOR)


@pytest.fixture
def investigator(toronto: Site) -> Asker:
    return make_person("ines", toronto, Role.INVESTIGATOR)


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def sent(ehr: Asker, today: date) -> Callable[..., str]:
    """Send an invented patient from the hospital system; gives the id it has here."""

    def send(key: str = "meets-everything") -> str:
        answer = ehr.send(demonstration.bundle(key, on=today))
        assert answer.status_code == 200, answer.content[:500]
        return patient_in(answer)

    return send


def patient_in(answer: Any) -> str:
    """The id of the Patient in a response Bundle."""
    entries = json.loads(answer.content)["entry"]
    places = [one["response"].get("location", "") for one in entries]
    return next(place for place in places if place.startswith("Patient/")).split("/")[1]
