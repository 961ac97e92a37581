"""Lost passwords and devices: by letter, or by administrators, of whom none gives both halves."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import LazySettings
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.institution.conftest import OPENED, PASSWORD
from tests.institution.test_sign_in import sign_in
from tests.institution.test_sign_in_factors import SECRET, code_now, second_step
from trialscreen.institution.models import Account, Role, StaffRole, TrailEntry
from trialscreen.institution.not_done import NotDone
from trialscreen.institution.sign_in.recovery import forget_second_factors, password_link

pytestmark = pytest.mark.django_db
NEW = "violet harbour crane"


def administrator(username: str) -> Account:
    account = Account.objects.create_user(username, PASSWORD, name=username.title())
    StaffRole.objects.create(account=account, role=Role.ADMINISTRATOR, first_day=OPENED)
    return account


@pytest.fixture
def sasha(db: None) -> Account:
    return administrator("sasha")


@pytest.fixture
def olive(db: None) -> Account:
    return administrator("olive")


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def app(anna: Account) -> Authenticator:
    return TOTP.activate(anna, SECRET).instance


def sets(link: str, password: str = NEW) -> int:
    client = Client()
    first = client.get(link)
    if first.status_code != 302:
        return 0
    form = {"password1": password, "password2": password}
    return client.post(first.headers["Location"], form).status_code


@pytest.mark.requirement(6)
def test_a_link_sets_a_password_once_and_leaves_the_second_factor(
    anna: Account, app: Authenticator, sasha: Account, now: datetime, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    link = password_link(anna, reason="rang from the ward", by=sasha, at=now)
    assert sets(link, "short") == 422
    assert sets(link) == 302
    assert sets(link) == 0, "used up"
    client = Client()
    assert sign_in(client, "anna", NEW).headers["Location"] == "/sign-in/code/"
    assert second_step(client, code_now()).status_code == 302


def test_a_link_is_too_old_after_an_hour(
    anna: Account, sasha: Account, now: datetime, settings: LazySettings
) -> None:
    link = password_link(anna, reason="rang", by=sasha, at=now)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert sets(link) == 0


@pytest.mark.requirement(42)
@pytest.mark.parametrize("first", ["password", "factors"])
def test_nobody_alone_gives_both_halves(
    anna: Account, app: Authenticator, sasha: Account, olive: Account, now: datetime, first: str
) -> None:
    acts = [password_link, forget_second_factors]
    one, other = acts if first == "password" else reversed(acts)
    one(anna, reason="lost", by=sasha, at=now)
    with pytest.raises(NotDone, match="nobody alone"):
        other(anna, reason="lost", by=sasha, at=now)
    other(anna, reason="lost", by=olive, at=now)
    with pytest.raises(NotDone, match="nobody alone"):
        one(anna, reason="lost", by=olive, at=now)
    TOTP.activate(anna, SECRET) if not Authenticator.objects.filter(user=anna) else None
    client = Client()
    sign_in(client, "anna")
    assert second_step(client, code_now()).status_code == 302
    other(anna, reason="lost again", by=sasha, at=now)


def test_removing_the_second_factors_ends_every_session(
    anna: Account, app: Authenticator, sasha: Account, now: datetime, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    sign_in(client, "anna")
    second_step(client, code_now())
    assert client.get("/worklist/").status_code == 200
    forget_second_factors(anna, reason="the phone is in the lake", by=sasha, at=now)
    assert client.get("/worklist/").headers["Location"].startswith("/sign-in/")
    sign_in(client, "anna")
    assert client.get("/worklist/").headers["Location"].startswith("/account/second-factor/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('trialscreen.institution', 'on', true)")
    entries = TrailEntry.objects.filter(why="the phone is in the lake")
    assert {"institution_account", "mfa_authenticator"} <= {each.subject for each in entries}
    assert SECRET not in str([(each.old, each.new) for each in entries])


def test_only_administrators_help_and_nobody_themselves(
    anna: Account, sasha: Account, now: datetime
) -> None:
    for by, account, reason in (
        (anna, sasha, "because"),
        (sasha, sasha, "because"),
        (sasha, anna, " "),
    ):
        with pytest.raises(NotDone):
            password_link(account, reason=reason, by=by, at=now)


def test_the_page(anna: Account, app: Authenticator, sasha: Account) -> None:
    client = Client()
    sign_in(client, "sasha")
    page = f"/security/people/{anna.pk}/"
    assert client.post(page, {"how": "password", "reason": ""}).status_code == 422
    told = client.post(page, {"how": "password", "reason": "rang"}).content.decode()
    link = re.search(r'value="http://testserver(/sign-in/new-password/[^"]+)"', told)
    assert link is not None
    assert sets(link[1]) == 302
    assert client.post(page, {"how": "second-factor", "reason": "rang"}).status_code == 422
    others = Client()
    sign_in(others, "anna", NEW)
    assert others.get(page).status_code in (302, 403)


def test_the_page_asks_again_who_it_is(anna: Account, sasha: Account) -> None:
    client = Client()
    client.force_login(sasha)
    there = client.get(f"/security/people/{anna.pk}/")
    assert there.headers["Location"].startswith("/account/again/")


@pytest.mark.requirement(8)
def test_a_letter_is_sent_to_who_is_known_and_the_page_says_the_same(
    anna: Account, settings: LazySettings
) -> None:
    Account.objects.filter(pk=anna.pk).update(email="anna@site.example")
    pages = []
    for address in ("anna@site.example", "nobody@site.example"):
        client = Client()
        sent = client.post("/sign-in/forgotten/", {"email": address})
        assert sent.headers["Location"] == "/sign-in/forgotten/sent/"
        pages.append(client.get("/sign-in/forgotten/sent/").content)
    assert len(mail.outbox) == 1
    link = re.search(r"http://testserver(/sign-in/new-password/\S+)", str(mail.outbox[0].body))
    assert link is not None
    assert sets(link[1]) == 302
