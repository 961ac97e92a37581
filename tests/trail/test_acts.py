"""What people can do is held against what the trail has words for: nothing is done or looked at without an entry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from eligibility.actions.screenings import DEEDS
from eligibility.histories import OF_A_PATIENT, OF_THE_INSTITUTION
from eligibility.presenters.deeds import ACTS, GROUPS, THINGS
from eligibility.workflow import Act
from tests.pages.stored import coordinator, make_site
from tests.trail.test_replaying import trailed
from trialscreen.institution.models import TrailEntry
from trialscreen.institution.trail.actions import Word
from trialscreen.wiring.owner import as_owner
from trialscreen.wiring.watched import NOT_WATCHED, WORDS

ROOT = Path(__file__).resolve().parents[2]
EXEMPT = {
    **dict.fromkeys(
        ("health-live", "health-ready", "metrics"), "says how the program is, of nobody"
    ),
    **dict.fromkeys(("schema", "api-docs", "api-problems", "gallery"), "documentation"),
    "smart-configuration": "documentation",
    **dict.fromkeys(("trial", "api-trials", "api-trial", "api-criteria"), "public knowledge"),
    "fhir-metadata": "public knowledge",
    "home": "leads on to a page that is watched",
    **dict.fromkeys(("sign-in", "sign-out"), "leaves acts of its own: signed in, out, failed"),
    **dict.fromkeys(("token", "revoke-token"), "a token is a row, with entries of its own"),
    **dict.fromkeys(
        ("my-account", "second-factor", "usersessions_list"), "who looks sees their own account"
    ),
    **dict.fromkeys(("session-state", "signed-in-again"), "how long the own session lasts"),
    **dict.fromkeys(
        ("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
        "signing in once more: see sign-in",
    ),
    **dict.fromkeys(
        ("patient-history-file", "security-trail-file"),
        "leaves its act itself, with rows and filter",
    ),
}
"""Routes of which looking leaves no entry here, and why; of all others it does."""


def routes(patterns: Any) -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLPattern):
            yield each.name or str(each.pattern)
        else:
            yield from routes(each.url_patterns)


def test_every_route_is_watched_or_exempt_for_a_reason() -> None:
    assert set(EXEMPT) == set(NOT_WATCHED)
    assert WORDS.keys().isdisjoint(EXEMPT)
    known = set(routes(get_resolver().url_patterns)) | {"gallery"}
    assert (set(EXEMPT) | WORDS.keys()) - known == set()


def test_what_is_taken_out_is_no_mere_look() -> None:
    files = {
        name for name in routes(get_resolver().url_patterns) if name.endswith(("-file", "-pdf"))
    }
    assert files - WORDS.keys() - EXEMPT.keys() == set()


def test_every_word_is_said_somewhere_and_has_words_for_people() -> None:
    written = "".join(
        path.read_text()
        for package in ("trialscreen", "patients", "eligibility")
        for path in (ROOT / package).rglob("*.py")
        if path.name != "deeds.py"
    )
    unsaid = {word for word in Word if f"Word.{word.name}" not in written}
    assert unsaid <= {Word.SIGNING_FAILED}
    assert set(ACTS) == {word.value for word in Word}


def test_every_step_with_a_name_under_it_is_an_act() -> None:
    assert set(DEEDS) == {Act.CONFIRM, Act.SIGN, Act.RETURN, Act.REGISTER}


def test_every_clinical_table_has_words() -> None:
    clinical = {table for table in trailed() if table.startswith(("patients_", "eligibility_"))}
    assert clinical - THINGS.keys() == set()
    assert GROUPS.keys() >= OF_A_PATIENT.keys() | OF_THE_INSTITUTION.keys()


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_out_says_how_much_and_under_which_filter() -> None:
    browser = Client()
    browser.force_login(coordinator(make_site()))
    browser.get("/reports/screening-log.csv?state=registered")
    with as_owner():
        act = TrailEntry.objects.filter(kind="exported").latest("pk")
    assert act.new is not None
    assert (act.new["rows"], act.new["form"]) == (0, "csv")
    assert "registered" in act.new["filter"].values()


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement(37)
def test_the_rows_of_a_sign_in_say_who_it_became() -> None:
    """The session that begins and the account that was last seen now: not nobody's, once the password was right."""
    account = coordinator(make_site())
    account.set_password("a long way round the lake")
    account.save()
    with as_owner():
        last = TrailEntry.objects.latest("pk").pk
    browser = Client()
    told = {"username": account.username, "password": "a long way round the lake"}
    assert browser.post("/sign-in/", told).status_code == 302
    with as_owner():
        left = list(TrailEntry.objects.filter(pk__gt=last).order_by("pk"))
    changed = {one.subject for one in left if one.kind in ("insert", "update")}
    assert {"institution_account"} < changed
    assert {(one.subject, one.account_id, one.by_name) for one in left} == {
        (one.subject, account.pk, account.name) for one in left
    }


@pytest.mark.django_db(transaction=True)
def test_who_only_tried_to_sign_in_has_become_nobody() -> None:
    account = coordinator(make_site())
    told = {"username": account.username, "password": "a guess"}
    Client().post("/sign-in/", told)
    with as_owner():
        failed = TrailEntry.objects.filter(kind="sign-in-failed").latest("pk")
    assert (failed.account_id, failed.by_name) == (None, "")
