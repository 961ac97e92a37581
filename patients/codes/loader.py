"""Reads `dictionary.json` once, when the package is imported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

PATH: Final = Path(__file__).with_name("dictionary.json")


def digest_of(content: Mapping[str, Any]) -> str:
    """The digest of a dictionary's content: of its canonical JSON without the digest itself."""
    bare = {key: value for key, value in content.items() if key != "digest"}
    canonical = json.dumps(bare, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _loaded() -> dict[str, Any]:
    content = json.loads(PATH.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


CONTENT: Final[Mapping[str, Any]] = _loaded()
VERSION: Final[str] = CONTENT["version"]
DIGEST: Final[str] = CONTENT["digest"]

_SYSTEMS: Final[Mapping[str, str]] = {
    uri: name for name, uris in CONTENT["systems"].items() for uri in uris
}


def system_of(uri: str | None) -> str | None:
    """Short name of a code system (``loinc``, ``snomed``, ``icd-10`` ...), or None when it is not known."""
    return None if uri is None else _SYSTEMS.get(uri.strip())


def enabled(codes: Mapping[str, Any] | None) -> dict[str, str]:
    """Code to label, without the codes that are kept in the dictionary but not verified yet."""
    labels: dict[str, str] = {}
    for code, entry in (codes or {}).items():
        if isinstance(entry, str):
            labels[code] = entry
        elif entry.get("enabled", True):
            labels[code] = entry["label"]
    return labels
