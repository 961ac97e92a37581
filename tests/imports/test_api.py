"""The same over the programming interface, and from the command line."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from patients.models import Import
from tests.api.stored.conftest import Asker, make_client
from tests.imports.files import HEAD, known, ndjson, now_of, person, platelets, row, worked
from tests.pages.stored import make_site
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db(transaction=True)
FILE = HEAD + row("MRN-1", "R1", "212") + row("MRN-1", "R2", '"1,5"')
AT = "/api/v1/imports/"


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture
def feed(site: Site) -> Asker:
    return make_client("ehr", site, scopes="patients.read patients.write")


def send(feed: Asker, raw: bytes, kind: str = "text/csv", query: str = "") -> Any:
    return feed.post(f"{AT}{query}", raw, kind)


def job_of(site: Site, ident: str) -> Import:
    with use_sites([site.pk]):
        return Import.objects.get(pk=ident)


def test_a_client_sends_approves_and_reads_what_was_refused(site: Site, feed: Asker) -> None:
    known(site, "1")
    answer = send(feed, gzip.compress(FILE.encode()), "application/gzip")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["kind"], told["state"], told["source"]) == ("csv", "uploaded", "ehr")
    assert answer["Location"] == f"{AT}{told['id']}/"
    worked(job_of(site, told["id"]))
    read = feed.get(answer["Location"]).json()
    assert (read["state"], read["received"], read["refused"]) == ("checked", 2, 1)
    (refused,) = feed.get(f"{answer['Location']}rejects/").json()["results"]
    assert refused["line"] == 3
    assert refused["faults"][0]["code"] == "decimal-comma"
    approved = feed.post(f"{answer['Location']}approve/", b"")
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    assert feed.post(f"{answer['Location']}approve/", b"").status_code == 409
    worked(job_of(site, told["id"]))
    done = feed.get(answer["Location"]).json()
    assert (done["state"], done["stored"]) == ("done", 1)
    again = send(feed, gzip.compress(FILE.encode(), mtime=0), "application/gzip").json()
    assert again["same_file_as"] in (None, told["id"])
    assert feed.post(f"{AT}{again['id']}/cancel/", b"").json()["state"] == "discarded"
    assert [one["id"] for one in feed.get(AT).json()["results"]] == [
        again["id"],
        told["id"],
    ]


def test_the_very_same_file_says_so(site: Site, feed: Asker) -> None:
    first = send(feed, FILE.encode()).json()
    assert send(feed, FILE.encode()).json()["same_file_as"] == first["id"]


def test_several_files_are_one_import(site: Site, feed: Asker) -> None:
    files = {
        "a": SimpleUploadedFile("Patient.ndjson", ndjson(person("1"))),
        "b": SimpleUploadedFile("Observation.ndjson", ndjson(platelets("1", "a"))),
    }
    answer = feed.http.post(AT, files, headers={"Authorization": f"Bearer {feed.token}"})
    assert [one["name"] for one in answer.json()["files"]] == [
        "Patient.ndjson",
        "Observation.ndjson",
    ]


@pytest.mark.requirement(60)
@pytest.mark.parametrize(
    ("raw", "query", "status"),
    [
        (b"", "", 422),
        (b"PK\x03\x04", "", 422),
        (b"\x1f\x8b\x08broken", "", 422),
        (FILE.encode(), "?source=another", 422),
        (FILE.encode(), "?nothing=1", 400),
        (FILE.encode(), "?site=nowhere", 404),
        (FILE.encode(), "?system=%00", 400),
    ],
)
def test_what_cannot_be_taken_keeps_nothing(
    site: Site, feed: Asker, raw: bytes, query: str, status: int
) -> None:
    answer = send(feed, raw, query=query)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith("application/problem+json")
    with use_sites([site.pk]):
        assert not Import.objects.exists()


def test_another_site_s_import_is_not_there(site: Site, feed: Asker) -> None:
    other = make_site("toronto", "America/Toronto")
    made = make_client("other", other, scopes="patients.write")
    told = send(made, FILE.encode()).json()
    for path in ("", "rejects/"):
        assert feed.get(f"{AT}{told['id']}/{path}").status_code == 404
    for path in ("approve/", "cancel/"):
        assert feed.post(f"{AT}{told['id']}/{path}", b"").status_code == 404


def test_the_command_stores_what_can_be_stored(site: Site, tmp_path: Path) -> None:
    known(site, "1")
    file = tmp_path / "results.csv"
    file.write_text(FILE)
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "import_file",
            str(file),
            site=site.code,
            source="ehr",
            approve=True,
            json=True,
            stdout=out,
        )
    assert ended.value.code == 1
    told = json.loads(out.getvalue())
    assert (told["state"], told["stored"], told["refused"]) == ("done", 1, 1)
    assert now_of(job_of(site, told["id"])).state == Import.State.DONE
