"""Guessing: counted for each account and source, and shutting nobody else out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth import user_login_failed
from django.test import Client

from tests.institution.conftest import PASSWORD
from tests.institution.test_sign_in import SESSION, sign_in
from trialscreen.institution.models import Account

pytestmark = pytest.mark.django_db
ELSEWHERE = "203.0.113.9"


@pytest.fixture
def looked_at() -> Iterator[list[str]]:
    """User names whose password was really looked at, and was wrong."""
    seen: list[str] = []

    def hear(credentials: dict[str, str], **_: object) -> None:
        seen.append(credentials["username"])

    user_login_failed.connect(hear, weak=False, dispatch_uid="looked-at")
    yield seen
    user_login_failed.disconnect(dispatch_uid="looked-at")


def is_in(client: Client) -> bool:
    return SESSION in client.cookies and bool(client.cookies[SESSION].value)


@pytest.mark.requirement(7)
def test_a_thousand_guesses_at_one_account(
    anna: Account, monitor: Account, looked_at: list[str]
) -> None:
    for number in range(1_000):
        attacker = Client(REMOTE_ADDR=f"198.51.100.{number % 40}")
        assert sign_in(attacker, "anna", f"guess {number}").status_code == 422
    assert len(looked_at) <= 50
    assert is_in_after(Client(REMOTE_ADDR="198.51.100.7"), "max")


@pytest.mark.requirement(7)
def test_who_guesses_shuts_out_their_own_source_alone(
    anna: Account, monitor: Account, looked_at: list[str]
) -> None:
    here = Client()
    for number in range(20):
        told = sign_in(here, "anna", f"guess {number}")
    assert b"Too many attempts" in told.content
    assert len(looked_at) == 5
    assert sign_in(here, "anna").status_code == 422, "from here not even the right one"
    assert is_in_after(Client(REMOTE_ADDR=ELSEWHERE), "anna")
    assert is_in_after(Client(), "max"), "others beside the guesser"


@pytest.mark.requirement(7)
def test_one_source_that_tries_many_accounts(looked_at: list[str], db: None) -> None:
    here = Client()
    for number in range(100):
        sign_in(here, f"somebody-{number}", "a guess")
    assert len(looked_at) == 60


@pytest.mark.requirement(7)
def test_nobody_is_let_through_while_nothing_can_be_counted(
    client: Client, anna: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise ConnectionError("no cache")

    monkeypatch.setattr("allauth.core.internal.ratelimit.cache.add", gone)
    with pytest.raises(ConnectionError):
        sign_in(client, "anna")
    assert not is_in(client)


@pytest.mark.requirement(8)
def test_an_account_that_is_there_looks_like_one_that_is_not(anna: Account) -> None:
    Account.objects.create_user("gone", PASSWORD, name="Gil Gone", is_active=False)

    def told(username: str, password: str) -> str:
        page = sign_in(Client(), username, password).content.decode()
        return "\n".join(
            line for line in page.splitlines() if "csrf" not in line and username not in line
        )

    pages = {told("anna", "a guess"), told("nobody", "a guess"), told("gone", "a guess")}
    pages |= {told("gone", PASSWORD), told("nobody", PASSWORD)}
    assert len(pages) == 1


@pytest.mark.requirement(8)
def test_as_much_is_worked_out_for_who_is_not_there(
    anna: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time is spent in the hasher; it is asked once each time, whoever is named."""
    from django.contrib.auth import hashers

    Account.objects.create_user("gone", PASSWORD, name="Gil Gone", is_active=False)
    asked: list[int] = []
    encode = hashers.MD5PasswordHasher.encode

    def counted(self: object, password: str, salt: str) -> str:
        asked.append(1)
        return encode(self, password, salt)  # type: ignore[arg-type]

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
    spent = []
    for username in ("anna", "nobody", "gone"):
        asked.clear()
        sign_in(Client(), username, "a guess")
        spent.append(len(asked))
    assert spent == [1, 1, 1]


def is_in_after(client: Client, username: str) -> bool:
    return sign_in(client, username).status_code == 302 and is_in(client)
