"""A look over a whole resource before it is read: what forbids its use, and which extensions it carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from patients.intake.fhir.conditions import MORPHOLOGY
from patients.intake.fhir.intents import URLS as INTENT_URLS
from patients.intake.fhir.patient import BIRTH_SEX, SEX
from patients.intake.fhir.values import ABSENT

READ_EXTENSIONS: Final = frozenset({MORPHOLOGY, *INTENT_URLS, BIRTH_SEX, SEX, ABSENT})
_FORBIDDEN: Final = {
    "modifierExtension": "modifier-extension",
    "implicitRules": "implicit-rules",
}
_HOLDERS: Final = frozenset({dict, list})


class Survey(NamedTuple):
    forbidden: tuple[str, str] | None
    """Reason code and path of what may change the meaning in a way not known here."""
    extensions: frozenset[str]
    """URLs of extensions that are not read, wherever they stand."""


def survey(resource: Mapping[str, Any]) -> Survey:
    """Look into every object of `resource`, contained resources included."""
    urls: set[str] = set()
    level: list[Any] = [resource]
    while level:
        value = level.pop()
        if type(value) is dict:
            if "modifierExtension" in value or "implicitRules" in value:
                return Survey(_found(resource), frozenset())
            if "extension" in value:
                urls.update(_unread(value["extension"]))
            for one in value.values():
                if type(one) in _HOLDERS:
                    level.append(one)
        else:
            for one in value:
                if type(one) in _HOLDERS:
                    level.append(one)
    return Survey(None, frozenset(urls))


def _unread(extensions: object) -> list[str]:
    """Absolute URLs only: the parts of a complex extension have names of their own."""
    return [
        url
        for one in (extensions if type(extensions) is list else ())
        if type(one) is dict and type(url := one.get("url")) is str
        if ":" in url and url not in READ_EXTENSIONS
    ]


def _found(resource: Mapping[str, Any]) -> tuple[str, str] | None:
    """Reason code and path of the first that stands in the resource."""
    level: list[tuple[Any, str]] = [(resource, "")]
    while level:
        value, path = level.pop()
        if type(value) is dict:
            for key in _FORBIDDEN:
                if key in value:
                    return _FORBIDDEN[key], f"{path}.{key}"
            level += [(member, f"{path}.{key}") for key, member in reversed(value.items())]
        elif type(value) is list:
            numbered = list(enumerate(value))
            level += [(member, f"{path}[{index}]") for index, member in reversed(numbered)]
    return None
