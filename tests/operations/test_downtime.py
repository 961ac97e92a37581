"""The hours without the system: a list on paper that says who is where, and that it is on paper."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from eligibility.models import Screening
from tests.eligibility.stored import make_site
from tests.workflow.staffed import PASSWORD, SINCE, Staffed, candidate, staffed
from trialscreen.institution.models import Account, Role, StaffRole, TrailEntry
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.owner import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.requirement(85)]


@pytest.fixture
def two(db: None) -> tuple[Staffed, Screening, Screening]:
    here, there = make_site("edmonton"), make_site("toronto")
    with use_sites([here.pk]):
        team = staffed("edmonton")
        ours = candidate("meets-everything", here)
    with use_sites([there.pk]):
        theirs = candidate("nobody-confirmed", there, confirmed=False)
    return team, ours, theirs


def exported() -> list[tuple[str, int | None]]:
    with as_owner():
        found = TrailEntry.objects.filter(subject="downtime-list").order_by("pk")
        return [(one.kind, one.site_id) for one in found]


def test_the_page_names_who_is_open_here_and_nobody_elsewhere(
    two: tuple[Staffed, Screening, Screening], client: Client
) -> None:
    team, ours, theirs = two
    client.force_login(team.coordinator)
    page = client.get("/reports/downtime/").content.decode()
    assert ours.label in page
    assert theirs.label not in page
    assert "Register nobody from this list" in page
    assert "As of" in page
    file = client.get("/reports/downtime.pdf")
    assert file.content.startswith(b"%PDF")
    assert "no-store" in file["Cache-Control"]


def test_who_may_read_no_patient_gets_none(
    two: tuple[Staffed, Screening, Screening], client: Client
) -> None:
    monitor = Account.objects.create_user("a.monitor", PASSWORD, name="A Monitor")
    StaffRole.objects.create(account=monitor, role=Role.MONITOR, site=None, first_day=SINCE)
    client.force_login(monitor)
    assert client.get("/reports/downtime/").status_code == 403
    assert client.get("/reports/downtime.pdf").status_code == 403
    assert Client().get("/reports/downtime/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_the_nightly_job_writes_one_list_for_each_site(
    two: tuple[Staffed, Screening, Screening], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "downtime-closed-long-ago.pdf"
    old.write_bytes(b"")
    os.utime(old, (time.time() - 10 * 24 * 3600,) * 2)
    call_command("downtime_lists", str(tmp_path))
    made = sorted(tmp_path.iterdir())
    assert [each.name for each in made] == ["downtime-edmonton.pdf", "downtime-toronto.pdf"]
    assert all(each.read_bytes().startswith(b"%PDF") for each in made)
    assert {each.stat().st_mode & 0o777 for each in made} == {0o600}
    assert [(kind, site is not None) for kind, site in exported()] == [("exported", True)] * 2
    assert "edmonton: 1 open screenings" in capsys.readouterr().out


def test_the_nightly_job_wants_a_folder(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such folder"):
        call_command("downtime_lists", str(tmp_path / "nowhere"))
