"""A page as somebody without script has it: its words, and its forms with what stands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

_TAGS = re.compile(r"<[^>]+>|\s+")


@dataclass
class OnPage:
    """A form of a page: where it is sent, how, and the values of each control, as a browser would send them."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[OnPage] = []
        self.named: dict[str, OnPage] = {}
        self.beside: list[tuple[str, str, list[str]]] = []
        self.open: OnPage | None = None
        self.select: tuple[str, list[str], list[str]] | None = None
        self.area: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urlsplit(said.get("action") or self.path).path
            self.open = OnPage(action, said.get("method", "get").lower())
            self.forms.append(self.open)
            self.named[said.get("id", "")] = self.open
        elif tag == "select":
            self.select = (said.get("name", ""), [], [])
        elif tag == "option" and self.select is not None:
            self.select[1].append(said.get("value", ""))
            if "selected" in said:
                self.select[2].append(said.get("value", ""))
        elif tag == "textarea":
            self.area = (said.get("name", ""), "")
        elif tag == "input" and said.get("type") not in ("submit", "button"):
            ticks = said.get("type") in ("checkbox", "radio")
            here = not ticks or "checked" in said
            given = [said.get("value", "on" if ticks else "")] if here else []
            self._holds(said.get("name", ""), given, said.get("form", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select" and self.select is not None:
            name, offered, chosen = self.select
            self._holds(name, chosen or offered[:1], "")
            self.select = None
        elif tag == "textarea" and self.area is not None:
            self._holds(self.area[0], [self.area[1].removeprefix("\n")], "")
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area = (self.area[0], self.area[1] + data)

    def _holds(self, name: str, given: list[str], of: str) -> None:
        if not name:
            return
        if of:
            self.beside.append((of, name, given))
        elif self.open is not None:
            self.open.values.setdefault(name, []).extend(given)


def forms_of(answer: Any) -> list[OnPage]:
    """Every form of an answered page."""
    reader = _Reader(answer.request["PATH_INFO"])
    reader.feed(answer.content.decode())
    reader.close()
    for of, name, given in reader.beside:
        if of in reader.named:
            reader.named[of].values.setdefault(name, []).extend(given)
    return reader.forms


def form_at(answer: Any, path: str, *, holding: str = "") -> OnPage | None:
    """The form of a page that is posted to a path, and that has a control of that name."""
    found = (one for one in forms_of(answer) if one.action == path and one.method == "post")
    return next((one for one in found if not holding or holding in one.values), None)


def words(answer: Any) -> str:
    """The text of a page, with single spaces; all of it where it is no page of ours."""
    text = answer.content.decode(errors="replace")
    main = text[text.find("<main") : text.find("</main>")] if "<main" in text else text
    return " ".join(unescape(_TAGS.sub(" ", main)).split())
