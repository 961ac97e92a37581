"""Bundles that go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from patients.api.fhir.doors import weak
from patients.api.fhir.rendered import moment

Json = dict[str, Any]


def bundle(
    kind: str,
    entries: Sequence[Json],
    *,
    total: int | None = None,
    links: Mapping[str, str] | None = None,
) -> Json:
    """A Bundle; `total` where it is known without counting."""
    made: Json = {"resourceType": "Bundle", "type": kind}
    if total is not None:
        made["total"] = total
    if links:
        made["link"] = [{"relation": name, "url": url} for name, url in links.items()]
    return made | {"entry": list(entries)} if entries else made


def entry(
    base: str, address: str, tree: Json | None, version_id: str, at: datetime, *, first: bool
) -> Json:
    """One entry of a history; a withdrawal has no resource."""
    method, status = ("POST", "201 Created") if first else ("PUT", "200 OK")
    if tree is None:
        method, status = "DELETE", "204 No Content"
    kind = address.partition("/")[0]
    told = {"status": status, "etag": weak(version_id), "lastModified": moment(at)}
    shown: Json = {"fullUrl": f"{base}/{address}"}
    if tree is not None:
        shown["resource"] = tree
    url = kind if method == "POST" else address
    return shown | {"request": {"method": method, "url": url}, "response": told}
