"""Second factors in a browser, and what was typed when a session ends."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from trialscreen.institution.models import Account, Role, Site, StaffRole

PASSWORD = "a long way round the lake"
Check = Callable[[Page], None]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna() -> Account:
    site = Site.objects.create(
        code="edmonton",
        name="Edmonton centre",
        city="Edmonton",
        time_zone="America/Edmonton",
        opened_on=date(2026, 1, 1),
    )
    account = Account.objects.create_user("anna", PASSWORD, name="Anna Larose")
    StaffRole.objects.create(
        account=account, site=site, role=Role.COORDINATOR, first_day=date(2026, 1, 1)
    )
    return account


def signs_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()


def with_a_passkey(page: Page) -> None:
    """The browser's own pretence of a device that asks for a finger."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.requirement(5)
def test_a_passkey_is_set_up_and_lets_in_alone(
    browser_page: Page, anna: Account, assert_accessible: Check, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    page = browser_page
    with_a_passkey(page)
    signs_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step to sign in")
    assert_accessible(page)
    page.get_by_role("link", name="A passkey or security key").click()
    assert_accessible(page)
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert_accessible(page)
    page.get_by_role("link", name="I have kept them").click()
    page.goto("/account/")
    expect(page.locator("main")).to_contain_text("Passkey, added on")
    assert_accessible(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey instead").click()
    page.wait_for_url("**/worklist/**")
    page.get_by_role("button", name="Sign out").click()
    signs_in(page)
    assert_accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/worklist/**")


@pytest.mark.requirement(5)
def test_an_authenticator_app_is_set_up_without_script(
    somebody: Callable[..., Page], anna: Account, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    page = somebody(script=False)
    signs_in(page)
    page.get_by_role("link", name="An authenticator app").click()
    expect(page.locator("svg.qr")).to_be_visible()
    secret = page.locator("code.long").inner_text()
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator(".kept-codes code")).to_have_count(10)
    recovery = page.locator(".kept-codes code").first.inner_text()
    page.get_by_role("button", name="Sign out").click()
    signs_in(page)
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/worklist/**")


@pytest.mark.requirement(10)
def test_what_was_typed_outlives_the_session(
    browser_page: Page, anna: Account, assert_accessible: Check
) -> None:
    page = browser_page
    page.clock.install()
    signs_in(page)
    page.wait_for_url("**/worklist/**")
    page.goto("/account/password/")
    page.get_by_label("New password", exact=True).fill("violet harbour crane")
    page.clock.fast_forward("13:30")
    dialog = page.locator("dialog[data-session]")
    # The server's clock has not moved: asked, it says that there is time.
    expect(dialog).not_to_be_visible()
    Session.objects.all().delete()
    page.clock.fast_forward("15:00")
    expect(dialog.get_by_role("heading", name="Your session has ended")).to_be_visible()
    expect(page.locator("main")).to_be_hidden()
    assert_accessible(page)
    with page.expect_popup() as opened:
        dialog.get_by_role("link", name="Sign in again").click()
    again = opened.value
    again.get_by_label("Username").fill("anna")
    again.get_by_label("Password").fill(PASSWORD)
    again.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(again.get_by_role("heading", level=1)).to_have_text("You are signed in again")
    again.close()
    page.bring_to_front()
    if dialog.is_visible():
        dialog.get_by_role("button", name="I have signed in again").click()
    expect(dialog).not_to_be_visible()
    expect(page.get_by_label("New password", exact=True)).to_have_value("violet harbour crane")
    page.get_by_label("Your password now").fill(PASSWORD)
    page.get_by_label("New password, once more").fill("violet harbour crane")
    page.get_by_role("button", name="Change the password").click()
    anna.refresh_from_db()
    page.wait_for_url(re.compile(r"/account/"))
    assert Account.objects.get(pk=anna.pk).check_password("violet harbour crane")


@pytest.mark.requirement(10)
def test_the_end_of_a_session_is_announced_and_put_off(
    browser_page: Page, anna: Account, settings: LazySettings
) -> None:
    settings.SESSION_IDLE_MINUTES = 2
    page = browser_page
    signs_in(page)
    page.wait_for_url("**/worklist/**")
    dialog = page.locator("dialog[data-session]")
    expect(dialog.get_by_role("heading", name="about to end")).to_be_visible()
    settings.SESSION_IDLE_MINUTES = 15
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).not_to_be_visible()
