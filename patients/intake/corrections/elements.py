"""Elements of a FHIR R4 resource, put in, replaced and taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from patients.intake import as_fhir

Resource = dict[str, Any]
Said = Mapping[str, Any]
Change = Callable[[Resource, Said], Resource]


class NotHere(ValueError):
    """The record has no such element, or it cannot be corrected without saying more."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field
        self.detail = detail


def without(resource: Resource, stem: str) -> Resource:
    """Without any form of a choice element such as ``value[x]``."""
    size = len(stem)
    return {
        key: value
        for key, value in resource.items()
        if not (key.lstrip("_").startswith(stem) and key.lstrip("_")[size : size + 1].isupper())
    }


def put(resource: Resource, key: str, value: Any) -> Resource:
    """With `value` under `key`; without the key where there is none."""
    if value is None or value == {}:
        return {name: held for name, held in resource.items() if name != key}
    return resource | {key: value}


def plain(field: str, key: str) -> Change:
    return lambda resource, said: put(resource, key, said[field])


def choice(field: str, stem: str, form: str) -> Change:
    return lambda resource, said: put(without(resource, stem), f"{stem}{form}", said[field])


def coded(field: str, key: str, system: str) -> Change:
    def change(resource: Resource, said: Said) -> Resource:
        code = said[field]
        return put(resource, key, None if code is None else as_fhir.concept(code, system))

    return change


def code_of(key: str, stem: str = "") -> Change:
    """The code of a record: ``code``, its ``system`` (else the one it had), and the ``text`` beside it."""

    def change(resource: Resource, said: Said) -> Resource:
        held = resource.get(key)
        old = held if isinstance(held, dict) else {}
        text = said.get("text", None if "code" in said else old.get("text")) or ""
        if "code" not in said:
            if "system" in said or not old:
                raise NotHere("code", "Give the code too.")
            return resource | {key: put(old, "text", text or None)}
        if "id" not in resource:
            raise NotHere("code", "A record without an id is known by its code; withdraw it.")
        system = said.get("system") or _system_of(old)
        if not system:
            raise NotHere("system", "Name the code system.")
        base = without(resource, stem) if stem else resource
        return base | {key: as_fhir.concept(said["code"], system, text)}

    return change


def _system_of(concept: Mapping[str, Any]) -> str:
    codings = concept.get("coding")
    first = codings[0] if isinstance(codings, list) and codings else None
    return str(first.get("system") or "") if isinstance(first, dict) else ""


def object_at(holder: Mapping[str, Any], key: str) -> Resource:
    held = holder.get(key)
    return dict(held) if isinstance(held, dict) else {}
