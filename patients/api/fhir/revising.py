"""An update of a record, brought back into the words in which its source speaks of it."""

from __future__ import annotations

from typing import Any

from patients.api.fhir.asked import Asked
from patients.api.fhir.delivering import Piece
from patients.api.fhir.linked import without_links
from patients.api.fhir.records import stamps
from patients.api.fhir.refusals import FhirRefusal
from patients.api.fhir.rendered import Links, placed, references, rendered
from patients.intake import strict_json
from patients.models import FhirVersion

Resource = dict[str, Any]
NAMELESS = "Its source gave this record no id, so no version of it can be told: correct it there."
_OURS = ("versionId", "lastUpdated")


def as_version_of(
    held: FhirVersion, asked: Asked, place: str, covered: Links
) -> tuple[Piece, bool]:
    """An update in the words of the record's source, and whether it says what is held already.

    Its id, and the references that were given out as ours, become again what the source had sent.
    """
    assert asked.resource is not None
    raw: Any = strict_json.parse(held.resource.raw)
    (shown,) = rendered([held], stamps([held]), covered)
    tree = {name: value for name, value in asked.resource.items() if name != "id"}
    if held.type == "Patient":
        tree = without_links(tree, raw, shown)
    same = _said(asked.resource) == _said(shown)
    sent = dict(placed(raw))
    names = {ours: sent[place] for place, ours in placed(shown) if place in sent}
    ident = raw.get("id")
    if not isinstance(ident, str) and not held.resource.full_url:
        raise FhirRefusal(409, NAMELESS, code="conflict", expression=place)
    named = {"resourceType": asked.kind} | ({"id": ident} if isinstance(ident, str) else {})
    tree = named | tree
    meta = tree.get("meta")
    if isinstance(meta, dict):
        kept = {name: value for name, value in meta.items() if name not in _OURS}
        tree = {name: value for name, value in tree.items() if name != "meta"}
        tree |= {"meta": kept} if kept else {}
    tree = strict_json.parse(strict_json.write(tree))  # type: ignore[assignment] # a copy of its own
    for one in references(tree):
        one["reference"] = names.get(one["reference"], one["reference"])
    return Piece(asked.position, tree, held.resource.full_url, place), same


def _said(tree: Resource) -> str:
    """What a resource says, without what the interface says of it."""
    meta = tree.get("meta")
    kept = {k: v for k, v in meta.items() if k not in _OURS} if isinstance(meta, dict) else meta
    rest = {name: value for name, value in tree.items() if name != "meta"}
    ordered = dict(sorted((rest | ({"meta": kept} if kept else {})).items()))
    return strict_json.write(ordered)
