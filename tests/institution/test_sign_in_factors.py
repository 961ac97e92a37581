"""Second factors: nobody goes further without one, and none is shown twice."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.conf import LazySettings, settings
from django.http import HttpResponse
from django.test import Client

from tests.institution.conftest import PASSWORD
from tests.institution.test_sign_in import sign_in
from trialscreen.institution.models import Account
from trialscreen.institution.tokens import issue_token

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SESSION = settings.SESSION_COOKIE_NAME
WORKLIST = "/worklist/"


@pytest.fixture(autouse=True)
def required(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def app(anna: Account) -> Authenticator:
    """Anna's authenticator app."""
    return TOTP.activate(anna, SECRET).instance


def code_now(secret: str = SECRET, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def second_step(client: Client, code: str) -> HttpResponse:
    return client.post("/sign-in/code/", {"code": code})  # type: ignore[return-value]


def is_in(client: Client) -> bool:
    return client.get(WORKLIST, follow=True).request["PATH_INFO"] == WORKLIST


@pytest.mark.requirement(5)
def test_a_password_is_followed_by_a_code(
    client: Client, anna: Account, app: Authenticator
) -> None:
    asked = sign_in(client, "anna", next="/trials/NCT00514085/")
    assert asked.headers["Location"] == "/sign-in/code/"
    assert not is_in(client)
    assert second_step(client, "000000").status_code == 422
    entered = second_step(client, code_now())
    assert entered.headers["Location"] == "/trials/NCT00514085/"
    assert is_in(client)


@pytest.mark.requirement(5)
@pytest.mark.parametrize("steps", [0, -1])
def test_a_code_lets_in_once(client: Client, anna: Account, app: Authenticator, steps: int) -> None:
    code = code_now(steps=steps)
    sign_in(client, "anna")
    assert second_step(client, code).status_code == 302
    client.post("/sign-out/")
    sign_in(client, "anna")
    again = second_step(client, f"{code[:3]} {code[3:]}")
    assert again.status_code == 422
    assert b"used already" in again.content


@pytest.mark.requirement(5)
def test_who_has_none_is_led_to_set_one_up_before_anything_else(
    client: Client, anna: Account
) -> None:
    assert sign_in(client, "anna", next=WORKLIST).headers["Location"] == WORKLIST
    for there in (WORKLIST, "/patients/", "/", "/account/", "/account/sessions/", "/nothing/"):
        assert client.get(there).headers["Location"].startswith("/account/second-factor/"), there
    part = client.get(WORKLIST, headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == "/account/second-factor/"
    assert client.get("/api/v1/patients/").status_code in (401, 403)
    assert b"authenticator" in client.get("/account/second-factor/").content


@pytest.mark.requirement(5)
@pytest.mark.requirement(9)
def test_setting_one_up(client: Client, anna: Account) -> None:
    sign_in(client, "anna")
    page = client.get("/account/authenticator/").content.decode()
    secret = re.search(r'<code class="long">([A-Z2-7]+)</code>', page)
    assert secret is not None
    assert client.post("/account/authenticator/", {"code": "12"}).status_code == 422
    before = client.cookies[SESSION].value
    done = client.post("/account/authenticator/", {"code": code_now(secret[1])})
    assert done.headers["Location"] == "/account/recovery-codes/"
    assert client.cookies[SESSION].value != before
    assert is_in(client)
    shown = re.findall(r"<code>(\d{10})</code>", client.get(done["Location"]).content.decode())
    assert len(set(shown)) == 10
    assert not re.search(r"\d{10}", client.get(done["Location"]).content.decode())
    held = Authenticator.objects.get(user=anna, type="totp")
    assert secret[1] not in str(held.data)
    client.post("/sign-out/")
    sign_in(client, "anna")
    assert second_step(client, code_now(secret[1])).status_code == 422  # it was shown at setting up
    assert second_step(client, shown[0]).status_code == 302
    assert is_in(client)
    client.post("/sign-out/")
    sign_in(client, "anna")
    assert second_step(client, shown[0]).status_code == 422


@pytest.mark.requirement(6)
def test_a_session_that_came_round_the_second_step_is_ended(
    client: Client, anna: Account, app: Authenticator
) -> None:
    client.force_login(anna)
    assert client.get(WORKLIST).headers["Location"].startswith("/sign-in/")
    assert client.get("/account/second-factor/").headers["Location"].startswith("/sign-in/")
    client.force_login(anna)
    assert client.get("/api/v1/patients/").status_code in (401, 403)


@pytest.mark.requirement(6)
def test_a_token_is_of_no_use_to_who_has_no_second_factor(client: Client, anna: Account) -> None:
    from datetime import timedelta

    from django.utils import timezone

    token = issue_token(anna, expires=timezone.now() + timedelta(minutes=5))
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/patients/", headers=headers).status_code == 401
    TOTP.activate(anna, SECRET)
    assert client.get("/api/v1/patients/", headers=headers).status_code == 200


@pytest.mark.requirement(7)
def test_codes_are_not_guessed(client: Client, anna: Account, app: Authenticator) -> None:
    sign_in(client, "anna")
    for _ in range(5):
        assert second_step(client, "000000").status_code == 422
    assert b"Too many attempts" in second_step(client, code_now()).content
    assert not is_in(client)


@pytest.mark.requirement(5)
def test_the_last_one_stays(client: Client, anna: Account, app: Authenticator) -> None:
    sign_in(client, "anna")
    second_step(client, code_now())
    assert b"The last second step stays" in client.post("/account/authenticator/remove/").content
    assert Authenticator.objects.filter(pk=app.pk).exists()


@pytest.mark.requirement(12)
def test_changing_a_second_factor_asks_who_it_is(
    client: Client, anna: Account, app: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    RecoveryCodes.activate(anna)
    sign_in(client, "anna")
    second_step(client, code_now())
    assert client.get("/account/recovery-codes/new/").status_code == 200
    now = time.time()
    monkeypatch.setattr("trialscreen.institution.sign_in.adapters.time.time", lambda: now + 400)
    for there in (
        "/account/recovery-codes/new/",
        "/account/authenticator/remove/",
        "/account/passkeys/add/",
    ):
        assert client.get(there).headers["Location"].startswith("/account/again/"), there
    again = "/account/again/?next=/account/recovery-codes/new/"
    assert client.post(again, {"password": "another"}).status_code == 422
    monkeypatch.undo()
    assert client.post(again, {"password": PASSWORD}).status_code == 302


@pytest.mark.requirement(12)
def test_a_session_is_ended_from_another(anna: Account, app: Authenticator) -> None:
    here, there = Client(), Client(HTTP_USER_AGENT="the ward's machine")
    for one, code in ((here, code_now()), (there, code_now(steps=-1))):
        sign_in(one, "anna")
        assert second_step(one, code).status_code == 302
    page = here.get("/account/sessions/").content.decode()
    assert "the ward&#x27;s machine" in page
    assert "This one" in page
    other = UserSession.objects.get(user_agent="the ward's machine")
    here.post("/account/sessions/", {"which": str(other.pk)})
    assert is_in(here)
    assert not is_in(there)
