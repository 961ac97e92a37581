"""A line of a bulk export: one FHIR resource, whose it is, and under which name others refer to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from patients.intake import strict_json
from patients.intake.csv.rows import Bad, Fault, bad
from patients.intake.fhir.references import SUBJECT
from patients.intake.lines import Line
from patients.intake.problems import Refused

MOST_NAME: Final = 300


class Resource(NamedTuple):
    """One line that is a resource."""

    number: int
    text: str
    type: str
    key: str
    """``Type/id``; empty without an id."""
    subject: str
    """``Patient/id`` of whose it is; empty for one that belongs to no patient by itself, such as a Medication."""


def read_line(line: Line) -> Resource | Bad | None:
    """The resource of a line; None for an empty one."""
    if line.too_long:
        return bad(line, "", "too-long", "The line is longer than 1 MB.")
    if not line.data.strip():
        return None
    try:
        tree = strict_json.parse(line.data)
    except Refused as refused:
        issue = refused.issues[0]
        return bad(line, issue.place, issue.code, issue.detail)
    if not isinstance(tree, dict) or not _is_name(tree.get("resourceType")):
        return bad(line, "", "not-a-resource", "The line is not a FHIR resource.")
    kind = tree["resourceType"]
    if kind == "Bundle":
        said = "The line is a Bundle. In a bulk export each line is one resource."
        return bad(line, "", "bundle-line", said)
    key = f"{kind}/{tree['id']}" if _is_name(tree.get("id")) else ""
    if kind == "Patient" and not key:
        said = "The Patient has no id, so no other line can refer to it."
        return bad(line, "/id", "patient-unreadable", said)
    if kind == "Patient":
        return _made(line, kind, key, key)
    subject = _subject(tree, kind)
    if subject is None:
        place = f"/{SUBJECT.get(kind, 'subject')}"
        said = "The resource does not say by “Patient/id” whose it is."
        return bad(line, place, "missing-subject", said)
    return _made(line, kind, key, subject)


def references(tree: Any) -> Iterator[str]:
    """Every ``Type/id`` that a resource refers to, wherever it does."""
    level = [tree]
    while level:
        one = level.pop()
        if isinstance(one, dict):
            said = one.get("reference")
            if isinstance(said, str) and (key := _key(said)):
                yield key
            level.extend(one.values())
        elif isinstance(one, list):
            level.extend(one)


def _made(line: Line, kind: str, key: str, subject: str) -> Resource:
    text = line.data.decode("utf-8-sig").strip()
    return Resource(line.number, text, kind, key, subject)


def _subject(tree: dict[str, Any], kind: str) -> str | None:
    """``Patient/id``; empty where the type has no patient and names none; None where it should."""
    required = SUBJECT.get(kind)
    for name in (required,) if required else ("subject", "patient"):
        held = tree.get(name)
        for one in held if isinstance(held, list) else [held]:
            said = one.get("reference") if isinstance(one, dict) else None
            key = _key(said) if isinstance(said, str) else ""
            if key.startswith("Patient/"):
                return key
        if held is not None:
            return None
    return None if required else ""


def _key(reference: str) -> str:
    """``Type/id`` of a relative or absolute reference, without its version; empty where it is none."""
    steps = reference.partition("/_history/")[0].rsplit("/", 2)[-2:]
    if len(steps) != 2 or not all(_is_name(step) for step in steps):
        return ""
    return "/".join(steps)


def _is_name(said: object) -> bool:
    return isinstance(said, str) and 0 < len(said) <= MOST_NAME


__all__ = ["Bad", "Fault", "Resource", "read_line", "references"]
