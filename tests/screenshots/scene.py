"""What a row of the table of pages is about: whose page, and the numbers in its address."""

from __future__ import annotations

from typing import Final, NamedTuple
from uuid import UUID

PASSWORD: Final = "a picture is worth a password"
SITE: Final = "edmonton"
NOBODY: Final = UUID(int=0)


class Scene(NamedTuple):
    name: str
    patient: UUID
    screening: UUID
    note: int = 0
    """The number of what the scene is about: a note, an entry of the delegation log, a person, a client."""
    part: int = 0
    """The number of something of it: a role of a person."""
    key: str = ""
    """The end of a link."""
