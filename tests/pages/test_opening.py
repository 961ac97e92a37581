"""Where a trial is open and who says so: changed by administrators, who see no patient by it, and seen by the sites."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client

from eligibility.actions import opening, publish
from eligibility.actions.opening import Opening, set_part, set_site_part
from eligibility.models import OpeningChange, Screening, SitePart, Trial, TrialPart
from eligibility.policies import Moved, NotAllowed
from patients.models import Patient
from tests.pages.stored import OPENED, PASSWORD, PROTOCOL, coordinator, make_site, today_at
from tests.pages.test_pages import text_of
from tests.pages.test_patients import queries, without_numbers
from trialscreen.institution.actions import delegate, name_principal, sign_delegation
from trialscreen.institution.conduct import use_conduct
from trialscreen.institution.models import (
    Account,
    Delegation,
    Duty,
    PrincipalInvestigator,
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


# The delegation log and the principal investigators, as pages.

LOG = "/sites/edmonton/delegation/"


@pytest.fixture
def ines(site: Site) -> Account:
    account = staff("ines", Role.INVESTIGATOR, site)
    name_principal(site=site, trial=TRIAL, account=account, first_day=OPENED)
    return account


def entered(site: Site, account: Account, *, first_day: date = OPENED) -> Delegation:
    return delegate(
        site=site, trial=TRIAL, account=account, duty=Duty.CONFIRM, first_day=first_day, by=account
    )


def test_a_line_is_entered_signed_and_ended(
    browser: Callable[[Account], Client], anna: Account, ines: Account, site: Site
) -> None:
    client, today = browser(anna), today_at(site)
    assert "The log is empty" in text_of(client.get(LOG).text)
    typed = {"account": anna.pk, "duty": "confirm", "first_day": today, "last_day": ""}
    assert client.post(LOG, typed)["Location"] == LOG
    page = client.get(LOG).text
    assert "Not signed yet" in text_of(page)
    assert "Ines signs new entries." in text_of(page)
    assert 'name="password"' not in page
    entry = Delegation.objects.get()
    browser(ines)
    assert "I delegate the duties" in text_of(client.get(LOG).text)
    signed = client.post(f"{LOG}sign/", {"entries": [entry.pk], "password": PASSWORD})
    assert signed["Location"] == LOG
    assert "Counts today" in text_of(client.get(LOG).text)
    later = today + 3 * DAY
    assert client.post(f"{LOG}{entry.pk}/end/", {"last_day": later})["Location"] == LOG
    entry.refresh_from_db()
    assert (entry.signed_by, entry.ended_by, entry.last_day) == (ines, ines, later)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"password": "a guess"}, "not your password: nothing was signed"),
        ({"password": ""}, "Your password: This field is required"),
        ({"entries": []}, "Choose what you sign"),
        ({"entries": ["0"]}, "Select a valid choice"),
        ({"entries": ["x"]}, "Select a valid choice"),
    ],
)
def test_a_refused_signature(
    browser: Callable[[Account], Client],
    anna: Account,
    ines: Account,
    site: Site,
    typed: dict[str, Any],
    sentence: str,
) -> None:
    entry = entered(site, anna)
    told = {"entries": [str(entry.pk)], "password": PASSWORD} | typed
    answered = browser(ines).post(f"{LOG}sign/", told)
    assert answered.status_code == 422
    assert sentence in text_of(answered.text)
    assert PASSWORD not in answered.text
    chosen = re.search(rf'value="{entry.pk}" form="signing" checked', answered.text)
    assert bool(chosen) is (str(entry.pk) in told["entries"])
    entry.refresh_from_db()
    assert entry.signed_at is None


def test_somebody_else_s_signature_is_refused(
    browser: Callable[[Account], Client], anna: Account, ines: Account, site: Site
) -> None:
    entry = entered(site, anna)
    typed = {"entries": [entry.pk], "password": PASSWORD}
    for account in (anna, staff("otto", Role.INVESTIGATOR, site)):
        answered = browser(account).post(f"{LOG}sign/", typed)
        assert answered.status_code == 422
        assert "Only the principal investigator" in text_of(answered.text)
    entry.refresh_from_db()
    assert entry.signed_at is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"account": ""}, "This field is required"),
        ({"account": "0"}, "Select a valid choice"),
        ({"duty": "prescribe"}, "Select a valid choice"),
        ({"duty": "sign"}, "Only an investigator can sign eligibility"),
        ({"first_day": ""}, "This field is required"),
        ({"first_day": "31 Feb 2026"}, "Write the day as"),
        ({"last_day": "2025-01-01"}, "The last day is before the first"),
        ({"last_day": "2026-01-02"}, "for days that are over"),
    ],
)
def test_a_refused_line_keeps_what_was_typed(
    browser: Callable[[Account], Client],
    anna: Account,
    site: Site,
    typed: dict[str, str],
    sentence: str,
) -> None:
    told = {"account": anna.pk, "duty": "confirm", "first_day": "1 Jan 2026", "last_day": ""}
    answered = browser(anna).post(LOG, told | typed)
    assert answered.status_code == 422
    assert sentence in text_of(answered.text)
    if "first_day" not in typed:
        assert 'value="1 Jan 2026"' in answered.text
    assert not Delegation.objects.exists()


def test_a_refused_end_keeps_its_day_and_what_ended_stays(
    browser: Callable[[Account], Client], anna: Account, ines: Account, site: Site
) -> None:
    entry, today = entered(site, anna), today_at(site)
    client = browser(anna)
    client.post(f"{LOG}{entry.pk}/end/", {"last_day": today})
    assert "Withdrawn" in text_of(client.get(LOG).text)
    assert client.post(f"{LOG}{entry.pk}/end/", {"last_day": today}).status_code == 422
    signed = sign_delegation(entered(site, anna), by=ines, at=entry.entered_at)
    past = client.post(f"{LOG}{signed.pk}/end/", {"last_day": "2026-03-01"})
    assert past.status_code == 422
    assert "until today at least" in text_of(past.text)
    assert 'value="2026-03-01"' in past.text
    Delegation.objects.filter(pk=signed.pk).update(last_day=today - DAY)
    said = text_of(client.get(LOG).text)
    assert "Ended" in said
    assert "Withdrawn" in said
    assert 'class="end"' not in client.get(LOG).text


def test_another_site_s_log_is_absent(
    browser: Callable[[Account], Client], anna: Account, ines: Account, site: Site, montreal: Site
) -> None:
    entry = entered(site, anna)
    client = browser(coordinator(montreal, "marc"))
    for tail in ("", "sign/", f"{entry.pk}/end/"):
        sent = {"last_day": "2027-01-01", "account": anna.pk, "duty": "confirm"}
        foreign = client.post(LOG + tail, sent)
        absent = client.post(f"/sites/nowhere/delegation/{tail}", sent)
        assert foreign.status_code == absent.status_code == 404
        assert without_numbers(foreign.text) == without_numbers(absent.text)
    assert client.post(f"/sites/montreal/delegation/{entry.pk}/end/", sent).status_code == 404
    assert client.get("/delegation/")["Location"] == "/sites/montreal/delegation/"


def test_monitors_and_administrators_read_the_log_and_write_nothing_in_it(
    browser: Callable[[Account], Client],
    admin: Account,
    anna: Account,
    ines: Account,
    site: Site,
    montreal: Site,
) -> None:
    entry = entered(site, anna)
    typed = {"account": anna.pk, "duty": "confirm", "first_day": "2027-01-01", "last_day": ""}
    for account in (admin, staff("max", Role.MONITOR)):
        client = browser(account)
        page = client.get(LOG).text
        assert "Anna Larose" in page
        assert "Enter somebody" not in page
        for there in (LOG, f"{LOG}sign/", f"{LOG}{entry.pk}/end/"):
            assert client.post(there, typed).status_code == 403
        assert client.get("/delegation/")["Location"] == PAGE
    assert Delegation.objects.get().ended_at is None


def test_an_administrator_names_who_answers_for_a_site(
    browser: Callable[[Account], Client], admin: Account, ines: Account, site: Site, trial: Trial
) -> None:
    otto, today = staff("otto", Role.INVESTIGATOR, site), today_at(site)
    client, there = browser(admin), "/sites/edmonton/principal/"
    assert client.post(there, {"account": otto.pk, "first_day": today + DAY})["Location"] == there
    said = text_of(client.get(there).text)
    assert "named by Sasha" in said
    assert "Otto" in text_of(client.get(PAGE).text)
    assert "Ines, since 1 Jan 2026" in text_of(client.get(PAGE).text)
    for typed, sentence in (
        ({"account": ines.pk, "first_day": today + DAY}, "from that day or a later one"),
        ({"account": ines.pk, "first_day": "2026-02-02"}, "in the past stays"),
        ({"account": admin.pk, "first_day": today}, "Select a valid choice"),
        ({"account": ines.pk, "first_day": "then"}, "Write the day as"),
    ):
        refused = client.post(there, typed)
        assert refused.status_code == 422
        assert sentence in text_of(refused.text)
        assert f'value="{typed["first_day"]}"' in refused.text
    assert PrincipalInvestigator.objects.count() == 2
    assert client.get("/sites/nowhere/principal/").status_code == 404
