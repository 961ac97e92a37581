"""Sending a form with one fault in it, and what came of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from django.core.cache import cache

from tests.refusals.clinic import Clinic, everything, tried
from tests.refusals.form import Form
from tests.refusals.pages import form_at, words

ENCODED = "application/x-www-form-urlencoded"
BY_ITSELF = frozenset({"csrfmiddlewaretoken", "version", "record", "password"})
"""Controls in which a page shows what there is now, or nothing, and never what was sent."""
Sent = dict[str, list[str]]


@dataclass(frozen=True)
class Came:
    """What came of a try."""

    status: int
    words: str
    """On the page, or on that which it leads to."""
    values: Mapping[str, list[str]] | None
    """What stands in the form of the answered page; None: the page has it not."""
    written: tuple[str, ...]
    """Tables in which something is different."""
    raw: bool
    """Whether markup that was typed came back as markup."""


def as_it_stands(clinic: Clinic, form: Form) -> Sent | None:
    """What a browser would send of the form as it is on its page, without what somebody fills in."""
    page = clinic.browser(form.by).get(form.page(clinic), headers=form.headers)
    found = form_at(page, form.sent_to(clinic))
    return None if found is None else dict(found.values)


def filled(clinic: Clinic, form: Form, stands: Sent | None) -> Sent:
    """The form as it stands, filled so that it is taken."""
    typed = {
        name: list(one) if isinstance(one, list) else [one]
        for name, one in form.typed(clinic).items()
    }
    return {**(stands or {}), **typed}


def encoded(sent: Mapping[str, list[str]]) -> bytes:
    """As a browser would, but for bytes that are no text: those as they are."""
    pairs = (
        f"{quote_plus(name)}={quote_plus(one, errors='surrogateescape')}"
        for name, every in sent.items()
        for one in every
    )
    return "&".join(pairs).encode()


class Trier:
    """Somebody who sends one form again and again."""

    def __init__(self, clinic: Clinic, form: Form, by: str | None = None) -> None:
        self.clinic, self.form = clinic, form
        self.there = form.sent_to(clinic)
        self.browser = clinic.browser(form.by if by is None else by)
        self.before = everything(clinic)

    def sends(self, body: Any, content_type: str = ENCODED, **more: Any) -> Came:
        """Send it, look at what came back and at every table, and undo it. No try counts against another one."""
        cache.clear()
        with tried():
            answer: Any = self.browser.post(
                self.there, body, content_type=content_type, headers=self.form.headers, **more
            )
            after = everything(self.clinic)
            page = answer
            if self.form.refused == answer.status_code == 302:
                page = self.browser.get(answer.headers["Location"])
        is_page = page.headers.get("Content-Type", "").startswith("text/html")
        shown = form_at(page, self.there) if is_page else None
        return Came(
            answer.status_code,
            words(page),
            None if shown is None else shown.values,
            tuple(name for name, held in after.items() if self.before.get(name) != held),
            "<script>alert" in page.text,
        )


def lost(came: Came, sent: Sent, but: str) -> list[str]:
    """Fields of an answered form in which what was typed stands no more."""
    if came.values is None:
        return ["the form"]
    kept = (name for name in sent if name not in BY_ITSELF and name != but)
    return [name for name in kept if came.values.get(name) != [as_text(one) for one in sent[name]]]


def as_text(typed: str) -> str:
    """As a page shows it: bytes that are no text, as the mark for what cannot be read."""
    return typed.encode(errors="surrogateescape").decode(errors="replace")
