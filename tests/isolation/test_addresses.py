"""No address says who a patient is: not those a page leads to, sends to or is sent on to."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
from django.conf import settings
from django.db import transaction

from patients.models import Demographics
from tests.isolation.hospitals import SAME_NUMBER, World
from tests.isolation.probes import own
from tests.isolation.routes import routes
from trialscreen.institution.scope import use_sites

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("isolation")]
ADDRESSES = re.compile(
    r"\b(?:href|src|action|formaction|hx-(?:get|post|put|patch|delete|push-url))=\"([^\"]*)\""
)
OWN = Path(settings.BASE_DIR) / "trialscreen" / "static" / "trialscreen"


@pytest.mark.requirement(66)
def test_no_address_of_a_page_says_who_a_patient_is(world: World) -> None:
    asker = world.askers["coordinator"]
    home = world.at_home(asker)
    with use_sites([home.site.pk]):
        born = {str(one) for one in Demographics.objects.values_list("birth_first", flat=True)}
    telling = [home.word, SAME_NUMBER, *(born - {"None"})]
    wrong, looked, found = [], 0, 0
    for route in routes():
        if route.pattern.startswith(("api/", "^fhir", "administration/")):
            continue
        with transaction.atomic():
            path = own(world, route, asker).path
            page = asker.http.get(path, headers=asker.headers)
            text = "" if page.streaming else page.content.decode(errors="replace")
            transaction.set_rollback(True)
        looked += page.status_code == 200
        for each in (*ADDRESSES.findall(text), page.headers.get("Location", "")):
            found += 1
            said = unquote_plus(each).lower()
            wrong += [f"{route.pattern}: {each}" for one in telling if one.lower() in said]
    assert (looked > 30, found > 300) == (True, True), (looked, found)
    assert wrong == []


@pytest.mark.requirement(66)
def test_a_browser_is_given_nothing_of_a_patient_to_keep() -> None:
    """Own scripts keep two choices, of colours and of keys; htmx, which could keep pages, is told to keep none."""
    kept = set()
    for script in OWN.glob("*.js"):
        text = script.read_text()
        assert not re.search(r"sessionStorage|indexedDB|document\.cookie|caches\.", text), script
        kept |= set(re.findall(r"(?:store\.[gs]et|[gs]etItem)\(([^,)]+)", text))
    # `key` is the parameter of the functions that the others go through; `choice` is that of keys.
    assert kept == {"key", '"theme"', "choice"}, kept
    base = (Path(settings.BASE_DIR) / "templates" / "base.html").read_text()
    assert '"historyCacheSize": 0' in base
