"""The closed catalogue: every value of the language by its name in canonical JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

CATALOGUE: dict[str, type] = {}
"""Every named value of the language by its name in canonical JSON: the closed list of kinds."""

Named = TypeVar("Named", bound=type)


def named(name: str) -> Callable[[Named], Named]:
    """Enter a frozen class into the catalogue under its name in canonical JSON."""

    def enter(cls: Named) -> Named:
        if name in CATALOGUE:
            raise ValueError(f"the catalogue already has a kind called {name}")
        CATALOGUE[name] = cls
        cls.kind = name  # type: ignore[attr-defined]
        return cls

    return enter
