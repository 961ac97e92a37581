"""Every route of the URL conf, and every operation of the OpenAPI document, as the sweep walks them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize
from drf_spectacular.generators import SchemaGenerator


class Route(NamedTuple):
    """One pattern of the URL conf."""

    pattern: str
    """As it stands there, all its parts joined."""
    name: str
    template: str
    """With ``%(patient)s`` where something is filled in."""
    parameters: tuple[str, ...]
    view: Any
    defaults: Mapping[str, Any]

    def at(self, **values: str) -> str:
        return "/" + self.template % values


def routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, "", "", ()))


def _walk(patterns: Any, before: str, shown: str, named: tuple[str, ...]) -> Iterator[Route]:
    for each in patterns:
        template, parameters = normalize(each.pattern.regex.pattern.replace(r"\Z", "$"))[0]
        there, words = before + template, (*named, *parameters)
        written = shown + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, there, written, words)
        elif isinstance(each, URLPattern) and not written.startswith(settings.STATIC_URL[1:]):
            yield Route(
                written, each.name or "", there, words, each.callback, each.default_args or {}
            )


@cache
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def operation(route: Route, verb: str) -> dict[str, Any]:
    """What the OpenAPI document says of a route and verb; empty where it says nothing."""
    path = "/" + re.sub(r"%\((\w+)\)s", r"{\1}", route.template)
    found: dict[str, Any] = document()["paths"].get(path, {}).get(verb.lower(), {})
    return found


def query_names(route: Route) -> list[str]:
    asked = operation(route, "get").get("parameters", ())
    return [one["name"] for one in asked if one["in"] == "query"]


def body_of(route: Route, verb: str) -> dict[str, Any] | None:
    """A body that the document allows, or None where none is described."""
    content = operation(route, verb).get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return None
    made = _example(schema, "")
    return made if isinstance(made, dict) else None


SAID: Mapping[str, Any] = {
    "system": "http://loinc.org",
    "code": "777-3",
    "collected": "2026-11-20",
    "value": 180,
    "unit": "10*3/uL",
    "reason": "A slip of the pen.",
    "trial": "NCT00514085",
    "criterion": "platelets",
    "stated_on": "2026-11-20",
    "start": "2026-01-05",
    "birth_date": "1980-01-02",
    "password": "a wrong password",
    "consent_on": "2026-11-20",
    "occurred_on": "2026-11-20",
    "consent_version": "1.0",
    "part": "A",
    "record_version": 1,
}
"""What is said where a schema leaves it open."""


def _example(schema: Mapping[str, Any], name: str) -> Any:
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for many in ("oneOf", "anyOf", "allOf"):
        if many in schema:
            return _example(schema[many][0], name)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    kind = next((one for one in kind if one != "null"), None) if isinstance(kind, list) else kind
    if kind == "object":
        fields = schema.get("properties", {})
        # What has to be said, and what is known how to be said: more would contradict itself.
        wanted = {*schema.get("required", ()), *SAID}
        return {field: _example(one, field) for field, one in fields.items() if field in wanted}
    if kind == "array":
        return [_example(schema.get("items", {}), name)]
    if name in SAID:
        return str(SAID[name]) if kind == "string" else SAID[name]
    return {"integer": 1, "number": 1, "boolean": False}.get(kind or "", "some words")
