"""Somebody must see a screening while its staff cannot be reached: a role for a day, at once, and over by itself."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.pages.stored import PASSWORD, invented, make_site, today_at
from trialscreen.institution.models import Account, Role, StaffRole, TrailEntry
from trialscreen.institution.scope import scope_of_account
from trialscreen.institution.trail.acting import Acting, acting_as
from trialscreen.wiring.owner import as_owner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement(25)]


def test_a_role_for_today_opens_at_once_is_told_and_ends_by_itself(client: Client) -> None:
    site = make_site()
    patient = invented("meets-everything", site)
    helper = Account.objects.create_user("on.call", PASSWORD, name="On Call")
    client.force_login(helper)
    page = f"/patients/{patient.pk}/"
    assert client.get(page).status_code in (403, 404)
    today = today_at(site)
    with acting_as(Acting(by="An Administrator", why="emergency: nobody of the site answers")):
        StaffRole.objects.create(
            account=helper, site=site, role=Role.COORDINATOR, first_day=today, last_day=today
        )
    assert client.get(page).status_code == 200
    with as_owner():
        given = TrailEntry.objects.filter(subject="institution_staffrole", kind="insert").last()
        looked = TrailEntry.objects.filter(kind="viewed", key=str(patient.pk)).last()
    assert given is not None
    assert given.why == "emergency: nobody of the site answers"
    assert looked is not None
    assert looked.by_name == "On Call"
    tomorrow = timezone.make_aware(datetime.combine(today + timedelta(days=1), time(12)), site.zone)
    assert not scope_of_account(helper, now=tomorrow).site_ids
