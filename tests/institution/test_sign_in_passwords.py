"""What a password must be, and whose it is."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from oauth2_provider.models import Application

from tests.institution.conftest import PASSWORD
from tests.institution.test_sign_in import sign_in
from trialscreen.institution.models import Account, Site

pytestmark = pytest.mark.django_db
FINE = "violet harbour crane"


def change(client: Client, new: str, *, old: str = PASSWORD) -> int:
    form = {"oldpassword": old, "password1": new, "password2": new}
    return client.post("/account/password/", form).status_code


@pytest.mark.requirement(3)
@pytest.mark.parametrize(
    ("password", "alone", "beside"),
    [
        ("rk7vq2x", False, False),
        ("rk7vq2xm", False, True),
        ("rk7vq2xmw4tzpb", False, True),
        ("rk7vq2xmw4tzpbh", True, True),
        ("violet harbour crane", True, True),
        (" violet harbour  crane ", True, True),
        ("violet🦆harbour🦆crane", True, True),
        ("蓝色的港口和一只很老的仙鹤在飞翔", True, True),
        ("vh" * 32, True, True),
        ("vh" * 64, True, True),
        ("vh" * 101, False, False),
        ("violet\0harbour crane", False, False),
    ],
)
def test_length_counts_and_nothing_else(
    client: Client, anna: Account, password: str, alone: bool, beside: bool
) -> None:
    client.force_login(anna)
    assert (change(client, password) == 302) == alone
    if alone:
        assert sign_in(Client(), "anna", password).status_code == 302
        assert sign_in(Client(), "anna", password[:-1]).status_code == 422, "nothing is cut off"
        return
    TOTP.activate(anna, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert (change(client, password) == 302) == beside


@pytest.mark.requirement(4)
def test_common_ones_are_refused(anna: Account) -> None:
    TOTP.activate(anna, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")  # so that their length is no reason
    for password in sorted(CommonPasswordValidator().passwords)[:3_000]:
        with pytest.raises(ValidationError):
            validate_password(password, anna)


@pytest.mark.requirement(4)
@pytest.mark.parametrize(
    "password",
    [
        "my Trial-Screen word of the day",
        "violet nct00514085 crane",
        "Violet NCT 00514085 crane",
        "violet harbour edmonton",
        "violet EDMONTON-centre crane",
        "violet larose harbour",
        "anna larose violet harbour",
    ],
)
def test_names_around_us_are_refused(anna: Account, password: str) -> None:
    with pytest.raises(ValidationError, match="Leave out the names"):
        validate_password(password, anna)
    validate_password(FINE, anna)


@pytest.mark.requirement(12)
def test_a_new_password_ends_the_other_sessions(anna: Account) -> None:
    here, there = Client(), Client()
    for one in (here, there):
        sign_in(one, "anna")
    assert change(here, FINE, old="another") == 422
    assert change(here, PASSWORD) == 422
    assert change(here, FINE) == 302
    assert here.get("/worklist/").status_code == 200
    assert there.get("/worklist/").status_code == 302


@pytest.mark.requirement(42)
def test_who_has_a_password_of_somebody_elses_choice_chooses_their_own(
    client: Client, anna: Account
) -> None:
    anna.set_password(FINE)
    anna.save()
    sign_in(client, "anna", FINE)
    assert client.get("/worklist/").headers["Location"] == "/account/password/"
    assert b"Somebody else chose the password" in client.get("/account/password/").content
    assert change(client, "another crane in the harbour", old=FINE) == 302
    assert client.get("/worklist/").status_code == 200
    anna.refresh_from_db()
    assert not anna.password_set_by_other


@pytest.mark.requirement(42)
def test_a_newer_way_of_storing_a_password_makes_it_nobody_elses(
    anna: Account, settings: object
) -> None:
    settings.PASSWORD_HASHERS = [  # type: ignore[attr-defined]
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    assert anna.check_password(PASSWORD)
    assert not anna.password_set_by_other
    anna.refresh_from_db()
    assert anna.password.startswith("pbkdf2")
    assert not anna.password_set_by_other


@pytest.mark.requirement(2)
def test_there_is_nobody_until_somebody_is_made() -> None:
    assert not Account.objects.exists()
    assert not Site.objects.exists()
    assert not Application.objects.exists()
    call_command("check")
