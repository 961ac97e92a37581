"""Who the servers run as. PostgreSQL refuses root, so root lends them an id that nobody has."""

from __future__ import annotations

import os
import pwd
import zlib
from dataclasses import dataclass
from pathlib import Path

# Where systemd, too, picks ids that belong to no account; within what a container maps.
SPARE_IDS = range(61184, 65520)


@dataclass(frozen=True, slots=True)
class Account:
    """A user id and group id without name, home or rights of their own."""

    uid: int
    gid: int

    def own(self, top: Path) -> None:
        """Hand a folder that was made for this account, and all in it, over to it."""
        os.chown(top, self.uid, self.gid)
        for folder, names, files in os.walk(top):
            for name in names + files:
                os.chown(os.path.join(folder, name), self.uid, self.gid, follow_symlinks=False)


def account_for(purpose: str) -> Account | None:
    """None for an ordinary user, who runs the servers herself; for root, a spare id.

    The same `purpose` gives the same id each time, as long as no account has taken it.
    """
    if os.geteuid() != 0:
        return None
    first = zlib.crc32(purpose.encode()) % len(SPARE_IDS)
    for step in range(len(SPARE_IDS)):
        candidate = SPARE_IDS[(first + step) % len(SPARE_IDS)]
        try:
            pwd.getpwuid(candidate)
        except KeyError:
            return Account(candidate, candidate)
    raise RuntimeError("no unused user id is left to run PostgreSQL under")


def named_account() -> Account:
    """A named account other than root: ``initdb`` alone insists that its user has a name."""
    try:
        found = pwd.getpwnam("nobody")
    except KeyError:
        found = next(each for each in pwd.getpwall() if each.pw_uid != 0)
    return Account(found.pw_uid, found.pw_gid)
