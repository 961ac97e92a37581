"""People are invited, given roles and deactivated; what is refused says why and keeps what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken

from tests.pages.stored import PASSWORD, make_site, today_at
from tests.pages.test_opening import staff
from tests.pages.test_pages import text_of
from trialscreen.institution.actions import NotDone
from trialscreen.institution.administration import roles
from trialscreen.institution.administration import staff as people
from trialscreen.institution.models import Account, Invitation, Role, Site, StaffRole, TrailEntry
from trialscreen.institution.tokens import issue_token

pytestmark = pytest.mark.django_db

Browser = Callable[[Account], Client]
PEOPLE = "/administration/people/"
NEW = "three herons over the marsh"
DAY = timedelta(days=1)


def typed(**other: str) -> dict[str, str]:
    return {
        "name": "Nora Field",
        "username": "nora",
        "email": "nora@hospital.invalid",
        "role": "coordinator",
        "site": "edmonton",
        "first_day": timezone.localdate().isoformat(),
        "last_day": "",
    } | other


def trail(**asked: Any) -> list[dict[str, Any]]:
    """Entries of the institution's own chain."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('trialscreen.institution', 'on', true)")
    return [vars(one) for one in TrailEntry.objects.filter(**asked)]


def link_in(page: str) -> str:
    found = re.search(r'value="(http[^"]+/invitation/\?key=[^"]+)"', page)
    assert found is not None
    return urlsplit(found[1])._replace(scheme="", netloc="").geturl()


def test_somebody_is_invited_and_sets_their_own_password(
    browser: Browser, sasha: Account, site: Site, client: Client
) -> None:
    shown = browser(sasha).post(f"{PEOPLE}invite/", typed())
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    link = link_in(shown.text)
    key = link.partition("=")[2]
    nora = Account.objects.get(username="nora")
    assert not nora.has_usable_password()
    assert key not in str(list(Invitation.objects.values()))
    assert any(one["subject"] == "institution_invitation" for one in trail())
    assert key not in str(trail())

    there = client.get(link)
    assert there["Location"] == "/invitation/"
    asked = client.get("/invitation/")
    assert "Nora Field, your user name is nora" in text_of(asked.text)
    weak = {"new_password1": "nora", "new_password2": "nora"}
    assert client.post("/invitation/", weak).status_code == 422
    twice = {"new_password1": NEW, "new_password2": NEW + "!"}
    assert client.post("/invitation/", twice).status_code == 422
    assert client.post("/invitation/", dict.fromkeys(twice, NEW)).status_code == 200
    nora.refresh_from_db()
    assert nora.check_password(NEW)
    assert client.get(link, follow=True).status_code == 410
    assert client.login(username="nora", password=NEW)


def test_the_links_of_a_person(
    browser: Browser, sasha: Account, site: Site, client: Client, now: datetime
) -> None:
    admin = browser(sasha)
    first = link_in(admin.post(f"{PEOPLE}invite/", typed()).text)
    nora = Account.objects.get(username="nora")
    second = link_in(admin.post(f"{PEOPLE}{nora.pk}/link/").text)
    assert client.get(first, follow=True).status_code == 410
    assert client.get(second, follow=True).status_code == 200
    late = now + people.LASTS + DAY
    held = people.key_sum(second.partition("=")[2])
    assert people.invitation_of(held, at=late) is None
    with pytest.raises(NotDone, match="out of date"):
        people.accept(held, password=NEW, at=late)
    people.accept(held, password=NEW, at=now)
    refused = admin.post(f"{PEOPLE}{nora.pk}/link/")
    assert refused.status_code == 422
    assert "which only they themselves change" in text_of(refused.text)
    for nothing in ("", "?key=", "?key=x", "?key=%00"):
        assert Client().get(f"/invitation/{nothing}", follow=True).status_code == 410


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 201}, "at most 200"),
        ({"username": "Nora"}, "Small letters, digits"),
        ({"username": "nora field"}, "Small letters, digits"),
        ({"username": "anna"}, "never given twice"),
        ({"username": "gone"}, "never given twice"),
        ({"email": "nora"}, "valid email"),
        ({"email": "SASHA@hospital.invalid"}, "Another account has this e-mail"),
        ({"role": "owner"}, "valid choice"),
        ({"site": "nowhere"}, "valid choice"),
        ({"site": ""}, "Choose a site for this role"),
        ({"role": "monitor"}, "choose no site"),
        ({"first_day": "soon"}, "Write the day as"),
        ({"first_day": ""}, "This field is required"),
        ({"first_day": "2026-01-01"}, "begins today or later"),
        ({"first_day": "2199-01-02", "last_day": "2199-01-01"}, "last day is before the first"),
        ({"site": "closed"}, "closed on that day"),
    ],
)
def test_an_invitation_that_is_refused(
    browser: Browser,
    sasha: Account,
    anna: Account,
    other: dict[str, str],
    sentence: str,
) -> None:
    Account.objects.filter(pk=sasha.pk).update(email="sasha@hospital.invalid")
    Account.objects.create_user("gone", name="Gone", is_active=False)
    shut = make_site("closed")
    shut.closed_on = timezone.localdate()
    shut.save()
    before = Account.objects.count()
    answered = browser(sasha).post(f"{PEOPLE}invite/", typed(**other))
    assert answered.status_code == 422
    assert sentence in text_of(answered.text)
    assert 'value="Nora Field"' in answered.text or "name" in other
    assert Account.objects.count() == before
    assert not Invitation.objects.exists()


@pytest.mark.requirement(24)
def test_a_role_counts_from_the_next_request_on(
    browser: Browser, sasha: Account, site: Site
) -> None:
    nora = Account.objects.create_user("nora", NEW, name="Nora Field")
    hers, admin = browser(nora), browser(sasha)
    assert hers.get("/worklist/").status_code == 403
    given = {"role": "coordinator", "site": "edmonton", "first_day": str(today_at(site))}
    page = admin.post(f"{PEOPLE}{nora.pk}/roles/give/", given)
    assert page["Location"] == f"{PEOPLE}{nora.pk}/"
    assert hers.get("/worklist/", follow=True).status_code == 200
    role = StaffRole.objects.get(account=nora)
    end = f"{PEOPLE}{nora.pk}/roles/{role.pk}/end/"
    assert admin.post(end, {"reason": "moved house"}).status_code == 302
    assert hers.get("/worklist/").status_code == 403
    assert "Ended" in text_of(admin.get(f"{PEOPLE}{nora.pk}/").text)
    assert admin.post(f"{PEOPLE}{nora.pk}/roles/give/", given).status_code == 302
    assert hers.get("/worklist/", follow=True).status_code == 200
    (told,) = trail(subject="institution_staffrole", why="moved house")
    assert told["account_id"] == sasha.pk


def test_a_role_that_ends_on_a_day(anna: Account, sasha: Account, now: datetime) -> None:
    role = anna.roles.get()
    today = timezone.localdate(now, role.site.zone if role.site else None)
    until = roles.end_role(role, last_day=today + DAY, reason="leaves", by=sasha, at=now)
    assert [until.is_in_force(on=today + n * DAY) for n in range(3)] == [True, True, False]
    gone = roles.end_role(role, last_day=None, reason="left early", by=sasha, at=now)
    assert [gone.is_in_force(on=today + n * DAY) for n in (-1, 0, 1)] == [True, False, False]
    assert [StaffRole.objects.on(today + n * DAY).filter(pk=role.pk).exists() for n in (-1, 0)] == [
        True,
        False,
    ]
    later = roles.give_role(
        anna, role=Role.COORDINATOR, site=role.site, first_day=today + DAY, by=sasha, at=now
    )
    roles.end_role(later, last_day=None, reason="not after all", by=sasha, at=now)
    later.refresh_from_db()
    assert not any(later.is_in_force(on=today + n * DAY) for n in range(4))


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ({"reason": ""}, "Say why."),
        ({"reason": "  "}, "Say why."),
        ({"reason": "x", "last_day": "2026-01-02"}, "counts until today at least"),
        ({"reason": "x", "last_day": "then"}, "Write the day as"),
        ({"reason": "x" * 501}, "at most 300"),
    ],
)
def test_an_end_that_is_refused(
    browser: Browser, sasha: Account, anna: Account, end: dict[str, str], sentence: str
) -> None:
    role = anna.roles.get()
    answered = browser(sasha).post(f"{PEOPLE}{anna.pk}/roles/{role.pk}/end/", end)
    assert answered.status_code == 422
    assert sentence in text_of(answered.text)
    role.refresh_from_db()
    assert (role.last_day, role.ended_at) == (None, None)


@pytest.mark.parametrize(
    ("held", "given", "sentence"),
    [
        ("coordinator", "coordinator", "has this role there"),
        ("coordinator", "monitor", "has no role at a site"),
        ("coordinator", "administrator", "has no role at a site"),
        ("monitor", "investigator", "has no role at a site"),
    ],
)
def test_roles_that_do_not_go_together(
    browser: Browser, sasha: Account, site: Site, held: str, given: str, sentence: str
) -> None:
    nora = staff("nora", Role(held), site if held == "coordinator" else None)
    asked = {"role": given, "first_day": str(timezone.localdate())}
    asked["site"] = "edmonton" if given in ("coordinator", "investigator") else ""
    answered = browser(sasha).post(f"{PEOPLE}{nora.pk}/roles/give/", asked)
    assert answered.status_code == 422
    assert sentence in text_of(answered.text)
    assert nora.roles.count() == 1


def test_nobody_changes_their_own_roles_or_account(
    browser: Browser, sasha: Account, olive: Account
) -> None:
    mine = sasha.roles.get()
    admin = browser(sasha)
    today = str(timezone.localdate())
    for there, asked in (
        (f"{PEOPLE}{sasha.pk}/roles/give/", {"role": "monitor", "first_day": today}),
        (f"{PEOPLE}{sasha.pk}/roles/{mine.pk}/end/", {"reason": "x"}),
        (f"{PEOPLE}{sasha.pk}/deactivate/", {"reason": "x"}),
    ):
        answered = admin.post(there, asked)
        assert answered.status_code == 422
        assert "ask another administrator" in text_of(answered.text)


def test_of_two_administrators_one_is_left(sasha: Account, olive: Account, now: datetime) -> None:
    people.deactivate(olive, reason="left", by=sasha, at=now)
    with pytest.raises(NotDone, match="Only an administrator"):
        people.deactivate(sasha, reason="left", by=olive, at=now)


@pytest.mark.requirement(11)
def test_a_deactivated_person_is_out_at_once(
    browser: Browser, sasha: Account, anna: Account, now: datetime
) -> None:
    hers = browser(anna)
    token = issue_token(anna, expires=now + DAY)
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    assert hers.get("/worklist/", follow=True).status_code == 200
    assert Client().get("/api/v1/patients/", **bearer).status_code == 200  # type: ignore[arg-type]
    admin = browser(sasha)
    assert admin.post(f"{PEOPLE}{anna.pk}/deactivate/", {"reason": "left"}).status_code == 302
    assert hers.get("/worklist/")["Location"].startswith("/sign-in/")
    assert Client().get("/api/v1/patients/", **bearer).status_code == 401  # type: ignore[arg-type]
    assert not AccessToken.objects.filter(user=anna).exists()
    assert all(
        one.get_decoded().get("_auth_user_id") != str(anna.pk) for one in Session.objects.all()
    )
    assert not Client().login(username="anna", password=PASSWORD)
    again = admin.post(f"{PEOPLE}{anna.pk}/deactivate/", {"reason": "left"})
    assert "deactivated already" in text_of(again.text)
    assert admin.post(f"{PEOPLE}{anna.pk}/link/").status_code == 422
    assert admin.post(f"{PEOPLE}{anna.pk}/reactivate/", {"reason": ""}).status_code == 422
    assert admin.post(f"{PEOPLE}{anna.pk}/reactivate/", {"reason": "back"}).status_code == 302
    assert not Client().login(username="anna", password=PASSWORD)
    assert hers.get("/worklist/")["Location"].startswith("/sign-in/")
    anna.refresh_from_db()
    assert not anna.roles.filter(ended_at=None).exists()
    assert "Needs a link" in text_of(admin.get(f"{PEOPLE}{anna.pk}/").text)


def test_the_list_and_its_search(
    browser: Browser, sasha: Account, anna: Account, now: datetime
) -> None:
    Account.objects.create_user("gone", NEW, name="Gone Away", is_active=False)
    admin = browser(sasha)
    page = text_of(admin.get(PEOPLE).text)
    assert "Anna Larose" in page
    assert "Site coordinator, Edmonton" in page
    assert "Gone Away" not in page
    assert "Gone Away" in admin.get(PEOPLE, {"show": "deactivated"}).text
    assert "Anna Larose" in admin.get(PEOPLE, {"q": "ann lar"}).text
    nobody = admin.get(PEOPLE, {"q": "%", "show": "what"}).text
    assert "Nobody matches" in nobody


def test_these_pages_are_for_administrators(
    browser: Browser, anna: Account, sasha: Account, site: Site
) -> None:
    role = anna.roles.get()
    one = f"{PEOPLE}{anna.pk}/"
    acts = ("link/", "deactivate/", "reactivate/", "roles/give/", f"roles/{role.pk}/end/")
    pages = [PEOPLE, f"{PEOPLE}invite/", one, *(one + act for act in acts)]
    for account in (anna, staff("ines", Role.INVESTIGATOR, site), staff("max", Role.MONITOR)):
        theirs = browser(account)
        for there in pages:
            if not there.endswith("link/"):
                assert theirs.get(there).status_code == 403
            assert theirs.post(there, typed(reason="x")).status_code in (403, 405)
        assert "/administration/" not in theirs.get("/trials/NCT00514085/opening/").text
    for there in pages:
        sent = Client().post(there, typed(reason="x"))
        assert sent.status_code == 405 or sent["Location"].startswith("/sign-in/")
    admin = browser(sasha)
    for there in (f"{PEOPLE}999999/", f"{PEOPLE}{anna.pk}/roles/999999/end/"):
        assert admin.get(there).status_code == 404


def test_the_tables_refuse(anna: Account, sasha: Account, site: Site, now: datetime) -> None:
    role: Any = anna.roles.get()
    with pytest.raises(IntegrityError, match="taken_away_on_a_day"), transaction.atomic():
        StaffRole.objects.filter(pk=role.pk).update(ended_at=now)
    people.invite(
        name="N", username="n", email="", role=Role.MONITOR, site=None,
        first_day=timezone.localdate(now), by=sasha, at=now,
    )  # fmt: skip
    for statement in (
        "DELETE FROM institution_invitation",
        "UPDATE institution_invitation SET expires_at = now()",
        "UPDATE institution_rolereview SET outcome = 'confirmed'",
        "DELETE FROM institution_apiclient",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
