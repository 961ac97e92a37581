"""Where a trial is open and who says so: changed by administrators, who see no patient by it, and seen by the sites."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from eligibility.actions import opening, publish
from eligibility.actions.approving import record_approval
from eligibility.actions.opening import Opening, set_part, set_site_part
from eligibility.models import OpeningChange, Screening, SitePart, Trial, TrialPart
from eligibility.policies import Moved, NotAllowed
from patients.models import Patient
from tests.pages.stored import OPENED, PASSWORD, PROTOCOL, coordinator, make_site, today_at
from tests.pages.test_pages import text_of
from tests.pages.test_patients import queries
from trialscreen.institution.conduct import use_conduct
from trialscreen.institution.models import (
    Account,
    Role,
    Site,
    StaffRole,
)
from trialscreen.institution.scope import sites_in_use, use_sites

pytestmark = pytest.mark.django_db

TRIAL = "NCT00514085"
PAGE = f"/trials/{TRIAL}/opening/"
DAY = timedelta(days=1)


def staff(username: str, role: Role, site: Site | None = None) -> Account:
    account = Account.objects.create_user(username, PASSWORD, name=username.title())
    StaffRole.objects.create(account=account, role=role, site=site, first_day=OPENED)
    return account


@pytest.fixture
def site() -> Site:
    return make_site()


@pytest.fixture
def montreal() -> Site:
    return make_site("montreal", "America/Toronto")


@pytest.fixture
def admin(db: None) -> Account:
    return staff("sasha", Role.ADMINISTRATOR)


@pytest.fixture
def anna(site: Site) -> Account:
    return coordinator(site)


@pytest.fixture
def trial(site: Site, montreal: Site) -> Trial:
    """Open with 40 places, part A at both sites."""
    held = publish(PROTOCOL).trial
    for name in ("", "A"):
        part = set_part(trial=held, name=name, title=f"title {name}", ceiling=40, opened_on=OPENED)
        for one in (site, montreal) if name else ():
            with use_sites([one.pk]):
                set_site_part(site=one, part=part, ceiling=20, opened_on=OPENED)
    return held


@pytest.fixture
def browser(client: Client) -> Callable[[Account], Client]:
    def signed_in(account: Account) -> Client:
        client.force_login(account)
        return client

    return signed_in


def part(name: str = "A") -> TrialPart:
    return TrialPart.objects.get(name=name)


def managing(*sites: Site) -> AbstractContextManager[None]:
    ids = [one.pk for one in sites]
    return use_conduct(ids, ids)


def here(site: Site) -> SitePart:
    with use_conduct([site.pk]):
        return SitePart.objects.get(site=site)


def approve(site: Site, trial: Trial, *, by: Account) -> None:
    with managing(site):
        record_approval(
            site=site, trial=trial, kind="ethics", reference="REB 1", approved_on=OPENED,
            expires_on=None, by=by, at=timezone.now(),
        )  # fmt: skip


def form(**typed: Any) -> dict[str, Any]:
    told = {"opened_on": OPENED, "closed_on": "", "ceiling": "40", "reason": "Amendment 3"}
    return told | {"seen": "0"} | typed


def test_an_administrator_changes_a_part_with_a_reason(
    browser: Callable[[Account], Client], admin: Account, trial: Trial
) -> None:
    client = browser(admin)
    asked = client.get(f"{PAGE}A/").text
    assert 'value="2026-01-01"' in asked
    assert client.post(f"{PAGE}A/", form(ceiling="30"))["Location"] == PAGE
    assert part().ceiling == 30
    said = text_of(client.get(PAGE).text)
    assert "0 of 30" in said
    assert "ceiling: 40 → 30 Amendment 3" in said
    change = OpeningChange.objects.get()
    assert (change.by, change.by_name, change.site) == (admin, "Sasha", None)
    assert change.before == {"opened_on": "2026-01-01", "closed_on": None, "ceiling": 40}


def test_an_administrator_changes_a_part_at_one_site(
    browser: Callable[[Account], Client], admin: Account, trial: Trial, site: Site, montreal: Site
) -> None:
    today = today_at(site)
    typed = form(closed_on=today, ceiling="", reason="No staff")
    client = browser(admin)
    assert client.post(f"{PAGE}A/edmonton/", typed)["Location"] == PAGE
    changed = here(site)
    assert (changed.closed_on, changed.ceiling, changed.is_open(on=today)) == (today, None, False)
    assert here(montreal).closed_on is None
    said = text_of(client.get(PAGE).text)
    assert "Part A, Edmonton" in said
    assert "No staff" in said


def test_a_part_of_a_site_opens_for_the_first_time(
    browser: Callable[[Account], Client], admin: Account, trial: Trial
) -> None:
    later = make_site("hamilton", "America/Toronto")
    client = browser(admin)
    assert "never opened" in text_of(client.get(f"{PAGE}A/hamilton/").text)
    refused = client.post(f"{PAGE}A/hamilton/", form(ceiling="5"))
    assert "No approval of the ethics board" in text_of(refused.text)
    approve(later, trial, by=admin)
    client.post(f"{PAGE}A/hamilton/", form(ceiling="5"))
    assert (here(later).ceiling, here(later).opened_on) == (5, OPENED)


def test_a_new_part_is_added(
    browser: Callable[[Account], Client], admin: Account, trial: Trial
) -> None:
    client = browser(admin)
    assert client.post(f"{PAGE}new/", form(name="B", title="Part B")).status_code == 302
    assert part("B").ceiling == 40
    twice = client.post(f"{PAGE}new/", form(name="B", title="Part B"))
    assert twice.status_code == 422
    assert "has that part already" in text_of(twice.text)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"ceiling": "2"}, "below the number of places already taken"),
        ({"ceiling": ""}, "This field is required"),
        ({"ceiling": "-1"}, "greater than or equal to 0"),
        ({"ceiling": "1e3"}, "Enter a whole number"),
        ({"ceiling": "100001"}, "less than or equal to 100000"),
        ({"ceiling": "39", "reason": ""}, "Say why."),
        ({"ceiling": "39", "reason": " \t"}, "Say why."),
        ({"ceiling": "39", "reason": "x" * 501}, "at most 500 characters"),
        ({}, "Nothing would change."),
        ({"closed_on": "2025-12-31"}, "closes after it has opened"),
        ({"closed_on": "2026-01-02"}, "closes today or later"),
        ({"closed_on": "soon"}, "Write the day as"),
        ({"opened_on": ""}, "first day is no later than it was"),
        ({"opened_on": "2026-02-01"}, "first day is no later than it was"),
        ({"ceiling": "39", "seen": "7"}, "changed this since"),
    ],
)
def test_a_refused_change_keeps_what_was_typed(
    browser: Callable[[Account], Client],
    admin: Account,
    trial: Trial,
    site: Site,
    typed: dict[str, str],
    sentence: str,
) -> None:
    TrialPart.objects.update(registered=3)
    answered = browser(admin).post(f"{PAGE}A/", form(**typed))
    assert answered.status_code == 422
    assert sentence in text_of(answered.text)
    for value in typed.values():
        assert not value.strip() or f'value="{value}"' in answered.text
    assert not OpeningChange.objects.exists()
    assert part().ceiling == 40


def test_a_site_s_ceiling_is_not_below_its_places(
    browser: Callable[[Account], Client], admin: Account, trial: Trial, site: Site
) -> None:
    with use_sites([site.pk]):
        SitePart.objects.filter(site=site).update(registered=4)
    client = browser(admin)
    refused = client.post(f"{PAGE}A/edmonton/", form(ceiling="3"))
    assert refused.status_code == 422
    assert "below the number of places already taken" in text_of(refused.text)
    assert client.post(f"{PAGE}A/edmonton/", form(ceiling="4")).status_code == 302
    assert "Full" in text_of(client.get(PAGE).text)


def test_who_was_slower_is_told(admin: Account, trial: Trial, site: Site) -> None:
    def change(ceiling: int, seen: int) -> None:
        wanted = Opening(OPENED, None, ceiling)
        today = today_at(site)
        opening.change_part(part().pk, wanted=wanted, reason="x", by=admin, on=today, seen=seen)

    with managing(site):
        change(30, 0)
        with pytest.raises(Moved):
            change(20, 0)
        change(20, opening.last_change(part(), None))
    assert part().ceiling == 20


def test_a_closed_trial_can_be_opened_again(admin: Account, trial: Trial, site: Site) -> None:
    today = today_at(site)
    seen = 0
    with managing(site):
        for closed_on in (today, None):
            wanted = Opening(OPENED, closed_on, 40)
            opening.change_part(
                part("").pk, wanted=wanted, reason="x", by=admin, on=today, seen=seen
            )
            seen = opening.last_change(part(""), None)
            assert part("").is_open(on=today) is (closed_on is None)


def test_only_an_administrator_changes_anything(
    browser: Callable[[Account], Client], anna: Account, trial: Trial, site: Site
) -> None:
    ines = staff("ines", Role.INVESTIGATOR, site)
    for account in (anna, ines, staff("max", Role.MONITOR)):
        client = browser(account)
        page = client.get(PAGE).text
        assert "0 of 40" in text_of(page)
        assert ">Change<" not in page
        for there in (
            f"{PAGE}A/",
            f"{PAGE}A/edmonton/",
            f"{PAGE}new/",
            "/sites/edmonton/principal/",
        ):
            assert client.get(there).status_code == 403
            assert client.post(there, form(ceiling="30")).status_code == 403
        with managing(site), pytest.raises(NotAllowed):
            opening.change_part(
                part().pk, wanted=Opening(OPENED, None, 9), reason="x", by=account,
                on=today_at(site), seen=0,
            )  # fmt: skip
    assert not OpeningChange.objects.exists()


def test_a_site_sees_its_own_places_and_no_other_s(
    browser: Callable[[Account], Client],
    admin: Account,
    anna: Account,
    trial: Trial,
    site: Site,
    montreal: Site,
) -> None:
    for one in (site, montreal):
        with managing(site, montreal):
            opening.change_site_part(
                part().pk, site=one, wanted=Opening(OPENED, None, 11), reason=f"for {one.city}",
                by=admin, on=today_at(one), seen=0,
            )  # fmt: skip
    said = text_of(browser(anna).get(PAGE).text)
    assert "for Edmonton" in said
    assert "Montreal" not in said
    both = text_of(browser(staff("max", Role.MONITOR)).get(PAGE).text)
    assert "for Edmonton" in both
    assert "for Montreal" in both


def test_these_pages_open_no_patient_s_record(
    browser: Callable[[Account], Client], admin: Account, trial: Trial, site: Site
) -> None:
    with use_sites([site.pk]):
        Patient.objects.create(site=site)
        assert Patient.objects.count() == 1
        with managing(site):
            assert sites_in_use() == frozenset()
            assert not Patient.objects.exists()
            assert not Screening.objects.exists()
            assert SitePart.objects.count() == 1
        assert Patient.objects.count() == 1
        assert SitePart.objects.count() == 1
    assert SitePart.objects.count() == 0
    client = browser(admin)
    for there in ("/patients/", "/notes/"):
        assert client.get(there).status_code == 403
    assert client.get("/patients/", {"q": "a"}).status_code == 403


def test_reading_openings_changes_none(admin: Account, trial: Trial, site: Site) -> None:
    with use_conduct([site.pk]):
        assert SitePart.objects.update(ceiling=1) == 0
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
        ):
            opening.change_part(
                part().pk, wanted=Opening(OPENED, None, 9), reason="x", by=admin,
                on=today_at(site), seen=0,
            )  # fmt: skip
    assert here(site).ceiling == 20


def test_a_change_is_never_edited_nor_removed(admin: Account, trial: Trial, site: Site) -> None:
    with managing(site):
        opening.change_part(
            part().pk, wanted=Opening(OPENED, None, 9), reason="x", by=admin,
            on=today_at(site), seen=0,
        )  # fmt: skip
        for statement in ("DELETE FROM {}", "UPDATE {} SET reason = 'better'"):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement.format("eligibility_openingchange"))


def test_what_is_not_there(
    browser: Callable[[Account], Client], admin: Account, trial: Trial
) -> None:
    client = browser(admin)
    for there in ("C/", "trial/edmonton/", "A/nowhere/", "%00/"):
        assert client.get(PAGE + there).status_code == 404
    assert client.get("/trials/NCT99999999/opening/").status_code == 404
    client.logout()
    assert client.get(PAGE).headers["Location"].startswith("/sign-in/")


def test_as_many_queries_for_seven_sites_as_for_two(
    browser: Callable[[Account], Client], admin: Account, trial: Trial, site: Site
) -> None:
    client = browser(admin)
    before = queries(client, PAGE)
    for number in range(5):
        one = make_site(f"site{number}", "America/Toronto")
        with use_sites([one.pk]):
            set_site_part(site=one, part=part(), ceiling=3, opened_on=OPENED)
    assert queries(client, PAGE) == before


@pytest.mark.parametrize(
    ("row", "broken", "name"),
    [
        (TrialPart, {"registered": 41}, "part_below_its_ceiling"),
        (TrialPart, {"closed_on": OPENED - DAY}, "part_closes_after_it_opens"),
        (TrialPart, {"closed_on": OPENED, "opened_on": None}, "part_closes_after_it_opens"),
        (SitePart, {"registered": 21}, "site_part_below_its_ceiling"),
        (SitePart, {"ceiling": 1, "registered": 2}, "site_part_below_its_ceiling"),
        (SitePart, {"closed_on": OPENED - DAY}, "site_part_closes_after_it_opens"),
    ],
)
def test_the_tables_refuse(
    trial: Trial,
    site: Site,
    row: type[TrialPart] | type[SitePart],
    broken: dict[str, Any],
    name: str,
) -> None:
    with use_sites([site.pk]):
        with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
            row.objects.update(**broken)
        with pytest.raises(IntegrityError, match="once"), transaction.atomic():
            TrialPart.objects.create(trial=trial, name="A", ceiling=1)
        with pytest.raises(IntegrityError, match="part_at_site_once"), transaction.atomic():
            SitePart.objects.create(site=site, part=part())
