"""The review of access: what is due, who may confirm it, and that it stays on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.pages.test_opening import staff
from tests.pages.test_pages import text_of
from trialscreen.institution.administration.reviews import EVERY, due_on
from trialscreen.institution.models import Account, Role, RoleReview, Site, StaffRole

pytestmark = pytest.mark.django_db

Browser = Callable[[Account], Client]
REVIEW = "/administration/review/"
DAY = timedelta(days=1)


def test_a_role_is_due_after_some_time_and_confirmed(
    browser: Browser, sasha: Account, anna: Account, now: datetime
) -> None:
    role = anna.roles.get()
    StaffRole.objects.update(first_day=timezone.localdate(now) - EVERY)
    admin = browser(sasha)
    assert "2 due now" in text_of(admin.get(REVIEW).text)
    assert admin.post(REVIEW, {"roles": [role.pk]})["Location"] == REVIEW
    seen = RoleReview.objects.get()
    assert (seen.role_id, seen.outcome, seen.by_id) == (role.pk, "confirmed", sasha.pk)
    assert due_on(role) == timezone.localdate(now) + EVERY
    page = text_of(admin.get(REVIEW).text)
    assert "1 due now" in page
    assert "Sasha" in page


def test_an_end_is_a_review_too(browser: Browser, sasha: Account, anna: Account) -> None:
    role = anna.roles.get()
    admin = browser(sasha)
    end = f"/administration/people/{anna.pk}/roles/{role.pk}/end/"
    assert admin.post(end, {"reason": "Not needed"}).status_code == 302
    assert RoleReview.objects.get().outcome == "ended"
    assert "Anna Larose" not in admin.get(REVIEW).text


def test_what_is_refused(browser: Browser, sasha: Account, anna: Account, site: Site) -> None:
    admin = browser(sasha)
    mine, gone = sasha.roles.get(), staff("gone", Role.MONITOR)
    Account.objects.filter(pk=gone.pk).update(is_active=False)
    for roles, sentence in (
        ([], "Choose the roles"),
        ([mine.pk], "ask another administrator"),
        ([anna.roles.get().pk, gone.roles.get().pk], "read it again"),
        (["x"], "read it again"),
    ):
        answered = admin.post(REVIEW, {"roles": roles})
        assert answered.status_code == 422
        assert sentence in text_of(answered.text)
    assert not RoleReview.objects.exists()
    for account in (anna, staff("max", Role.MONITOR)):
        assert browser(account).get(REVIEW).status_code == 403
        assert browser(account).post(REVIEW, {"roles": [mine.pk]}).status_code == 403
