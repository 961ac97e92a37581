"""Each role begins at the page of its work, and its top bar leads to no refusal."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from eligibility.actions import publish
from tests.pages.stored import OPENED, PASSWORD, PROTOCOL, make_site
from trialscreen.institution.models import Account, Role, Site, StaffRole

pytestmark = pytest.mark.django_db

OPENING = "/trials/NCT00514085/opening/"
EVALUATE = "/trials/NCT00514085/evaluate/"
TRIAL = "/trials/NCT00514085/"
SITE_STAFF = (
    "/worklist/",
    "/patients/",
    "/notes/",
    "/incoming/messages/",
    "/reports/screening-log/",
)
BEGINS = {
    Role.COORDINATOR: ("/worklist/", SITE_STAFF),
    Role.INVESTIGATOR: ("/worklist/", SITE_STAFF),
    Role.MONITOR: (
        "/reports/screening-log/",
        ("/reports/screening-log/", OPENING, "/delegation/"),
    ),
    Role.ADMINISTRATOR: (OPENING, (OPENING, "/delegation/", "/administration/people/")),
}


@pytest.fixture
def site() -> Site:
    publish(PROTOCOL)
    make_site("montreal", "America/Toronto")
    return make_site()


def signed_in(client: Client, *roles: Role, site: Site) -> Client:
    account = Account.objects.create_user("robin", PASSWORD, name="Robin")
    for role in roles:
        everywhere = role in (Role.MONITOR, Role.ADMINISTRATOR)
        StaffRole.objects.create(
            account=account, role=role, site=None if everywhere else site, first_day=OPENED
        )
    client.force_login(account)
    return client


def top_bar(page: str) -> tuple[str, ...]:
    (bar,) = re.findall(r'<nav class="topnav".*?</nav>', page, re.S)
    return tuple(re.findall(r'href="([^"]+)"', bar))


@pytest.mark.parametrize("role", BEGINS)
def test_a_role_begins_where_its_work_is(client: Client, site: Site, role: Role) -> None:
    first, own = BEGINS[role]
    browser = signed_in(client, role, site=site)
    assert browser.get("/")["Location"] == first
    links = top_bar(browser.get(first).text)
    assert links == (*own, EVALUATE, TRIAL)
    for link in links:
        assert browser.get(link, follow=True).status_code == 200, link


def test_who_coordinates_and_administers_begins_at_the_worklist(client: Client, site: Site) -> None:
    browser = signed_in(client, Role.COORDINATOR, Role.ADMINISTRATOR, site=site)
    assert browser.get("/")["Location"] == reverse("worklist")


def test_who_administers_and_monitors_begins_at_the_opening(client: Client, site: Site) -> None:
    browser = signed_in(client, Role.ADMINISTRATOR, Role.MONITOR, site=site)
    assert browser.get("/")["Location"] == OPENING


def test_nobody_begins_at_the_evaluation(client: Client) -> None:
    assert client.get("/")["Location"] == EVALUATE
    assert top_bar(client.get(EVALUATE).text) == (EVALUATE, TRIAL)
