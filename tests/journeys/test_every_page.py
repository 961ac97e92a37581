"""Every page in every state is legible in every look: the table is `tests/screenshots/shots.py`.

One browser and one set of data; a page is loaded once, and looked at wide and narrow, light and dark.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Browser, BrowserContext

from eligibility.views.screening_doors import DOORS
from tests.journeys.looks import CROSSWISE, LOOKS, Look, faults_in_each, listen, profile
from tests.screenshots.scene import Scene
from tests.screenshots.scenes import made
from tests.screenshots.shot import Shot
from tests.screenshots.shots import SHOTS
from trialscreen.wiring.classified.administration import SETUP

EVERYTHING = bool(os.environ.get("EVERY_LOOK"))
"""Axe in all four looks of every page. Else in two of them, both widths and both schemes, crosswise and
in turn from row to row of the table; and of a state that changes part of a page, only that part. A page that
is too wide is found in every look."""
NOT_PAGES: Final[Mapping[str, str]] = {
    "home": "leads on to the first page of who asks",
    "reports": "leads on to the screening log",
    "my-delegation-log": "leads on to the log of the one site of who asks",
    **dict.fromkeys(
        sorted(
            {one for one in SETUP if one.endswith(("_changelist", "_change"))}
            - {"institution_account_changelist", "institution_account_change"}
        ),
        "laid out as the table of accounts and one of them: setup-accounts, setup-account",
    ),
    "sign-out": "leads on to the page for signing in",
    "local-codes-step": "leads back to the version, or is that page with what is wrong",
    "worklist-find": "leads on to the worklist",
    "patients-find": "leads on to the list of patients",
    "worklist-assign": "leads back to the worklist, where the notice is: worklist-given",
    "worklist-undo": "leads back to the worklist",
    "message-replay": "leads back to the message, where what came of it is: message-refused",
    "note-close": "leads back to the patient",
    "filed-checklist": "a file",
    "treatment-calendar-file": "a file",
    "screening-log-file": "a file",
    "key-list-file": "a file",
    "downtime-file": "a file",
    "import-refused-file": "a file",
    "import-progress": "a part of the page of an import",
    "patient-history-file": "a file",
    "security-trail-file": "a file",
    "health-live": "for machines",
    "health-ready": "for machines",
    "schema": "for machines",
    "metrics": "for machines",
    "session-state": "for the script that watches the end of a session",
    "account_login": "another name of the sign-in page",
    "mfa_index": "leads on to one's own account",
    "mfa_list_webauthn": "leads on to one's own account",
    "mfa_login_webauthn": "for the script of a passkey; refused, it leads back to the sign-in page",
    "openid_connect_login": "leads on to the hospital's identity provider, where there is one",
    "openid_connect_callback": "where it leads back to, and on to the page that was asked for",
    "api-docs": "drawn by Swagger UI, whose markup is not ours",
}
"""Names of addresses below which nothing is to be looked at, and why."""
LIFELESS = ("api/v1/", "fhir", "o/", "cds-services")
"""What lies below these is for programs."""


def named(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """The names of all addresses that a person may come to."""
    for one in patterns:
        route = before + str(one.pattern).lstrip("^")
        if route.startswith(LIFELESS):
            continue
        if isinstance(one, URLResolver):
            yield from named(one.url_patterns, route)
        elif one.name:
            yield one.name


def visited() -> set[str]:
    paths = {urlsplit(at).path for shot in SHOTS for at in shot.addresses()}
    found = [resolve(path) for path in paths if "no-such" not in path]
    names = {one.url_name for one in found if one.url_name}
    return names | {f"act {one.kwargs['act']}" for one in found if "act" in one.kwargs}


def test_every_page_has_a_row_in_the_table() -> None:
    pages = set(named(get_resolver().url_patterns)) | {f"act {act}" for act in DOORS}
    assert pages - visited() - set(NOT_PAGES) == set(), "these pages are in no row of SHOTS"
    assert set(NOT_PAGES) - pages == set(), "these are no addresses any more"


def test_no_state_has_two_names() -> None:
    names = [shot.name for shot in SHOTS]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.django_db(transaction=True)
def test_every_page_is_legible_in_every_look(browser: Browser, live_server: Any) -> None:
    scenes = made()
    contexts: dict[str, BrowserContext] = {}
    faults: list[str] = []
    for number, shot in enumerate(SHOTS):
        if shot.who not in contexts:
            contexts[shot.who] = profile(browser, live_server.url, shot.who)
        looks = LOOKS if EVERYTHING else CROSSWISE[number % 2]
        found = _faults_of(shot, contexts[shot.who], scenes, looks)
        faults += [f"{shot.name}: {fault}" for fault in found]
    for context in contexts.values():
        context.close()
    assert not faults, "\n".join(faults)


def _faults_of(
    shot: Shot, context: BrowserContext, scenes: Mapping[str, Scene], looks: Collection[Look]
) -> list[str]:
    page = context.new_page()
    heard: list[str] = []
    listen(page, heard)
    answer = page.goto(shot.address(scenes))
    assert answer is not None
    shot.before(scenes)(page)
    found = faults_in_each(page, within="" if EVERYTHING else shot.within, looks=looks)
    page.close()
    return [*heard, *found]
