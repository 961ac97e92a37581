"""The set-up pages show how things are set up to administrators, change nothing, and know no patient."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from eligibility.actions.opening import set_part, set_site_part
from eligibility.models import Trial
from patients import models as patients
from tests.pages.stored import OPENED, PROTOCOL, invented
from tests.pages.test_opening import managing, staff
from tests.pages.test_pages import text_of
from trialscreen.institution.administration.clients import add_client, set_grant
from trialscreen.institution.models import Account, Role, Site
from trialscreen.institution.rights import May
from trialscreen.institution.scope import use_sites
from trialscreen.wiring.setup.tables import site as setup

pytestmark = pytest.mark.django_db
Browser = Callable[[Account], Client]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)


def lists() -> list[str]:
    return [
        reverse(
            f"admin:{one._meta.app_label}_{one._meta.model_name}_changelist", current_app="setup"
        )
        for one in setup._registry
    ]


@pytest.fixture
def furnished(site: Site, sasha: Account, now: Any) -> str:
    """A site with something in every table, and a patient; the client's secret."""
    from eligibility.actions import publish

    trial: Trial = publish(PROTOCOL).trial
    made = add_client(name="Feed", contact="Team", by=sasha, at=now)
    set_grant(made.application, site=site, rights=[May.READ_PATIENTS], by=sasha)
    with managing(site):
        for name in ("", "A"):
            part = set_part(trial=trial, name=name, title="", ceiling=40, opened_on=OPENED)
        set_site_part(site=site, part=part, ceiling=None, opened_on=OPENED)
    with use_sites([site.pk]):
        invented("meets-everything", site)
    return made.secret


def test_no_table_of_a_patient_is_shown() -> None:
    allowed = {patients.ReferenceRange}
    for model in setup._registry:
        assert model._meta.app_label != "patients" or model in allowed
        points_to = {one.related_model for one in model._meta.get_fields() if one.many_to_one}
        assert patients.Patient not in points_to


def test_every_page_is_read_and_holds_no_patient_and_no_secret(
    browser: Browser, sasha: Account, site: Site, furnished: str
) -> None:
    with use_sites([site.pk]):
        whose = patients.Demographics.objects.get()
        named = {whose.family_name, str(whose.patient_id)} - {"", None}
    admin, seen = browser(sasha), 0
    sasha.refresh_from_db()
    pages = ["/setup/", *lists()]
    for there in pages:
        answer = admin.get(there)
        assert answer.status_code == 200, there
        assert INLINE.search(answer.text) is None, there
        for row in sorted(set(re.findall(rf'href="({re.escape(there)}[0-9]+/)', answer.text))):
            if there == "/setup/":
                continue
            one = admin.get(row)
            seen += 1
            assert one.status_code == 200
            assert INLINE.search(one.text) is None, row
            assert "<input" not in one.text.partition("<main")[2].partition("</main>")[0]
            for hidden in (*named, furnished, sasha.password or "!"):
                assert hidden not in one.text + answer.text
    assert seen > 6


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_taken(browser: Browser, sasha: Account, site: Site, method: str) -> None:
    admin = browser(sasha)
    row = f"/setup/institution/site/{site.pk}/"
    for there in ("/setup/", *lists(), row):
        assert getattr(admin, method)(there, {"name": "Other"}).status_code == 405
    for there in (f"{lists()[0]}add/", f"{row}delete/", f"{row}history/", "/setup/logout/"):
        assert admin.get(there).status_code == 404
    site.refresh_from_db()
    assert site.name != "Other"


def test_administrators_alone_by_our_own_sign_in(browser: Browser, anna: Account) -> None:
    for account in (anna, staff("mona", Role.MONITOR)):
        for there in ("/setup/", *lists()):
            assert browser(account).get(there).status_code == 403
    away = Client().get("/setup/")
    assert (away.status_code, away["Location"]) == (302, "/sign-in/?next=/setup/")
    assert Client().get("/setup/login/").status_code == 404


@pytest.mark.parametrize(
    "asked", ["?q=%00", "?q=a", "?p=x", "?p=999", "?o=99", "?all=", "?e=1", "?is_active__exact=x"]
)
def test_what_cannot_be_meant_is_no_error_of_ours(
    browser: Browser, sasha: Account, asked: str
) -> None:
    answer = browser(sasha).get(f"/setup/institution/account/{asked}")
    assert answer.status_code in (200, 302, 400)
    assert browser(sasha).get("/setup/institution/account/987654/").status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        "institution/account/?password__startswith=a",
        "institution/staffrole/?account__password__startswith=a",
        "oauth2_provider/application/?client_secret__startswith=a",
        "institution/apiclient/?old_secret__gt=a",
    ],
)
def test_no_secret_is_asked_out_letter_by_letter(
    browser: Browser, sasha: Account, asked: str
) -> None:
    assert browser(sasha).get(f"/setup/{asked}").status_code == 400


def test_groups_are_shown_as_they_are_mapped(
    browser: Browser, sasha: Account, settings: Any
) -> None:
    assert "No identity provider is set up" in text_of(browser(sasha).get("/setup/").text)
    mapped = [("onc-crc", "coordinator", "edmonton"), ("onc-cra", "monitor", "")]
    named = settings.HOSPITAL._replace(name="the hospital", roles=mapped)
    with override_settings(HOSPITAL=named):
        shown = text_of(browser(sasha).get("/setup/").text)
    for said in ("onc-crc", "Coordinator", "edmonton", "onc-cra", "Monitor", "all sites"):
        assert said in shown
    assert "eligibility.foresee" in shown
