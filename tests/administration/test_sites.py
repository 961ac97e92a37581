"""Sites are added, changed and closed; a part opens at one only after its approval; no patient is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from eligibility.actions import publish
from eligibility.actions.approving import open_screenings
from eligibility.actions.opening import set_part
from eligibility.models import SiteApproval, Trial
from tests.administration.test_people import trail
from tests.pages.stored import OPENED, PROTOCOL, invented, make_site, today_at
from tests.pages.test_opening import managing, staff
from tests.pages.test_pages import text_of
from trialscreen.institution.conduct import use_conduct
from trialscreen.institution.models import Account, Role, Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db

Browser = Callable[[Account], Client]
SITES = "/administration/sites/"
HERE = f"{SITES}edmonton/"
DAY = timedelta(days=1)


def typed(**other: str) -> dict[str, str]:
    return {
        "code": "hamilton",
        "name": "Juravinski centre",
        "city": "Hamilton",
        "postal_code": "L8V 5C2",
        "time_zone": "America/Toronto",
        "opened_on": "2026-11-01",
    } | other


@pytest.fixture
def trial(site: Site) -> Trial:
    held = publish(PROTOCOL).trial
    for name in ("", "A"):
        set_part(trial=held, name=name, title="", ceiling=40, opened_on=OPENED)
    return held


def test_a_site_is_added(browser: Browser, sasha: Account, trial: Trial) -> None:
    admin = browser(sasha)
    assert admin.post(f"{SITES}new/", typed())["Location"] == f"{SITES}hamilton/"
    page = text_of(admin.get(f"{SITES}hamilton/").text)
    for said in ("Juravinski centre", "since 1 Nov 2026", "No screening is open", "None on record"):
        assert said in page
    assert "Administrator, all sites" in page
    assert "0 people" in text_of(admin.get(SITES).text)


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"code": "edmonton"}, "Another site has this code"),
        ({"code": "new"}, "stands in addresses"),
        ({"code": "Hamilton"}, "Small letters"),
        ({"code": "9b"}, "Small letters"),
        ({"name": ""}, "This field is required"),
        ({"city": "x" * 101}, "at most 100"),
        ({"time_zone": "America/Nowhere"}, "valid choice"),
        ({"time_zone": ""}, "This field is required"),
        ({"opened_on": ""}, "This field is required"),
        ({"opened_on": "1 Nov"}, "Write the day as"),
    ],
)
def test_a_site_that_is_refused(
    browser: Browser, sasha: Account, site: Site, other: dict[str, str], sentence: str
) -> None:
    answered = browser(sasha).post(f"{SITES}new/", typed(**other))
    assert answered.status_code == 422
    assert sentence in text_of(answered.text)
    assert Site.objects.count() == 1


def test_a_site_is_renamed_for_a_reason(browser: Browser, sasha: Account, site: Site) -> None:
    admin = browser(sasha)
    asked = {"name": "North centre", "city": "Edmonton", "postal_code": "", "reason": "Merged"}
    assert admin.post(f"{HERE}change/", asked)["Location"] == HERE
    assert "North centre" in admin.get(HERE).text
    assert "Nothing would change." in text_of(admin.post(f"{HERE}change/", asked).text)
    assert "Say why." in text_of(admin.post(f"{HERE}change/", asked | {"reason": ""}).text)
    assert [one["why"] for one in trail(subject="institution_site", kind="update")] == ["Merged"]
    sent = asked | {"name": "Other", "code": "other", "time_zone": "UTC", "opened_on": "2020-01-01"}
    admin.post(f"{HERE}change/", sent)
    site.refresh_from_db()
    assert (site.code, site.time_zone, site.opened_on) == ("edmonton", "America/Edmonton", OPENED)


def test_a_site_closes_and_its_open_screenings_stay(
    browser: Browser, sasha: Account, site: Site, trial: Trial
) -> None:
    patient = invented("meets-everything", site)
    admin = browser(sasha)
    asked = admin.get(f"{HERE}close/").text
    assert "1 screening is open here" in text_of(asked)
    today = today_at(site)
    assert (
        admin.post(f"{HERE}close/", {"closed_on": today, "reason": "No staff"}).status_code == 302
    )
    page = admin.get(HERE).text
    assert "1 screening is open here" in text_of(page)
    assert str(patient.pk) not in page
    site.refresh_from_db()
    assert not site.is_open(on=today)
    assert open_screenings(site) == 1
    assert admin.post(f"{HERE}close/", {"closed_on": "", "reason": "Staff"}).status_code == 302
    site.refresh_from_db()
    assert site.is_open(on=today)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"closed_on": "", "reason": "x"}, "Nothing would change"),
        ({"closed_on": "2026-01-02", "reason": "x"}, "closes today or later"),
        ({"closed_on": "soon", "reason": "x"}, "Write the day as"),
        ({"closed_on": "2199-01-01", "reason": " "}, "Say why"),
    ],
)
def test_a_closing_that_is_refused(
    browser: Browser, sasha: Account, site: Site, asked: dict[str, str], sentence: str
) -> None:
    answered = browser(sasha).post(f"{HERE}close/", asked)
    assert answered.status_code == 422
    assert sentence in text_of(answered.text)
    site.refresh_from_db()
    assert site.closed_on is None


@pytest.mark.requirement(79)
def test_a_part_opens_after_its_approval_alone(
    browser: Browser, sasha: Account, site: Site, trial: Trial
) -> None:
    admin, today = browser(sasha), today_at(site)
    there = "/trials/NCT00514085/opening/A/edmonton/"
    opens: dict[str, Any] = {"opened_on": today, "closed_on": "", "ceiling": "5"}
    opens |= {"reason": "First visit done", "seen": "0"}
    assert "No approval of the ethics board" in text_of(admin.post(there, opens).text)
    only = {"kind": "institution", "reference": "H 7", "approved_on": today, "expires_on": ""}
    assert admin.post(f"{HERE}approvals/", only)["Location"] == HERE
    assert admin.post(there, opens).status_code == 422
    given = only | {"kind": "ethics", "reference": "REB 2026-114"}
    assert admin.post(f"{HERE}approvals/", given)["Location"] == HERE
    assert admin.post(there, opens).status_code == 302
    page = text_of(admin.get(HERE).text)
    assert "REB 2026-114" in page
    assert "0 of 5" in page


def test_an_approval_that_is_withdrawn_opens_nothing(
    browser: Browser, sasha: Account, site: Site, trial: Trial
) -> None:
    admin, today = browser(sasha), today_at(site)
    given = {"kind": "ethics", "reference": "R 1", "approved_on": "2026-02-01", "expires_on": ""}
    admin.post(f"{HERE}approvals/", given)
    with use_conduct([site.pk]):
        held = SiteApproval.objects.get()
    gone = f"{HERE}approvals/{held.pk}/withdraw/"
    assert "Say why." in text_of(admin.post(gone, {"reason": ""}).text)
    assert admin.post(gone, {"reason": "Board withdrew"}).status_code == 302
    assert "withdrawn already" in text_of(admin.post(gone, {"reason": "again"}).text)
    held.withdrawn_on = today
    assert [held.holds(on=today + n * DAY) for n in (-1, 0)] == [True, False]
    there = "/trials/NCT00514085/opening/A/edmonton/"
    opens = {"opened_on": today, "ceiling": "5", "reason": "x", "seen": "0"}
    assert "No approval" in text_of(admin.post(there, opens).text)
    for statement in ("DELETE FROM {}", "UPDATE {} SET reference = 'R 2'"):
        with (
            managing(site),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement.format("eligibility_siteapproval"))


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"kind": "family"}, "valid choice"),
        ({"reference": " "}, "This field is required"),
        ({"reference": "x" * 101}, "at most 100"),
        ({"approved_on": ""}, "This field is required"),
        ({"approved_on": "2199-01-01"}, "once it is given"),
        ({"expires_on": "2026-01-31"}, "last day is before the first"),
    ],
)
def test_an_approval_that_is_refused(
    browser: Browser,
    sasha: Account,
    site: Site,
    trial: Trial,
    other: dict[str, str],
    sentence: str,
) -> None:
    given = {"kind": "ethics", "reference": "R 1", "approved_on": "2026-02-01", "expires_on": ""}
    answered = browser(sasha).post(f"{HERE}approvals/", given | other)
    assert answered.status_code == 422
    assert sentence in text_of(answered.text)
    with use_conduct([site.pk]):
        assert not SiteApproval.objects.exists()


def test_these_pages_are_for_administrators(
    browser: Browser, anna: Account, site: Site, trial: Trial, now: datetime
) -> None:
    there = [SITES, f"{SITES}new/", HERE, *(HERE + x for x in ("change/", "close/", "approvals/"))]
    for account in (anna, staff("ines", Role.INVESTIGATOR, site), staff("max", Role.MONITOR)):
        theirs = browser(account)
        for page in there:
            assert theirs.get(page).status_code == 403
            assert theirs.post(page, {"reason": "x"}).status_code in (403, 405)
    for page in there:
        assert Client().get(page)["Location"].startswith("/sign-in/")


def test_what_is_not_there(browser: Browser, sasha: Account, site: Site, trial: Trial) -> None:
    admin = browser(sasha)
    for page in (f"{SITES}nowhere/", f"{SITES}nowhere/close/", f"{HERE}approvals/9/withdraw/"):
        assert admin.get(page).status_code == 404


def test_another_site_s_approvals_are_hidden(site: Site, sasha: Account, trial: Trial) -> None:
    far = make_site("montreal", "America/Toronto")
    with managing(site):
        SiteApproval.objects.create(
            site=site, trial=trial, kind="ethics", reference="R", approved_on=OPENED,
            recorded_by=sasha,
        )  # fmt: skip
        assert SiteApproval.objects.count() == 1
    with use_conduct([far.pk]):
        assert not SiteApproval.objects.exists()
    with use_sites([far.pk]):
        assert not SiteApproval.objects.exists()
    with use_sites([site.pk]):
        assert SiteApproval.objects.count() == 1
    assert not SiteApproval.objects.exists()
    assert timezone.localdate() >= OPENED


def test_the_opening_warns_of_an_approval_that_runs_out(
    browser: Browser, sasha: Account, site: Site, trial: Trial
) -> None:
    admin, today = browser(sasha), today_at(site)
    given = {"kind": "ethics", "reference": "REB 7", "approved_on": (today - 9 * DAY).isoformat()}
    admin.post(f"{HERE}approvals/", given | {"expires_on": (today + 30 * DAY).isoformat()})
    shown = text_of(admin.get(f"/trials/{trial.number}/opening/").text)
    assert "approval REB 7 holds until" in shown
    with managing(site):
        held = SiteApproval.objects.get()
    admin.post(f"{HERE}approvals/{held.pk}/withdraw/", {"reason": "Suspended"})
    shown = text_of(admin.get(f"/trials/{trial.number}/opening/").text)
    assert "holds any more: nobody is confirmed or registered." in shown
