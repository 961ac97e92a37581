"""Which reading this is: of everything that turns what was received into facts, one digest.

Facts are kept as rows, so a corrected code list or a corrected rule of intake does not reach them by itself. Each
patient's rows say which reading they are of (`Patient.read_with`); where it is not the running one, they are read anew
from what was received.

The digest is taken over the source files themselves. A version number that somebody has to think of would be cheaper by
some needless readings, and wrong for as long as it was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

from patients.codes.loader import VERSION

_HERE: Final = Path(__file__).parent
SOURCES: Final = (
    *(
        "codes",
        "intake",
        "facts.py",
        "values.py",
        "codec.py",
        "identity.py",
        "merged.py",
        "stored.py",
    ),
    "local_codes.py",
    "actions/derive.py",
)
"""Within this package: folders, with all Python and JSON in them, and single files."""


def digest_of_sources(top: Path, names: Iterable[str]) -> str:
    """SHA-256, in hexadecimal, of the files and folders called `names` in `top`: of their places and their text.

    The same on every machine, system and Python, however lines end.
    """
    total = sha256()
    for path in sorted(_files(top, names), key=lambda path: path.relative_to(top).as_posix()):
        text = path.read_text(encoding="utf-8")
        total.update(f"{path.relative_to(top).as_posix()}\0{len(text)}\0{text}".encode())
    return total.hexdigest()


def _files(top: Path, names: Iterable[str]) -> Iterable[Path]:
    for name in names:
        found = top / name
        if found.is_dir():
            yield from (path for path in found.rglob("*") if path.suffix in (".py", ".json"))
        else:
            yield found


def dictionary_of(reading: str) -> str:
    """The version of the code dictionary with which a reading was made."""
    return reading.rpartition(" ")[0]


READING: Final = f"{VERSION} {digest_of_sources(_HERE, SOURCES)}"
"""The running one: the dictionary's version, a space, and the digest."""
