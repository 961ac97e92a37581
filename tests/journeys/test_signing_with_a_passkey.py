"""Signing with a passkey in a browser: eligibility, and the delegation log; its answer is good once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from eligibility.actions import Look, confirm, start
from eligibility.models import SignOff
from patients.models import Patient
from tests.journeys.people import Person, a_staffed_site, at, today_at
from tests.journeys.test_accounts import with_a_passkey
from tests.workflow.staffed import PASSWORD, PROTOCOL, Staffed, candidate
from trialscreen.institution.actions import delegate
from trialscreen.institution.models import Delegation, Duty

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement(42)]
Check = Callable[[Page], None]


def to_be_signed(team: Staffed) -> Any:
    """A screening that the coordinator has confirmed."""
    today = today_at(team.site)
    with at(team.site):
        held = candidate("meets-everything", team.site, on=today)
        start(held.pk, by=team.coordinates, on=today, seen=1)
        record = Patient.objects.get(pk=held.patient_id).record_version
        seen = Look(2, record)
        confirm(held.pk, by=team.coordinates, protocol=PROTOCOL, on=today, seen=seen)
        delegate(
            site=team.site,
            trial=PROTOCOL.trial,
            account=team.coordinator,
            duty=Duty.CONFIRM,
            first_day=today,
            by=team.investigator,
        )
    return held


def sets_up_a_passkey(page: Page) -> None:
    with_a_passkey(page)
    page.goto("/account/passkeys/add/")
    if page.get_by_label("Your password").is_visible():
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


@pytest.mark.requirement(41)
@pytest.mark.requirement(50)
def test_a_passkey_signs_eligibility_and_the_log(
    browser_page: Page, assert_accessible: Check
) -> None:
    team = a_staffed_site()
    held = to_be_signed(team)
    page = browser_page
    ines = Person(page, team.investigator.username)
    ines.signs_in()
    sets_up_a_passkey(page)
    there = f"/screenings/{held.pk}/sign/"
    page.goto(there)
    assert_accessible(page)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.post_data or ""))
    page.get_by_role("button", name="Sign eligibility with a passkey").click()
    page.wait_for_url(f"**/patients/{held.patient_id}/**")
    ines.sees_state("Signed")
    ines.sees("with a passkey")
    with at(team.site):
        signed = SignOff.objects.select_related("event").get()
        assert signed.event.detail == {"how": "passkey"}
    assert any("credential=" in one for one in sent)

    page.goto(f"/sites/{team.site.code}/delegation/")
    assert_accessible(page)
    page.locator("input[name=entries]").first.check()
    page.get_by_role("button", name="Sign them with a passkey").click()
    expect(page.get_by_role("button", name="Sign them with a passkey")).to_have_count(0)
    with at(team.site):
        assert not Delegation.objects.filter(signed_at=None).exists()


def test_an_answer_that_was_sent_before_signs_nothing(browser_page: Page) -> None:
    team = a_staffed_site()
    held = to_be_signed(team)
    page = browser_page
    Person(page, team.investigator.username).signs_in()
    sets_up_a_passkey(page)
    page.goto(f"/screenings/{held.pk}/sign/")
    # What the device answers to this page is kept, and sent from the next one.
    page.evaluate(
        "() => { HTMLFormElement.prototype.submit = function () {"
        " window.kept = this.elements.credential.value; }; }"
    )
    page.get_by_role("button", name="Sign eligibility with a passkey").click()
    page.wait_for_function("window.kept")
    kept = page.evaluate("window.kept")
    page.goto(f"/screenings/{held.pk}/sign/")
    with page.expect_navigation():
        page.evaluate(
            "(kept) => { const form = document.querySelector('.act-form');"
            " form.elements.credential.value = kept; form.submit(); }",
            kept,
        )
    expect(page.locator("#refused")).to_contain_text("The passkey was not taken")
    with at(team.site):
        assert not SignOff.objects.exists()
