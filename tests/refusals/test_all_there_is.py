"""Every form that somebody comes to by following links, with what nobody would type: an answer, and never a 500.

The tables say which answer; here nothing is said of it, so no form has to be in a table to be tried.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from tests.refusals.clinic import Clinic, tried
from tests.refusals.kinds import SURROGATE
from tests.refusals.pages import OnPage, forms_of
from tests.refusals.trying import ENCODED, encoded

pytestmark = pytest.mark.django_db

NOBODY_TYPES = (
    *(None, "", " ", "\x00", SURROGATE, "\u2028", "0", "-1", "1e400", "NaN", "٣", "9" * 400),
    *("0001-01-01", "9999-12-31", "2026-02-30", "2026-11-25T10:00", "[]", '{"a": 1}', "../../etc"),
)
"""None: the field does not come at all."""
A_FEW = len(NOBODY_TYPES) if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 4
"""Of them for each field, the next field the following."""
MOST_PAGES, OF_A_SHAPE = 1_000, 8
_LINK = re.compile(r'(?:href|hx-get)="(/[^"]*)"')
_KEY = re.compile(r"/(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27})(?=/|$)")
_NAMED = re.compile(r"/(criteria|sites|versions|correct)/[\w.-]+")
_AWAY = re.compile(r"/(static|setup|sign-out|gallery|api|fhir|favicon)")


def shape(path: str) -> str:
    """An address without the keys in it: the page of one patient, or of one criterion, stands for all."""
    return _NAMED.sub(r"/\1/#", _KEY.sub("/#", path))


def crawled(browser: Client) -> Iterator[Any]:
    """The pages that links lead to from the first, a few of each shape: screenings differ by how far they have come."""
    waiting, seen, met = ["/"], {"/"}, Counter[str]()
    while waiting:
        answer = browser.get(waiting.pop(0), follow=True)
        assert answer.status_code < 500, answer.request["PATH_INFO"]
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        yield answer
        for link in _LINK.findall(answer.content.decode()):
            path = urlsplit(unescape(link)).path
            if path not in seen and met[shape(path)] < OF_A_SHAPE and not _AWAY.match(path):
                seen.add(path)
                met[shape(path)] += 1
                waiting.append(path)
        assert len(seen) < MOST_PAGES


def found(clinic: Clinic, role: str) -> dict[tuple[str, str], OnPage]:
    """One form of each address and method."""
    forms: dict[tuple[str, str], OnPage] = {}
    for answer in crawled(clinic.browser(role)):
        for form in forms_of(answer):
            if form.method in ("get", "post") and not _AWAY.match(form.action):
                forms.setdefault((form.method, shape(form.action)), form)
    return forms


def sent(clinic: Clinic, role: str, form: OnPage, body: dict[str, list[str]]) -> int:
    cache.clear()
    with tried():
        browser = clinic.browser(role)
        if form.method == "get":
            there = f"{form.action}?{encoded(body).decode()}"
            return browser.get(there).status_code
        return browser.post(form.action, encoded(body), content_type=ENCODED).status_code


LEAST = {"coordinator": 300, "investigator": 300, "administrator": 300, "monitor": 50, "": 30}
"""Tries of each who asks: a crawl that finds no forms would find no fault."""


@pytest.mark.parametrize("role", LEAST)
def test_no_form_falls_over(clinic: Clinic, role: str) -> None:
    forms = found(clinic, role)
    fell, tries, every = [], 0, cycle(NOBODY_TYPES)
    for form in forms.values():
        for name in form.values:
            for typed in islice(every, A_FEW):
                body = {one: list(held) for one, held in form.values.items() if one != name}
                body |= {} if typed is None else {name: [typed]}
                tries += 1
                status = sent(clinic, role, form, body)
                if status >= 500:
                    fell.append(f"{form.method} {form.action} {name}={typed!r:.40}: {status}")
    print(f"{role or 'nobody'}: {len(forms)} forms, {tries} tries")  # noqa: T201
    assert not fell, "\n".join(fell)
    assert tries >= LEAST[role]
