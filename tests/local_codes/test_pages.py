"""The pages and the interface: proposed, reviewed, counted, put in force; told no in a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from eligibility.actions import mapping
from patients.local_codes import in_force as version_in_force
from patients.models import LocalCodesVersion
from tests.eligibility.stored import file, make_site, stored, verdict
from tests.local_codes.build import LAB, in_force, person, with_local_code
from trialscreen.institution.models import Account, Role, Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
HEAD = "system,code,display,target_system,target_code,comment\n"
GOOD = f"{HEAD}{LAB},LAB-NEUT,Neutrophils,loinc,751-8,\n"


@pytest.fixture
def site() -> Iterator[Site]:
    made = make_site()
    with use_sites([made.pk]):
        yield made


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def one(site: Site) -> Client:
    return signed_in(person(site, "one"))


@pytest.fixture
def other(site: Site) -> Client:
    return signed_in(person(site, "other", Role.INVESTIGATOR))


def sent(client: Client, text: str | bytes, **said: str) -> Any:
    content = text if isinstance(text, bytes) else text.encode()
    given = {"reason": "Catalogue.", "site": "toronto", **said}
    return client.post(
        "/local-codes/upload/", {"file": SimpleUploadedFile("map.csv", content), **given}
    )


def step(client: Client, version: Any, name: str, reason: str = "Looked at it.") -> Any:
    return client.post(f"/local-codes/versions/{version.pk}/{name}/", {"reason": reason})


def test_from_an_upload_to_a_verdict(site: Site, one: Client, other: Client) -> None:
    held = with_local_code(site)
    file(held)
    page = one.get("/local-codes/").content.decode()
    assert "LAB-NEUT" in page
    assert "code=LAB-NEUT" in page
    answer = sent(one, GOOD)
    version = LocalCodesVersion.objects.get()
    assert answer.headers["Location"] == f"/local-codes/versions/{version.pk}/"
    assert "You had a part in proposing it" in one.get(answer.headers["Location"]).content.decode()
    assert step(one, version, "review").status_code == 422
    assert step(other, version, "review").status_code == 302
    early = step(other, version, "put-in-force")
    assert early.status_code == 422
    assert "counted first" in early.content.decode()
    assert step(other, version, "impact").status_code == 302
    assert mapping.count_impacts() == 1
    shown = other.get(f"/local-codes/versions/{version.pk}/").content.decode()
    assert "1 record of 1 patient is read otherwise" in shown
    assert "Neutrophils" in shown
    assert step(other, version, "put-in-force").status_code == 302
    assert step(other, version, "put-in-force").status_code == 422
    waiting = one.get("/local-codes/").content.decode()
    assert "Read since version 1; what is on record is read again" in waiting
    assert 'Map it<span class="visually-hidden"> LAB-NEUT' not in waiting
    file(held)
    assert "Every code on record" in one.get("/local-codes/").content.decode()
    assert verdict(stored(held), "granulocytes")[0] == "met"
    assert "version 1 of this site" in one.get(f"/patients/{held}/").content.decode()


def test_every_problem_of_a_file_is_told_and_nothing_of_it_is_kept(site: Site, one: Client) -> None:
    lines = (
        "http://loinc.org,751-8,,loinc,777-3,\n"
        f"{LAB},A,,loinc,99999-9,\n{LAB},=B,,loinc,751-8,\n{LAB},C,,loinc,751-8,\n"
    )
    answer = sent(one, HEAD + lines)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert all(f"Line {number}</strong>" in page for number in (2, 3, 4))
    assert "3 problems" in page
    assert "Line 5" not in page
    assert not LocalCodesVersion.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        HEAD.encode() + b"\0,\n",
        b"code;target_system;target_code\nA;loinc;751-8\n",
        HEAD.encode() + b'"x,A,,loinc,751-8,\n',
        HEAD.encode() + b"x\n",
        b"\xed\xa0\x80," + HEAD.encode(),
    ],
)
def test_what_is_no_such_file_is_refused(site: Site, one: Client, content: bytes) -> None:
    assert sent(one, content).status_code == 422
    assert not LocalCodesVersion.objects.exists()


def test_one_code_from_where_it_is_seen(site: Site, one: Client) -> None:
    held = with_local_code(site)
    page = one.get(f"/patients/{held}/").content.decode()
    assert "Map it for this site" in page
    there = "/local-codes/add/?site=toronto&system=https%3A%2F%2Flaboratory.invalid&code=LAB-NEUT"
    assert 'value="LAB-NEUT"' in one.get(there).content.decode()
    said = {
        "site": "toronto",
        "system": LAB,
        "code": "LAB-NEUT",
        "target_system": "http://loinc.org",
        "target_code": "751-8",
        "reason": "Seen.",
    }
    assert (
        '<option value="751-8">Neutrophils, automated count (LOINC)</option>' in one.get(there).text
    )
    wrong = one.post("/local-codes/add/", said | {"target_code": "1"})
    assert wrong.status_code == 422
    assert "does not know" in wrong.content.decode()
    assert one.post("/local-codes/add/", said).status_code == 302


def test_another_sites_map_does_not_exist(site: Site, one: Client) -> None:
    kingston = make_site("kingston")
    with use_sites([kingston.pk]):
        version = in_force(kingston)
    for address in (
        f"/local-codes/versions/{version.pk}/",
        "/local-codes/?site=kingston",
        "/local-codes/add/?site=kingston",
        "/api/v1/sites/kingston/local-codes/",
        "/api/v1/sites/kingston/local-codes/versions/1/",
    ):
        assert one.get(address).status_code == 404, address
    assert step(one, version, "set-aside").status_code == 404
    assert sent(one, GOOD, site="kingston").status_code == 404


def test_the_same_over_the_interface(site: Site, one: Client, other: Client) -> None:
    base = "/api/v1/sites/toronto/local-codes/"
    line = {"system": LAB, "code": "LAB-NEUT", "target_system": "loinc", "target_code": "751-8"}

    def post(client: Client, at: str, **said: Any) -> Any:
        return client.post(base + at, json.dumps(said), "application/json")

    refused = post(one, "versions/", reason="Ours.", lines=[line | {"target_code": "x"}])
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/lines/0/target_code"
    made = post(one, "versions/", reason="Ours.", lines=[line])
    assert made.status_code == 201
    assert made.json()["changes"][0]["to"].endswith("Neutrophils")
    assert post(one, "versions/1/review/", reason="Mine.").status_code == 403
    assert post(other, "versions/1/review/", reason="Looked.").json()["state"] == "reviewed"
    assert post(other, "versions/1/put-in-force/", reason="Now.").status_code == 409
    assert post(other, "versions/1/impact/").status_code == 200
    assert mapping.count_impacts() == 1
    assert post(other, "versions/1/put-in-force/", reason="Now.").json()["state"] == "in-force"
    assert other.get(base).json()["version"] == 1
    assert version_in_force(site.pk) is not None
    assert other.get(f"{base}unrecognised/").json()["results"] == []
