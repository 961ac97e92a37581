"""The delegation log of a site and its principal investigator, as pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from eligibility.actions import publish
from eligibility.policies import NotAllowed, who_may
from eligibility.workflow import Act
from tests.pages.stored import OPENED, PASSWORD, PROTOCOL, coordinator, make_site, today_at
from tests.pages.test_opening import PAGE, TRIAL, staff
from tests.pages.test_pages import text_of
from tests.pages.test_patients import without_numbers
from trialscreen.institution.actions import delegate, name_principal, sign_delegation
from trialscreen.institution.models import (
    Account,
    Delegation,
    Duty,
    PrincipalInvestigator,
    Role,
    Site,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


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
def browser(client: Client) -> Callable[[Account], Client]:
    def signed_in(account: Account) -> Client:
        client.force_login(account)
        return client

    return signed_in


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


def test_who_is_not_delegated_is_led_to_the_log(anna: Account, site: Site) -> None:
    with pytest.raises(NotAllowed) as refused:
        who_may(Act.CONFIRM, by=anna, site_id=site.pk, trial=TRIAL, on=today_at(site))
    said = render_to_string("opening/to_log.html", {"because": refused.value.sentence})
    assert 'href="/delegation/"' in said
    assert not render_to_string("opening/to_log.html", {"because": "The trial is full."}).strip()


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
    browser: Callable[[Account], Client], admin: Account, ines: Account, site: Site
) -> None:
    publish(PROTOCOL)
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
