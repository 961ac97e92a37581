"""What is typed to find somebody is in no address: it goes in a body, and on as a sealed part that keeps its place."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.pages.stored import assessed, bare, coordinator, make_site
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.institution.sealed import sealed, unsealed

pytestmark = [pytest.mark.django_db, pytest.mark.requirement(66)]


@pytest.fixture
def site() -> Iterator[Site]:
    made = make_site()
    with use_sites([made.pk]):
        yield made


@pytest.fixture
def browser(site: Site) -> Client:
    client = Client()
    client.force_login(coordinator(site))
    return client


@pytest.mark.parametrize(
    ("form", "there", "also"),
    [
        ("/patients/find/", "/patients/", {"status": "eligible", "sort": "-name"}),
        ("/worklist/find/", "/worklist/", {"tab": "closed", "sort": "age", "who": "me"}),
    ],
)
@pytest.mark.parametrize("typed", ["Gagnon", "1984-05-17", "MRN 1&2 = 3", "Łódź 😀", "x" * 100])
def test_what_is_typed_goes_on_sealed(
    browser: Client, form: str, there: str, also: dict[str, str], typed: str
) -> None:
    answer = browser.post(form, also | {"q": typed})
    assert answer.status_code == 302
    led = urlsplit(answer.headers["Location"])
    asked = {name: one for name, [one] in parse_qs(led.query).items()}
    found = asked.pop("find")
    assert (led.path, asked) == (there, also)
    assert typed not in answer.headers["Location"]
    assert unsealed(found) == typed
    page = browser.get(answer.headers["Location"])
    assert page.status_code == 200
    assert page.context["list"].search == typed


def test_the_list_it_leads_to_is_of_who_was_looked_for(browser: Client, site: Site) -> None:
    assessed(bare("1", given="Amélie", family="Gagnon"), site)
    assessed(bare("2", given="Bohdan", family="Kowalchuk"), site)
    page = browser.post("/patients/find/", {"q": "kowal"}, follow=True)
    assert [row.initials for row in page.context["list"].rows] == ["B.K."]
    addresses = [part.split('"')[0] for part in page.text.split('href="')[1:]]
    assert not [one for one in addresses if "kowal" in one.lower()]


def test_nothing_typed_is_the_whole_list(browser: Client) -> None:
    assert browser.post("/patients/find/", {"q": " "}).headers["Location"] == "/patients/?"
    assert browser.post("/worklist/find/", {}).headers["Location"] == "/worklist/?tab=open"


@pytest.mark.parametrize("odd", ["", "Gagnon", "%", "\x00", "AAAA" * 20, "é", "=" * 7])
def test_what_cannot_be_opened_was_never_said(browser: Client, odd: str) -> None:
    assert unsealed(odd) == ""
    for there in ("/patients/", "/worklist/"):
        assert browser.get(there, {"tab": "open", "find": odd}).context["list"].search == ""


def test_the_same_words_are_the_same_address_and_another_key_another(settings: object) -> None:
    first = sealed("Gagnon")
    assert sealed("Gagnon") == first
    assert (sealed(""), unsealed(first)) == ("", "Gagnon")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another-key-" * 5  # type: ignore[attr-defined]
    assert unsealed(first) == "Gagnon"
    assert sealed("Gagnon") != first
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    assert unsealed(first) == ""


def test_a_page_of_its_own_alone_may_search(site: Site) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(coordinator(site, "another"))
    for form in ("/patients/find/", "/worklist/find/"):
        assert strict.post(form, {"q": "a"}).status_code == 403
        assert Client().post(form, {"q": "a"}).status_code in (302, 401, 403)
        assert strict.get(form).status_code == 405
