"""A site for trying programs against, which no count over all sites has in it."""

from __future__ import annotations

import base64
import json
import stat
import time
import uuid
from pathlib import Path
from typing import Any

import jwt
import pytest
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import Application

from trialscreen.institution.models import SANDBOX, Account, ApiGrant, Role, Site, StaffRole
from trialscreen.institution.rights import May
from trialscreen.institution.scope import scope_of_account
from trialscreen.wiring import demonstration, sandbox
from trialscreen.wiring.embedded.sandbox_key import make_key
from trialscreen.wiring.sandbox_systems import ISSUER

pytestmark = pytest.mark.django_db
SECRET = "known to this test alone"


def _token(secret: str) -> Any:
    """As a program asks, which has no cookie."""
    basic = base64.b64encode(f"{sandbox.CLIENT}:{secret}".encode()).decode()
    said = {"grant_type": "client_credentials"}
    program = Client(enforce_csrf_checks=True)
    return program.post("/o/token/", said, headers={"Authorization": f"Basic {basic}"})


def test_its_client_sees_it_and_nothing_else() -> None:
    demonstration.prepare("a password")
    sandbox.prepare(SECRET)
    told = _token(SECRET)
    assert told.status_code == 200, told.content
    bearer = {"Authorization": f"Bearer {told.json()['access_token']}"}
    listed = Client().get("/api/v1/patients/", headers=bearer)
    assert listed.json()["results"] == []
    refused = Client().get("/api/v1/patients/?site=edmonton", headers=bearer)
    assert refused.status_code == 404
    (grant,) = ApiGrant.objects.filter(application__client_id=sandbox.CLIENT)
    assert grant.site.code == SANDBOX
    assert set(grant.allowed) == set(May)


def test_preparing_again_makes_nothing_twice_and_takes_the_new_secret() -> None:
    sandbox.prepare(SECRET)
    sandbox.prepare(SECRET)
    sandbox.prepare("another one")
    assert Site.objects.filter(code=SANDBOX).count() == 1
    assert Application.objects.count() == 1
    assert _token(SECRET).status_code == 401
    assert _token("another one").status_code == 200


def test_nobody_who_sees_every_site_sees_it() -> None:
    demonstration.prepare("a password")
    sandbox.prepare(SECRET)
    monitor = Account.objects.get(username="monitor")
    there = Site.objects.get(code=SANDBOX).pk
    seen = scope_of_account(monitor, now=timezone.now()).sites_where(May.READ_LOGS)
    assert len(seen) == 7
    assert there not in seen
    whoever = Account.objects.create_user("whoever", "a password", name="Whoever")
    StaffRole.objects.create(
        account=whoever, site_id=there, role=Role.COORDINATOR, first_day=timezone.localdate()
    )
    mine = scope_of_account(whoever, now=timezone.now())
    assert mine.sites_where(May.READ_LOGS) == {there}


@pytest.mark.requirement(2)
def test_its_client_may_do_nothing_when_it_is_no_demonstration_any_more() -> None:
    sandbox.prepare(SECRET)
    token = _token(SECRET).json()["access_token"]
    assert sandbox.withdraw() == 1
    bearer = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/patients/", headers=bearer).status_code == 401
    assert sandbox.withdraw() == 0


def test_its_token_is_taken_back_without_a_cookie() -> None:
    sandbox.prepare(SECRET)
    token = _token(SECRET).json()["access_token"]
    said = {"token": token, "client_id": sandbox.CLIENT, "client_secret": SECRET}
    gone = Client(enforce_csrf_checks=True).post("/o/revoke-token/", said)
    assert gone.status_code == 200, gone.content
    bearer = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/patients/", headers=bearer).status_code == 401


def _signed(key: Path, who: str, address: str, **more: str) -> str:
    """As docs/smart.md signs, with what lies in the folder."""
    ends = int(time.time()) + 240
    said = {"iss": who, "aud": address, "exp": ends, "jti": str(uuid.uuid4()), **more}
    named = {"kid": key.with_suffix(".kid").read_text()}
    return jwt.encode(said, key.read_text(), algorithm="ES384", headers=named)


def _asked(key: Path) -> Any:
    signed = _signed(key, sandbox.CLIENT, "http://testserver/o/token/", sub=sandbox.CLIENT)
    by = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    form = {"grant_type": "client_credentials", "scope": "system/Patient.rs"}
    return Client().post(
        "/o/token/", form | {"client_assertion_type": by, "client_assertion": signed}
    )


def _card(key: Path) -> int:
    service = "http://testserver/cds-services/trial-eligibility"
    patient = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1970-01-02"}
    question = {
        "hook": "patient-view",
        "hookInstance": str(uuid.uuid4()),
        "context": {"userId": "Practitioner/1", "patientId": "p"},
        "prefetch": {"patient": patient},
    }
    bearer = {"Authorization": f"Bearer {_signed(key, ISSUER, service)}"}
    path = service.removeprefix("http://testserver")
    return Client().post(path, json.dumps(question), "application/json", headers=bearer).status_code


def _message(control: str, token: str) -> str:
    lines = (
        f"MSH|^~\\&|SANDBOX|DEMO|trialscreen|sandbox|20261120101500||ORU^R01^ORU_R01|{control}|P|2.5.1",
        "PID|1||INV-9^^^DEMO^MR||Invented^Ada||19700102|F",
        "OBR|1||F-9|58410-2^CBC^LN|||20261120083000",
        "OBX|1|NM|777-3^Platelets^LN||231|10*9/L^^UCUM|150-400||||F",
    )
    bearer = {"Authorization": f"Bearer {token}"}
    answer = Client().post("/api/v1/hl7v2/", "\r".join(lines), "application/hl7-v2", headers=bearer)
    return answer.content.decode().split("MSA|")[1][:2]


@pytest.mark.requirement(2)
def test_what_integrators_copy_works_with_the_key_of_the_sandbox_until_it_is_withdrawn(
    tmp_path: Path,
) -> None:
    demonstration.prepare("a password")
    key = tmp_path / "sandbox-key.pem"
    keys = make_key(key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    for _ in range(2):
        sandbox.prepare(SECRET, keys)
    assert _asked(key).json()["scope"] == "system/Patient.rs"
    assert _card(key) == 200
    assert _message("M1", _token(SECRET).json()["access_token"]) == "AA"
    # The next run has a key of its own, and the one before is nobody's.
    earlier = tmp_path / "earlier.pem"
    for one in (key, key.with_suffix(".kid")):
        one.rename(earlier.with_suffix(one.suffix))
    sandbox.prepare(SECRET, make_key(key))
    assert (_asked(earlier).status_code, _card(earlier)) == (401, 401)
    assert (_asked(key).status_code, _card(key)) == (200, 200)
    token = _token(SECRET).json()["access_token"]
    assert _message("M2", token) == "AA"
    sandbox.withdraw()
    assert (_asked(key).status_code, _card(key)) == (401, 401)
