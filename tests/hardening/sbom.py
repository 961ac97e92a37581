"""``python -m tests.hardening.sbom``: what the application is made of, as CycloneDX 1.6 in JSON.

Made from ``requirements.txt`` alone: every package with its version, the sums of its files, and who needs it. The
serial number comes from the content, so the same requirements give the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
OURS = "trialscreen"


class Pinned(NamedTuple):
    name: str
    version: str
    sums: tuple[str, ...]
    needed_by: tuple[str, ...]


def pinned(text: str) -> list[Pinned]:
    """The packages of a requirements file as ``make lock`` writes it."""
    found = []
    for block in re.split(r"(?m)^(?=[a-z0-9])", text):
        head = re.match(r"([a-z0-9._-]+)==(\S+)", block)
        if head is None:
            continue
        sums = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
        said = re.sub(r"#|via", " ", block.rpartition("# via")[2])
        parents = tuple(re.findall(r"^\s*([a-z0-9._-]+)", said, re.MULTILINE))
        found.append(Pinned(head[1], head[2], sums, parents))
    return found


def document(text: str) -> dict[str, Any]:
    packages = pinned(text)
    needs: dict[str, list[str]] = {name: [] for name in (OURS, *(one.name for one in packages))}
    for one in packages:
        for parent in one.needed_by:
            needs.setdefault(parent, []).append(reference(one))
    refs = {one.name: reference(one) for one in packages} | {OURS: OURS}
    serial = uuid.uuid5(uuid.NAMESPACE_URL, text)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": OURS, "bom-ref": OURS}},
        "components": [component(one) for one in packages],
        "dependencies": [
            {"ref": refs[name], "dependsOn": sorted(held)} for name, held in needs.items()
        ],
    }


def reference(one: Pinned) -> str:
    return f"pkg:pypi/{one.name}@{one.version}"


def component(one: Pinned) -> dict[str, Any]:
    sums = [{"url": f"https://pypi.org/project/{one.name}/{one.version}/", "type": "distribution"}]
    return {
        "type": "library",
        "bom-ref": reference(one),
        "name": one.name,
        "version": one.version,
        "purl": reference(one),
        "externalReferences": [
            each | {"hashes": [{"alg": "SHA-256", "content": held} for held in one.sums]}
            for each in sums
        ],
    }


if __name__ == "__main__":
    told = document((ROOT / "requirements.txt").read_text())
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
