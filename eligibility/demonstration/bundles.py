"""Bundles as different hospitals send them: collections, batches and two kinds of transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from eligibility.demonstration.codings import Json

_SERVER: Final = "https://ehr.demonstration.invalid/fhir"


def bundled(resources: Sequence[Json], *, kind: str, timestamp: str) -> Json:
    """Return a Bundle of `resources` in their order.

    `kind` is `collection`, `batch`, `transaction` (resources keep their address, PUT) or
    `transaction-of-new` (resources are addressed by urn:uuid, POST).
    """
    new = kind == "transaction-of-new"
    addresses = {_place(item): _address(item, new=new) for item in resources}
    entries = [
        _entry(_readdressed(item, addresses) if new else item, addresses[_place(item)], kind)
        for item in resources
    ]
    return {
        "resourceType": "Bundle",
        "type": "transaction" if new else kind,
        "timestamp": timestamp,
        "entry": entries,
    }


def _place(resource: Mapping[str, object]) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _address(resource: Mapping[str, object], *, new: bool) -> str:
    if new:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{_SERVER}/{_place(resource)}").urn
    return f"{_SERVER}/{_place(resource)}"


def _entry(resource: object, address: str, kind: str) -> Json:
    entry: Json = {"fullUrl": address, "resource": resource}
    assert isinstance(resource, dict)
    if kind == "transaction-of-new":
        entry["request"] = {"method": "POST", "url": resource["resourceType"]}
    elif kind in ("transaction", "batch"):
        entry["request"] = {"method": "PUT", "url": _place(resource)}
    return entry


def _readdressed(value: object, addresses: Mapping[str, str]) -> object:
    """Return `value` with every reference to a resource of the bundle in its urn:uuid form."""
    if isinstance(value, dict):
        return {
            name: addresses.get(item, item)
            if name == "reference" and isinstance(item, str)
            else _readdressed(item, addresses)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_readdressed(item, addresses) for item in value]
    return value
