"""People before the pages of a screening: they read a page, and send its form with what they type."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

from eligibility.models import Screening
from tests.workflow.staffed import PASSWORD
from trialscreen.institution.models import Account

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_TAGS = re.compile(r"<[^>]+>|\s+")


class Person:
    """Somebody who has signed in."""

    def __init__(self, account: Account) -> None:
        self.http = Client()
        self.http.force_login(account)

    def reads(self, held: Screening, act: str = "") -> Any:
        at = f"/screenings/{held.pk}/" + (f"{act}/" if act else "")
        return self.http.get(at)

    def form(self, held: Screening, act: str) -> dict[str, str]:
        """What the page of an act carries by itself."""
        answer = self.reads(held, act)
        assert answer.status_code == 200, answer.status_code
        return dict(_HIDDEN.findall(answer.content.decode()))

    def does(self, held: Screening, act: str, carried: Any = None, **typed: str) -> Any:
        """Read the page, unless it was `carried` from an earlier look, fill the form and send it."""
        said = self.form(held, act) if carried is None else dict(carried)
        return self.http.post(f"/screenings/{held.pk}/{act}/", said | typed)


def words(answer: Any) -> str:
    """The text of a page, with single spaces."""
    text = unescape(answer.content.decode())
    main = text[text.index("<main") : text.index("</main>")]
    return " ".join(_TAGS.sub(" ", main).split())


__all__ = ["PASSWORD", "Person", "words"]
