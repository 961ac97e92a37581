"""The Bundle around the resources: its type, its entries, and what refuses it as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from patients.facts import Notice
from patients.intake import strict_json
from patients.intake.fhir.shapes import Malformed, Node
from patients.intake.problems import Refused, refuse

TYPES: Final = ("transaction", "batch", "collection", "searchset")
_BODILESS: Final = ("DELETE", "GET", "HEAD")


@dataclass(slots=True, eq=False)
class Entry:
    """One resource of the Bundle."""

    index: int
    node: Node
    """The resource; its place is ``Bundle.entry[index].resource``."""
    type: str
    id: str
    full_url: str
    changed: str | None
    """``meta.lastUpdated`` as sent."""
    fault: Malformed | None = None
    """What makes it unreadable before anything of it was read."""
    usable: bool = True
    """False once it could not be read or was set aside: references to it lead nowhere."""
    digest: str = ""
    """Of the resource as it was sent, where that is known; else it is taken of what is here."""

    @property
    def ref(self) -> str:
        """How facts and notices name the resource: ``Type/id`` where it has an id, and else its address.

        One without either is named by its digest. Its place in a Bundle would be another one each time that something
        arrives beside it, and a fact with another name is another fact.
        """
        if self.id:
            return f"{self.type}/{self.id}"
        return self.full_url or f"{self.type}#{self._digest()[:16]}"

    def _digest(self) -> str:
        if not self.digest:
            try:
                text = strict_json.write(self.node.data)
            except TypeError:  # A tree that no text was parsed into.
                text = repr(self.node.data)
            self.digest = digest_of(text)
        return self.digest


@dataclass(slots=True)
class Envelope:
    """What was sent, before it is read."""

    type: str
    received: int
    entries: list[Entry]
    empty: list[Notice]
    """Entries without a resource that can be read at all."""
    remarks: list[Notice]

    @property
    def whole_or_nothing(self) -> bool:
        return self.type == "transaction"


def digest_of(text: str) -> str:
    """SHA-256, in hexadecimal, of a resource as `strict_json` writes it."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def unpack(tree: object, digests: Mapping[int, str] = MappingProxyType({})) -> Envelope:
    """The entries of a FHIR R4 Bundle; `digests` as `Entry.digest`, by the index. Raises `Refused`."""
    if type(tree) is not dict or tree.get("resourceType") != "Bundle":
        raise refuse("Bundle", "not-a-bundle")
    bundle_type = tree.get("type")
    if bundle_type not in TYPES:
        raise refuse("Bundle.type", "bundle-type")
    for key in ("implicitRules", "modifierExtension"):
        if key in tree:
            raise refuse(
                f"Bundle.{key}",
                "not-a-bundle",
                f"The Bundle carries “{key}”, which is not understood.",
            )
    raw = tree.get("entry", [])
    if type(raw) is not list:
        raise refuse("Bundle.entry", "not-a-bundle", "The entries of the Bundle are not a list.")
    envelope = Envelope(bundle_type, len(raw), [], [], _remarks(tree))
    for index, member in enumerate(raw):
        _take(envelope, index, member, digests.get(index, ""))
    return envelope


def _remarks(tree: Mapping[str, Any]) -> list[Notice]:
    links = tree.get("link")
    for link in links if type(links) is list else ():
        if type(link) is dict and link.get("relation") == "next":
            detail = "The Bundle is one page of several; the other pages were not sent."
            return [Notice("remark", "other", "Bundle", "", "", "", "", "more-pages", detail)]
    return []


def _take(envelope: Envelope, index: int, member: object, digest: str) -> None:
    place = f"Bundle.entry[{index}]"
    resource = member.get("resource") if type(member) is dict else None
    if type(member) is not dict or type(resource) is not dict:
        _take_empty(envelope, place, member)
        return
    if "modifierExtension" in member:
        # Only the resource is kept: read again without what stood around it, it would be used.
        sentence = "The entry carries “modifierExtension”, which is not understood."
        raise refuse(f"{place}.modifierExtension", "not-a-bundle", sentence)
    kind = resource.get("resourceType")
    if type(kind) is not str or not kind:
        _refuse_or_list(
            envelope, place, f"{place}.resource.resourceType", "The resource does not say its type."
        )
        return
    entry = Entry(
        index,
        Node(resource, None, f"{place}.resource"),
        kind,
        _text(resource.get("id")),
        _text(member.get("fullUrl")),
        _changed(resource.get("meta")),
        digest=digest,
    )
    if "id" in resource and not entry.id:
        entry.fault = Malformed(f"{place}.resource.id", "The id is not a text.")
    envelope.entries.append(entry)


def _take_empty(envelope: Envelope, place: str, member: object) -> None:
    request = member.get("request") if type(member) is dict else None
    method = request.get("method") if type(request) is dict else None
    if method in _BODILESS:
        url = _text(request.get("url")) if type(request) is dict else ""
        detail = f"{place}: the request {method} {url[:100]} carries no resource and was not carried out."
        envelope.empty.append(Notice("unread", "other", "", "", "", "", "", "no-resource", detail))
        return
    _refuse_or_list(envelope, place, f"{place}.resource", "The entry carries no resource.")


def _refuse_or_list(envelope: Envelope, place: str, where: str, sentence: str) -> None:
    if envelope.whole_or_nothing:
        raise refuse(where, "transaction-unreadable", sentence)
    detail = f"{where}: {sentence}"
    envelope.empty.append(Notice("unread", "other", "", "", "", "", "", "no-resource", detail))


def _changed(meta: object) -> str | None:
    return _text(meta.get("lastUpdated")) or None if type(meta) is dict else None


def _text(value: object) -> str:
    return value if type(value) is str else ""


__all__ = ["TYPES", "Entry", "Envelope", "Refused", "unpack"]
