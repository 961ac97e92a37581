"""What a request, or an entry of a Bundle, asks to be done: read strictly, nothing done yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from patients.api.fhir.refusals import FhirRefusal, not_supported
from patients.api.fhir.registry import KINDS

Resource = dict[str, Any]
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH")
_ADDRESS = re.compile(r"/?(?P<kind>[A-Z][A-Za-z]{1,63})(?:/(?P<ident>[A-Za-z0-9\-.]{1,64}))?")


class Asked(NamedTuple):
    """One thing to do."""

    position: int
    method: str
    """Empty for an entry of a delivery, which says nothing but a resource."""
    kind: str
    ident: str = ""
    resource: Resource | None = None
    full_url: str = ""
    if_match: str | None = None
    if_none_exist: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    place: str = ""
    """FHIRPath of the entry; empty for a request of its own."""

    @property
    def plain(self) -> bool:
        """It says what is known of a patient, and under no condition."""
        return self.method in ("", "POST", "PUT") and self.if_match is self.if_none_exist is None

    def where(self, element: str) -> str:
        return f"{self.place}.{element}" if self.place else f"http.{element}"


def entries_of(tree: Mapping[str, Any]) -> Iterator[Asked | FhirRefusal]:
    """What each entry of a batch or transaction asks for, or why it cannot be understood."""
    held = tree.get("entry")
    for position, member in enumerate(held if isinstance(held, list) else ()):
        try:
            yield _entry(position, member)
        except FhirRefusal as refusal:
            yield refusal


def delivered(tree: object) -> Iterator[Asked]:
    """What the entries of a delivery say is known; what says nothing is left to the reader, which tells why."""
    held = tree.get("entry") if isinstance(tree, dict) else None
    for position, member in enumerate(held if isinstance(held, list) else ()):
        resource = member.get("resource") if isinstance(member, dict) else None
        if isinstance(resource, dict):
            kind, place = str(resource.get("resourceType", "")), f"Bundle.entry[{position}]"
            yield Asked(position, "", kind, resource=resource, place=place)


def _entry(position: int, member: object) -> Asked:
    place = f"Bundle.entry[{position}]"
    if not isinstance(member, dict):
        raise _odd(place, "An entry is an object.")
    resource = member.get("resource")
    resource = resource if isinstance(resource, dict) else None
    kind = str(resource.get("resourceType", "")) if resource else ""
    full_url = member.get("fullUrl")
    url = full_url if isinstance(full_url, str) else ""
    request = member.get("request")
    if request is None:
        if resource is None:
            raise _odd(place, "The entry says neither what is known nor what to do.")
        return Asked(position, "", kind, resource=resource, full_url=url, place=place)
    if not isinstance(request, dict) or request.get("method") not in METHODS:
        raise _odd(f"{place}.request.method", "The request does not say what to do.")
    for name in ("url", "ifMatch", "ifNoneExist"):
        if not isinstance(request.get(name, ""), str):
            raise _odd(f"{place}.request.{name}", "A text is expected here.")
    for name in ("ifNoneMatch", "ifModifiedSince"):
        if name in request and request["method"] != "GET":
            raise not_supported(f"{name} is for reading.", f"{place}.request.{name}", status=422)
    asked = _at(position, request["method"], request.get("url", ""), place)
    if asked.method in ("POST", "PUT") and (resource is None or kind != asked.kind):
        raise _odd(f"{place}.resource", f"A resource of the type {asked.kind} is expected here.")
    if asked.method == "DELETE" and resource is not None:
        raise _odd(f"{place}.resource", "A withdrawal carries no resource.")
    return asked._replace(
        resource=resource,
        full_url=url,
        if_match=request.get("ifMatch"),
        if_none_exist=request.get("ifNoneExist"),
    )


def _at(position: int, method: str, url: str, place: str) -> Asked:
    where = f"{place}.request.url"
    path, _, query = url.partition("?")
    match = _ADDRESS.fullmatch(path)
    if match is None:
        raise _odd(where, "The address is one below this interface: Type or Type/id.")
    kind, ident = match["kind"], match["ident"] or ""
    if kind not in KINDS and method not in ("PUT", "POST"):
        raise FhirRefusal(404, f"There is no {kind} here.", expression=where)
    if query and method != "GET":
        raise not_supported("Conditional changes are not supported.", where, status=412)
    if method == "PATCH" or ((method == "POST") == bool(ident) and method not in ("GET", "HEAD")):
        raise not_supported(f"{method} is not done at this address.", where, status=405)
    pairs = tuple(pairs_of(query)) if query else ()
    method = "GET" if method == "HEAD" else method
    return Asked(position, method, kind, ident, query=pairs, place=place)


def _odd(place: str, said: str) -> FhirRefusal:
    return FhirRefusal(422, said, code="structure", expression=place)


def pairs_of(query: str) -> list[tuple[str, str]]:
    """The parameters of a condition. Raises FhirRefusal."""
    try:
        return parse_qsl(
            query.partition("?")[2] or query, keep_blank_values=True, errors="strict",
            max_num_fields=100,
        )  # fmt: skip
    except ValueError:
        raise FhirRefusal(400, "The condition cannot be read.", code="invalid") from None
