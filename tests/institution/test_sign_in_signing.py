"""Wrong passwords at signing: few, noted, and told to administrators."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from tests.institution.conftest import OPENED, PASSWORD
from trialscreen.institution.models import Account, Role, StaffRole
from trialscreen.institution.not_done import NotDone
from trialscreen.institution.sign_in.signing import must_be_own_password

pytestmark = pytest.mark.django_db
PAGE = "/security/events/"


def signs(account: Account, password: str = PASSWORD) -> str:
    """The code of the refusal, or nothing."""
    try:
        must_be_own_password(account, password, what="screening", which="1")
    except NotDone as refused:
        return refused.code
    return ""


@pytest.fixture
def administrator(db: None) -> Account:
    account = Account.objects.create_user("sasha", PASSWORD, name="Sasha Lindqvist")
    StaffRole.objects.create(account=account, role=Role.ADMINISTRATOR, first_day=OPENED)
    return account


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    moved = [0.0]
    real = time.time
    monkeypatch.setattr("django.core.cache.backends.locmem.time.time", lambda: real() + moved[0])
    return moved


@pytest.mark.requirement(50)
def test_five_in_a_quarter_of_an_hour(anna: Account, monitor: Account, clock: list[float]) -> None:
    assert [signs(anna, "another") for _ in range(5)] == ["password"] * 5
    assert signs(anna) == "too-many", "not even the right one"
    with pytest.raises(NotDone, match="in 15 min"):
        must_be_own_password(anna, PASSWORD, what="screening", which="1")
    assert signs(monitor) == ""
    clock[0] = 15 * 60 + 1
    assert signs(anna) == ""


def test_the_right_one_begins_the_count_anew(anna: Account) -> None:
    for _ in range(3):
        assert [signs(anna, "another") for _ in range(4)] == ["password"] * 4
        assert signs(anna) == ""


@pytest.mark.requirement(42)
def test_nobody_signs_with_a_password_of_somebody_elses_choice(anna: Account) -> None:
    anna.set_password("violet harbour crane")
    anna.save()
    assert signs(anna, "violet harbour crane") == "password-of-other"
    anna.set_own_password("violet harbour heron")
    anna.save()
    assert signs(anna, "violet harbour heron") == ""


@pytest.mark.requirement(50)
def test_three_within_an_hour_are_shown_to_administrators(
    client: Client, anna: Account, administrator: Account
) -> None:
    for _ in range(2):
        signs(anna, "another")
    client.force_login(administrator)
    told = client.get(PAGE).content.decode()
    assert "Anna Larose (anna)" in told
    assert "Three or more" not in told
    signs(anna, "another")
    told = client.get(PAGE).content.decode()
    assert "Three or more" in told
    assert "signing failed 3 times" in told


def test_the_page_is_for_administrators(client: Client, anna: Account) -> None:
    assert client.get(PAGE).headers["Location"].startswith("/sign-in/")
    client.force_login(anna)
    assert client.get(PAGE).status_code == 403
