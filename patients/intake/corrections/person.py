"""Who the patient is."""

from __future__ import annotations

from patients.intake import as_fhir
from patients.intake.corrections.elements import Resource, Said, put, without
from patients.intake.fhir.patient import BIRTH_SEX, SEX


def name_of(resource: Resource, said: Said) -> Resource:
    held = resource.get("name")
    names = list(held) if isinstance(held, list) else []
    name = dict(names[0]) if names and isinstance(names[0], dict) else {}
    if "family_name" in said:
        name = put(name, "family", said["family_name"] or None)
    if "given_name" in said:
        name = put(name, "given", (said["given_name"] or "").split() or None)
    name.pop("text", None)
    return resource | {"name": [name, *names[1:]]}


def sex(resource: Resource, said: Said) -> Resource:
    """Administrative gender; what the record said of sex at birth would contradict it and is taken away."""
    extensions = resource.get("extension")
    held = [
        one
        for one in (extensions if isinstance(extensions, list) else ())
        if not (isinstance(one, dict) and one.get("url") in (BIRTH_SEX, SEX))
    ]
    return put(put(resource, "extension", held or None), "gender", said["sex"])


def deceased(resource: Resource, said: Said) -> Resource:
    base = without(resource, "deceased")
    if said.get("deceased_on") is not None:
        return base | {"deceasedDateTime": said["deceased_on"]}
    return base | (
        {"deceasedBoolean": said["deceased"]} if said.get("deceased") is not None else {}
    )


def address(resource: Resource, said: Said) -> Resource:
    """The home from now on; what had been the home is an old one."""
    held = resource.get("address")
    addresses = [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []
    homes = [one for one in addresses if one.get("use") != "old"]
    home = next((one for one in homes if one.get("use") == "home"), homes[0] if homes else {})
    changed = dict(home)
    for field, key in (("postal_code", "postalCode"), ("city", "city"), ("country", "country")):
        if field in said:
            changed = put(changed, key, said[field] or None)
    rest = [one for one in addresses if one is not home]
    return resource | {"address": [changed | {"use": "home"}, *rest]}


def identifiers(resource: Resource, said: Said) -> Resource:
    """Added to those that the record has."""
    held = resource.get("identifier")
    known = list(held) if isinstance(held, list) else []
    same = {(one.get("system", ""), one.get("value")) for one in known if isinstance(one, dict)}
    fresh = [
        as_fhir.identifier(**one)
        for one in said["identifiers"]
        if (one.get("system", ""), one["value"]) not in same
    ]
    return resource | {"identifier": known + fresh} if fresh else resource
