"""Looking into a resource without building a model of it: every access checks the shape it expects.

A `Node` is one JSON object and the way to it. Wrong shapes raise `Malformed` with their place; the record that holds
them is then kept as unread and never used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any


class Malformed(Exception):
    """An element does not have the shape that FHIR gives it."""

    def __init__(self, place: str, detail: str, code: str = "malformed") -> None:
        super().__init__(f"{place}: {detail}")
        self.place = place
        self.detail = detail
        self.code = code


class Node:
    """One JSON object. `place` is a FHIRPath such as ``Bundle.entry[3].resource.code``, made only when asked for."""

    __slots__ = ("_key", "_parent", "data")

    def __init__(self, data: Mapping[str, Any], parent: Node | None, key: str) -> None:
        self.data = data
        self._parent = parent
        self._key = key

    @property
    def place(self) -> str:
        return self._key if self._parent is None else f"{self._parent.place}.{self._key}"

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def malformed(self, key: str, detail: str, code: str = "malformed") -> Malformed:
        return Malformed(f"{self.place}.{key}" if key else self.place, detail, code)

    def text(self, key: str) -> str | None:
        """A string, or None when the element is missing."""
        value = self.data.get(key)
        if type(value) is str:
            return value
        if value is None and key not in self.data:
            return None
        raise self.malformed(key, "A text is expected here.")

    def word(self, key: str, allowed: Collection[str]) -> str:
        """A required code of a closed list."""
        value = self.text(key)
        if value is None:
            raise self.malformed(key, f"The element “{key}” is missing.", "missing-element")
        if value not in allowed:
            raise self.malformed(key, f"“{value[:40]}” is not one of FHIR's codes here.")
        return value

    def flag(self, key: str) -> bool | None:
        value = self.data.get(key)
        if type(value) is bool or (value is None and key not in self.data):
            return value
        raise self.malformed(key, "true or false is expected here.")

    def number(self, key: str) -> Decimal | None:
        value = self.data.get(key)
        if type(value) is Decimal:
            return value
        if type(value) is int:
            return Decimal(value)
        if value is None and key not in self.data:
            return None
        raise self.malformed(key, "A number is expected here.")

    def child(self, key: str) -> Node | None:
        """An object, or None when the element is missing."""
        value = self.data.get(key)
        if type(value) is dict:
            return Node(value, self, key)
        if value is None and key not in self.data:
            return None
        raise self.malformed(key, "An object is expected here.")

    def children(self, key: str) -> Iterator[Node]:
        """The objects of a list; none when the element is missing."""
        value = self.data.get(key)
        if value is None and key not in self.data:
            return
        if type(value) is not list:
            raise self.malformed(key, "A list is expected here.")
        for index, member in enumerate(value):
            if type(member) is not dict:
                raise self.malformed(f"{key}[{index}]", "An object is expected here.")
            yield Node(member, self, f"{key}[{index}]")

    def choice(self, stem: str) -> str | None:
        """The key of a choice element such as ``value[x]``; more than one is malformed."""
        size = len(stem)
        found = [k for k in self.data if k.startswith(stem) and k[size : size + 1].isupper()]
        if len(found) > 1:
            raise self.malformed(
                f"{stem}[x]", "Only one of " + ", ".join(sorted(found)) + " may be given."
            )
        return found[0] if found else None

    def extensions(self, url: str) -> Iterator[Node]:
        """The extensions with this URL."""
        if "extension" in self.data:
            for extension in self.children("extension"):
                if extension.data.get("url") == url:
                    yield extension
