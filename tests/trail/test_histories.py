"""An inspector reads what happened, filters it, takes it out, and verifies the file without the database."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from patients.models import Patient
from tests.pages.stored import OPENED, bare, coordinator, invented, make_site, received
from tests.workflow.staffed import answer
from trialscreen.institution.models import Account, Role, Site, StaffRole, TrailEntry
from trialscreen.institution.scope import use_sites
from trialscreen.institution.trail.exporting import Reread, verify_export
from trialscreen.wiring.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site() -> Site:
    with as_owner():
        TrailEntry.objects.all().delete()
    return make_site()


@pytest.fixture
def anna(site: Site) -> Client:
    return signed_in(coordinator(site))


@pytest.fixture
def patient(site: Site) -> Patient:
    return received(bare("1", given="Amélie", family="Gagnon"), site).patient


def signed_in(account: Account) -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(account)
    return browser


def with_role(site: Site | None, role: Role, username: str) -> Client:
    account = Account.objects.create_user(username, "a long way round the lake", name=username)
    StaffRole.objects.create(account=account, site=site, role=role, first_day=OPENED)
    return signed_in(account)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.requirement(36)
def test_a_patients_history_says_what_happened_and_who_looked(
    anna: Client, patient: Patient
) -> None:
    anna.get(f"/patients/{patient.pk}/")
    page = anna.get(f"/patients/{patient.pk}/history/").content.decode()
    for words in (
        "Looked at: the page of the patient",
        "Anna Larose",
        "Delivery of data added",
        "Amélie",
    ):
        assert words in page, words
    assert "patients_" not in page


@pytest.mark.requirement(36)
def test_it_is_filtered_by_kind_person_and_day(anna: Client, patient: Patient) -> None:
    anna.get(f"/patients/{patient.pk}/")
    there = f"/patients/{patient.pk}/history/"
    looks = anna.get(f"{there}?kind=looks").content.decode()
    assert "Looked at" in looks
    assert "Delivery of data" not in looks
    whose = Account.objects.get(username="anna").pk
    assert "Delivery of data" not in anna.get(f"{there}?person={whose}").content.decode()
    assert "Nothing here" in anna.get(f"{there}?last=2020-01-01").content.decode()
    assert anna.get(f"{there}?first=nonsense").status_code == 422
    assert anna.get(f"{there}?kind=nonsense&before=99999999999").status_code == 200


def test_older_entries_are_on_pages_of_their_own(
    anna: Client, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        anna.get(f"/patients/{patient.pk}/")
    monkeypatch.setattr(
        "trialscreen.institution.trail.reading.page.__kwdefaults__", {"before": None, "size": 3}
    )
    there = f"/patients/{patient.pk}/history/"
    page = anna.get(f"{there}?kind=looks").content.decode()
    address = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    older = anna.get(address).content.decode()
    assert "Looked at" in older
    assert "The latest" in older


def test_a_criterion_has_its_turns_and_what_was_said_there(anna: Client, site: Site) -> None:
    patient = invented("meets-everything", site)
    filed = anna.get(f"/patients/{patient.pk}/")
    row = next(one for one in filed.context["past"] if filed.context["past"][one])
    page = anna.get(f"/patients/{patient.pk}/criteria/{row}/history/").content.decode()
    assert "How the verdict came about" in page
    assert "First assessed" in page
    assert anna.get(f"/patients/{patient.pk}/criteria/nothing/history/").status_code == 404


def test_an_answer_is_told_in_the_words_of_the_criterion(anna: Client, site: Site) -> None:
    """“Met” of an exclusion says that there is none: who reads the history is told what the answerer was."""
    patient = invented("meets-everything", site)
    with use_sites([site.pk]):
        answer(patient, "no-active-infection", "met", on="2026-11-20")
    for page in ("history/", "criteria/no-active-infection/history/"):
        told = anna.get(f"/patients/{patient.pk}/{page}").content.decode()
        assert "Answer: Absent – this holds: No ongoing or active infection" in told, page
        assert "Answer: met" not in told


@pytest.mark.parametrize("page", ["", ".csv", ".jsonl"])
def test_nobody_else_reads_it(patient: Patient, site: Site, page: str) -> None:
    there = f"/patients/{patient.pk}/history{page or '/'}"
    other = make_site("halifax", "America/Halifax")
    berta = signed_in(coordinator(other, "berta"))
    absent = berta.get(there.replace(str(patient.pk), str(uuid4())))
    foreign = berta.get(there)
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert with_role(None, Role.MONITOR, "max").get(there).status_code == 403
    assert with_role(None, Role.ADMINISTRATOR, "ada").get(there).status_code == 403


@pytest.mark.requirement(36)
def test_administrators_read_the_institutions_own_entries_and_no_patients(
    anna: Client, patient: Patient, site: Site
) -> None:
    anna.get(f"/patients/{uuid4()}/")
    ada = with_role(None, Role.ADMINISTRATOR, "ada")
    page = ada.get("/security/trail/").content.decode()
    for words in ("Role added", "Account added", "Refused", "Anna Larose", "Signed in"):
        assert words in page, words
    for secret in ("Gagnon", str(patient.pk), "Delivery"):
        assert secret not in page, secret
    assert "Role added" not in ada.get("/security/trail/?kind=refusals").content.decode()
    assert anna.get("/security/trail/").status_code == 403
    assert anna.get("/security/trail.csv").status_code == 403


def test_an_opening_at_a_site_is_among_them(site: Site) -> None:
    from eligibility.actions import publish
    from eligibility.actions.opening import set_part, set_site_part
    from eligibility.protocols import get
    from trialscreen.institution.conduct import use_conduct
    from trialscreen.institution.scope import use_sites

    with use_sites([site.pk]), use_conduct([site.pk], [0, site.pk]):
        trial = publish(get("NCT00514085")).trial
        part = set_part(trial=trial, name="A", title="A", ceiling=3, opened_on=date(2026, 1, 1))
        set_site_part(site=site, part=part, ceiling=None, opened_on=date(2026, 1, 1))
    ada = with_role(None, Role.ADMINISTRATOR, "ada")
    assert "Opening at a site added" in ada.get("/security/trail/?kind=openings").content.decode()


@pytest.fixture
def exported(anna: Client, patient: Patient, tmp_path: Path) -> Path:
    anna.get(f"/patients/{patient.pk}/")
    path = tmp_path / "history.jsonl"
    path.write_bytes(body(anna.get(f"/patients/{patient.pk}/history.jsonl")))
    return path


@pytest.mark.requirement(36)
def test_what_was_exported_is_verified_without_the_database(
    exported: Path, patient: Patient
) -> None:
    found = verify_export(exported)
    assert found.faults == []
    assert found.entries > 5
    assert found.whole == found.links
    with as_owner():
        act = TrailEntry.objects.filter(kind="exported").latest("pk")
    assert (act.patient_id, act.site_id) == (patient.pk, patient.site_id)
    assert act.new is not None
    assert (act.new["rows"], act.new["form"], act.new["filter"]) == (found.entries, "jsonl", {})


def test_every_line_that_is_changed_taken_out_or_moved_is_found(
    exported: Path, tmp_path: Path
) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    other = tmp_path / "changed.jsonl"

    def read(changed: list[bytes]) -> Reread:
        other.write_bytes(b"".join(changed))
        return verify_export(other)

    for number in range(1, len(lines)):
        assert read(lines[:number] + lines[number + 1 :]).faults, lines[number]
        told = json.loads(lines[number])
        if "sealed" in told:
            told["sealed"] = (
                told["sealed"].replace("patients_", "patient_s", 1).replace("viewed", "signed")
            )
            changed = json.dumps(told).encode() + b"\n"
            assert read([*lines[:number], changed, *lines[number + 1 :]]).faults, lines[number]
    with pytest.raises(ValueError, match="line 1"):
        read(lines[1:])


def test_a_part_of_a_link_can_still_be_placed(
    anna: Client, patient: Patient, tmp_path: Path
) -> None:
    path = tmp_path / "part.jsonl"
    path.write_bytes(body(anna.get(f"/patients/{patient.pk}/history.jsonl?kind=answers")))
    assert verify_export(path).faults == []
    path.write_bytes(body(anna.get(f"/patients/{patient.pk}/history.jsonl?kind=record")))
    assert verify_export(path).faults == []


def test_the_command_verifies_a_file(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_audit", export=exported, heads=None)
    assert "as it was sealed" in capsys.readouterr().out
    exported.write_bytes(exported.read_bytes().replace(b"Gagnon", b"Gagn0n"))
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", export=exported, heads=None)
    assert ended.value.code == 1


def test_a_table_holds_no_formula(site: Site, anna: Client) -> None:
    patient = received(bare("=2+2", given="=cmd|x", family="@SUM(A1)"), site).patient
    text = body(anna.get(f"/patients/{patient.pk}/history.csv"))
    assert text.startswith(b"\xef\xbb\xbf")
    heads, *rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert len(rows) > 3
    assert {len(row) for row in rows} == {len(heads)}
    assert not [
        cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    ]
