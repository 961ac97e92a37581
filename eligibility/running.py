"""Which code is running: what an assessment was made with, and what makes it overtaken when it has changed.

A protocol's own digest names what is asked. How it is answered is the engine's: the rule language, the words of the
answer, and the way from rows to a record. The engine is named by a digest over its source files, beside the version
that people read. With the reading of the facts (`patients.reading`) that is `RUNNING`.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

from eligibility.rules import ENGINE
from patients.reading import READING, digest_of_sources

SOURCES: Final = ("rules", "answers.py", "evidence.py", "snapshots.py", "actions/assessing.py")
"""Within this package: everything that can make the same record and the same protocol answer otherwise."""


def made_with(engine: str, sources: str, reading: str) -> str:
    """One name for the engine's version, the digest of its sources and the reading of the facts."""
    return "sha256:" + sha256(f"{engine}\0{sources}\0{reading}".encode()).hexdigest()


RUNNING: Final = made_with(ENGINE, digest_of_sources(Path(__file__).parent, SOURCES), READING)
