"""The pages, without script: a file is sent, looked at, approved, and reported on."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from patients.models import Import
from tests.imports.files import HEAD, known, row, worked
from tests.pages.stored import coordinator, make_site
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db(transaction=True)
FILE = (
    HEAD
    + row("MRN-1", "R1", "212")
    + row("MRN-1", "R2", '"1,5"', name="=1+1")
    + row("MRN-9", "R3", "1")
)


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture
def browser(site: Site) -> Client:
    browser = Client()
    browser.force_login(coordinator(site))
    return browser


def send(browser: Client, site: Site, content: str | bytes = FILE, **said: str) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    told = {"site": site.code, "source": "ehr"} | said
    return browser.post(
        "/imports/new/", {**told, "file": SimpleUploadedFile("../../lab results.csv", raw)}
    )


def only(site: Site) -> Import:
    with use_sites([site.pk]):
        return Import.objects.get()


def test_from_upload_to_report(browser: Client, site: Site) -> None:
    known(site, "1")
    answer = send(browser, site)
    job = only(site)
    assert answer.status_code == 302
    assert answer["Location"] == f"/imports/{job.pk}/"
    assert "Nothing is stored before you approve it" in browser.get(answer["Location"]).text
    worked(job)
    page = browser.get(f"/imports/{job.pk}/").text
    assert "1 line of 1 patient can be stored" in page
    assert "lab results.csv" in page
    assert "../" not in page
    assert "no comma is guessed at" in page
    assert browser.post(f"/imports/{job.pk}/approve/").status_code == 302
    worked(only(site))
    page = browser.get(f"/imports/{job.pk}/").text
    assert "Every line is accounted for" in page
    refused = browser.get(f"/imports/{job.pk}/refused.csv")
    assert refused["Content-Type"].startswith("text/csv")
    lines = refused.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("patient_id,result_id,loinc,name,value,unit,collected,refused_line")
    assert len(lines) == 3
    assert 'R2,777-3,\'=1+1,"1,5"' in lines[1]


def test_a_decision_that_comes_too_late_is_a_sentence(browser: Client, site: Site) -> None:
    known(site, "1")
    send(browser, site)
    job = only(site)
    assert browser.post(f"/imports/{job.pk}/approve/").status_code == 409
    assert browser.post(f"/imports/{job.pk}/cancel/").status_code == 302
    assert browser.post(f"/imports/{job.pk}/cancel/").status_code == 409
    assert only(site).state == Import.State.DISCARDED


def test_progress_stops_being_asked_for(browser: Client, site: Site) -> None:
    known(site, "1")
    send(browser, site)
    job = only(site)
    assert browser.get(f"/imports/{job.pk}/progress/").status_code == 200
    worked(job)
    answer = browser.get(f"/imports/{job.pk}/progress/")
    assert (answer.status_code, answer["HX-Refresh"]) == (286, "true")


@pytest.mark.requirement(60)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 anything", "workbook"),
        (b"%PDF-1.7", "PDF"),
        ("patient_id".encode("utf-16"), "UTF-16"),
        (b"", "empty"),
        (b"a\0b", "not text"),
        (b"[{}]", "on each line"),
        (b"\x1f\x8bbroken", "damaged"),
    ],
)
def test_what_is_no_file_of_records_is_not_taken(
    browser: Client, site: Site, content: bytes, said: str
) -> None:
    answer = send(browser, site, content)
    assert answer.status_code == 422
    assert said in answer.text
    with use_sites([site.pk]):
        assert not Import.objects.exists()


def test_another_site_s_import_is_as_absent_as_one_that_never_was(
    browser: Client, site: Site
) -> None:
    other = make_site("toronto", "America/Toronto")
    known(other, "1")
    theirs = Client()
    theirs.force_login(coordinator(other, "bea"))
    send(theirs, other)
    job = only(other)
    for path in ("", "progress/", "refused.csv"):
        assert browser.get(f"/imports/{job.pk}/{path}").status_code == 404
    for path in ("approve/", "cancel/"):
        assert browser.post(f"/imports/{job.pk}/{path}").status_code == 404
    assert str(job.pk) not in browser.get("/imports/").text
