"""Links by letter: to whom they are for, in plain words; and what is said where no letter can be sent."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests.administration.test_people import PEOPLE
from trialscreen.institution.models import Account, Invitation, Site

pytestmark = pytest.mark.django_db

Browser = Callable[[Account], Client]


def invites(client: Client, site: Site) -> str:
    typed = {
        "name": "Nora Field",
        "username": "nora",
        "email": "nora@hospital.invalid",
        "role": "coordinator",
        "site": site.code,
        "first_day": timezone.localdate().isoformat(),
    }
    answer = client.post(f"{PEOPLE}invite/", typed)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_without_a_server_the_link_is_shown_with_the_reason(
    browser: Browser, sasha: Account, site: Site
) -> None:
    page = invites(browser(sasha), site)
    assert "no mail server is set up here" in page
    assert "/invitation/?key=" in page
    assert not mail.outbox


def test_the_letter_brings_the_link_and_the_page_does_not(
    browser: Browser,
    sasha: Account,
    site: Site,
    settings: LazySettings,
    capfd: pytest.CaptureFixture[str],
) -> None:
    settings.EMAIL_HOST_CONFIGURED = True
    page = invites(browser(sasha), site)
    assert "It was sent to" in page
    assert "nora@hospital.invalid" in page
    assert "key=" not in page
    (letter,) = mail.outbox
    assert letter.to == ["nora@hospital.invalid"]
    assert "/invitation/?key=" in str(letter.body)
    assert "nora" in str(letter.body)
    assert not getattr(letter, "alternatives", None), "plain text alone"
    key = str(letter.body).split("key=")[1].split()[0]
    assert key not in "".join(capfd.readouterr())
    opened = Client().get(f"/invitation/?key={key}", follow=True)
    assert "Nora Field, your user name is" in opened.text


def test_a_server_that_takes_nothing_leaves_the_invitation_and_the_link(
    browser: Browser,
    sasha: Account,
    site: Site,
    settings: LazySettings,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = taken.getsockname()[1]
    settings.EMAIL_HOST_CONFIGURED = True
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    page = invites(browser(sasha), site)
    assert "The letter was not sent" in page
    assert "/invitation/?key=" in page
    assert Invitation.objects.filter(account__username="nora", used_at=None).count() == 1
    assert page.split("key=")[1].split('"')[0] not in "".join(capfd.readouterr())


def test_help_with_a_password_goes_by_letter_too(
    browser: Browser, sasha: Account, anna: Account, settings: LazySettings
) -> None:
    settings.EMAIL_HOST_CONFIGURED = True
    anna.set_own_password("three herons over the marsh")
    anna.email = "anna@hospital.invalid"
    anna.save()
    client = browser(sasha)
    client.post("/account/again/", {"password": "a long way round the lake"})
    there = f"/security/people/{anna.pk}/"
    answer = client.post(there, {"how": "password", "reason": "Came to the office."})
    assert "It was sent to" in answer.text, answer.text
    assert "/sign-in/new-password/" not in answer.text
    assert "/sign-in/new-password/" in str(mail.outbox[0].body)


def test_who_may_not_help_is_not_asked_who_they_are(browser: Browser, anna: Account) -> None:
    assert browser(anna).get(f"/security/people/{anna.pk}/").status_code == 403
    away = Client().get(f"/security/people/{anna.pk}/")
    assert away.headers["Location"].startswith("/sign-in/")
