"""What every form gets for a request that is wrong as a whole, and that there is a row for every form and address."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from eligibility.entry_forms import FORMS as WAYS
from tests.refusals.addresses import ADDRESSES
from tests.refusals.clinic import Clinic
from tests.refusals.form import Form
from tests.refusals.pages import forms_of, words
from tests.refusals.table import FORMS
from tests.refusals.trying import Trier, as_it_stands, encoded, filled
from tests.refusals.whole import ABSENT, FORGED, NO_FORM, TOO_LARGE, TOO_MANY

pytestmark = pytest.mark.django_db

NOT_PAGES = re.compile(r"^\^?(api|fhir|cds-services|o/|healthz|gallery)")
"""The interfaces of programs, which have tables of their own under tests/api; health; the gallery of looks."""
WITH_TESTS_OF_THEIR_OWN = re.compile(
    r"^\^?(metrics|session/|security/|imports/|incoming/|setup/|account/|invitations?/"
    r"|administration/(?!people/invite/|people/<int:account>/(deactivate|roles/give|roles/<int:role>/end)/"
    r"|sites/new/|sites/<slug:code>/(change|close|approvals|senders|rules/policy|rules/ranges/$)|clients/new/"
    r"|clients/<int:client>/(secret|deactivate|proof|keys|sites)/"
    r"|webhooks/new/|webhooks/<int:webhook>/(change|secret|pause|end)/"
    r"|record-systems/new/|record-systems/<int:system>/(storing|keys|end)/)"
    r"|sign-in/(by|code|passkey|forgotten|new-password)|(patients|worklist)/find/"
    r"|patients/<uuid:patient>/same-person/<int:merge>/reversal/|local-codes/"
    r"|trials/<str:nct_id>/versions/<str:version>/impact/)"
)
"""Imports (tests/imports), messages (tests/hl7v2), a hospital's own codes (tests/local_codes), telling a webhook again
(tests/telling), one's own account, the rest of the administration of people and sites, the set-up pages, searching,
taking back that two records are one person's (tests/merging), and having a version's impact counted, where nothing is
typed (tests/versions)."""
SEARCHES = ("/patients/find/", "/worklist/find/")
"""Whatever is typed is looked for; nothing is refused (tests/pages/test_finding.py)."""
_VALUES = {"uuid": ABSENT, "int": "1", "slug": "toronto", "str": "x", "form": "csv"}


def pages() -> dict[str, str]:
    """The name of every address of a page, the first where it has two, and an address of it."""
    found: dict[str, str] = {}

    def walk(patterns: Any, before: str) -> None:
        for one in patterns:
            route = before + str(one.pattern)
            if NOT_PAGES.match(route) or WITH_TESTS_OF_THEIR_OWN.match(route):
                continue
            if isinstance(one, URLResolver):
                walk(one.url_patterns, route)
            elif isinstance(one, URLPattern):
                found.setdefault("/" + _filled(route), one.name or route)

    walk(get_resolver().url_patterns, "")
    return {name: path for path, name in found.items()}


def _filled(route: str) -> str:
    plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda m: _VALUES[m[1]], route)
    plain = re.sub(r"<(\w+):\w+>", lambda m: _VALUES[m[1]], plain)
    return plain.replace("^", "").replace("$", "").replace("\\", "")


def takes(path: str) -> set[str]:
    """The methods that an address says it takes."""
    answer = Client(raise_request_exception=False).options(path)
    return set(re.findall("[A-Z]+", answer.headers.get("Allow", "")))


def test_every_form_and_every_address_of_a_page_has_its_rows() -> None:
    methods = {name: takes(path) for name, path in pages().items()}
    assert not [name for name, allowed in methods.items() if not allowed]
    sending = {name for name, allowed in methods.items() if "POST" in allowed}
    assert sending == {form.named for form in FORMS}
    reading = {name for name, allowed in methods.items() if "GET" in allowed}
    standing = {form.named for form in FORMS}
    assert reading - standing <= {address.named for address in ADDRESSES}
    assert {address.named for address in ADDRESSES} <= reading


def test_every_way_to_fill_a_gap_has_its_rows() -> None:
    assert {form.way for form in FORMS if form.way} == {*WAYS, "correct"}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.title)
def test_every_control_of_a_form_has_its_row(clinic: Clinic, form: Form) -> None:
    stands = as_it_stands(clinic, form)
    if form.named == "worklist-undo":
        # It stands on the page only after something was given to somebody.
        return
    assert stands is not None
    rest = set(stands) - set(form.carried) - {"csrfmiddlewaretoken"}
    panel = {name for name in rest if re.match("(value|unit|high)-", name)}
    assert rest - panel == set(form.fields) - panel


def test_every_form_of_every_page_is_sent_to_an_address_with_rows(clinic: Clinic) -> None:
    known = {form.sent_to(clinic) for form in FORMS} | {one.at(clinic) for one in ADDRESSES}
    known |= set(SEARCHES)
    named = {re.sub(r"/(\d+|[0-9a-f-]{36})/", "/#/", path) for path in known}
    for address in ADDRESSES:
        answer = clinic.browser(address.by).get(address.at(clinic))
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        for found in forms_of(answer):
            action = re.sub(r"/(\d+|[0-9a-f-]{36})/", "/#/", found.action)
            assert found.method == "dialog" or action in named or "/criteria/" in action
            if found.method == "get":
                asked = {
                    name for one in ADDRESSES if one.at(clinic) == found.action for name in one.asks
                }
                assert set(found.values) <= asked, found


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.title)
def test_a_request_that_is_wrong_as_a_whole(
    clinic: Clinic, form: Form, settings: LazySettings
) -> None:
    good = encoded(filled(clinic, form, as_it_stands(clinic, form)))
    trier = Trier(clinic, form)
    if form.empty:
        for body, kind in ((b"", "application/x-www-form-urlencoded"), (b"{}", "application/json")):
            came = trier.sends(body, kind)
            other = form.as_json if body else 0
            assert (came.status, came.written) == (other or form.refused, ())
            assert other or form.empty in came.words
    # Where nothing is typed, nothing is read either.
    bodies = (
        (b"--x\r\nbroken", "multipart/form-data", NO_FORM),
        (
            b"&".join(b"a%d=1" % n for n in range(300)),
            "application/x-www-form-urlencoded",
            TOO_MANY,
        ),
    )
    for body, kind, (status, said) in bodies if form.fields else ():
        came = trier.sends(body, kind)
        assert (came.status, came.written, said in came.words) == (status, (), True), came.words
    settings.BODY_SIZE_LIMIT = 1_024
    came = trier.sends(good + b"&more=" + b"x" * 2_000)
    assert (came.status, came.written) == (TOO_LARGE[0], ())
    assert TOO_LARGE[1] in came.words


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.title)
def test_who_sends_it(clinic: Clinic, form: Form) -> None:
    good = encoded(filled(clinic, form, as_it_stands(clinic, form)))
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    if form.by:
        strict.force_login(clinic.people[form.by])
    forged = strict.post(
        form.sent_to(clinic), good, content_type="application/x-www-form-urlencoded"
    )
    assert forged.status_code == FORGED[0]
    assert FORGED[1] in words(forged)
    if form.by and form.named != "sign-out":
        came = Trier(clinic, form, "").sends(good)
        assert (came.status, came.written) == (200 if form.way else 302, ())
    for other in form.others:
        came = Trier(clinic, form, other).sends(good)
        assert (came.status, came.written) == (403, ()), (other, came.words[:300])
        assert "This is not allowed." in came.words
    if form.absent:
        _is_absent(clinic, form, good)


def _is_absent(clinic: Clinic, form: Form, good: bytes) -> None:
    """To somebody of another site it is as if it was not there, and as a key that was never given."""
    browser, there = clinic.browser("elsewhere"), form.sent_to(clinic)
    foreign = browser.post(there, good, content_type="application/x-www-form-urlencoded")
    assert foreign.status_code == 404
    for key in re.findall("[0-9a-f-]{36}", there):
        own = clinic.browser(form.by)
        for other in (ABSENT, str(UUID(key).int)[:20], "x", "%00", "1e400"):
            answer = own.post(
                there.replace(key, other), good, content_type="application/x-www-form-urlencoded"
            )
            assert answer.status_code == 404, other
            assert words(answer).replace(there, "") == words(foreign).replace(there, ""), other
    for number in re.findall(r"/(\d+)/", there):
        for other in ("0", "9" * 12, "9" * 40):
            answer = clinic.browser(form.by).post(
                there.replace(f"/{number}/", f"/{other}/"),
                good,
                content_type="application/x-www-form-urlencoded",
            )
            assert answer.status_code == 404, other


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.title)
def test_the_wrong_method(clinic: Clinic, form: Form) -> None:
    browser = clinic.browser(form.by)
    for method in (browser.put, browser.delete, browser.patch):
        answer = method(form.sent_to(clinic))
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]
