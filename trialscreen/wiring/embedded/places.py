"""Where the servers keep their data and sockets.

For an ordinary user everything lies in the checkout's own ``.run`` folder. Root's servers run
under another id, which may not be able to reach the checkout (a home folder is often closed to
others), so they get a folder of their own elsewhere. Either way only folders made here are given an
owner or permissions; no folder that was there before is changed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from trialscreen.wiring.embedded.accounts import Account, account_for

# A socket's path has room for about 107 bytes; ours ends in "/.s.PGSQL.5432".
LONGEST_SOCKET_FOLDER = 85
HOMES_OF_ROOT = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 - owner and content are checked
RUN_FOLDER = ".run"
LOCK = "lock"
OWNER_NOTE = "made-for"
SHORT_SOCKETS_NOTE = "sockets-are-in"
SHUT = 0o700
PASSABLE = 0o711


class PlaceFault(Exception):
    """A folder is not what it must be; the message is for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Place:
    """Folders of one set of servers, and the account they run under (None: whoever starts them)."""

    home: Path
    sockets: Path
    account: Account | None
    fleeting: tuple[Path, ...] = ()
    """Made for this start only; removed by :meth:`leave`."""

    def folder(self, name: str) -> Path:
        """A closed folder in `home` that the servers own; made when missing."""
        return _closed_folder(self.home / name, self.account)

    def leave(self) -> None:
        for folder in self.fleeting:
            shutil.rmtree(folder, ignore_errors=True)


def lasting_place(checkout: Path) -> Place:
    """The place of ``make run`` in this checkout: the same at each start.

    Raises :class:`PlaceFault` when a folder of that name belongs to somebody else.
    """
    own = run_folder(checkout)
    account = account_for(str(checkout))
    if account is None:
        sockets = own / "sockets"
        if len(os.fsencode(sockets)) > LONGEST_SOCKET_FOLDER:
            sockets = _short_sockets(own)
        return Place(own, _closed_folder(sockets, None), None)
    home = _home_of_root(checkout)
    return Place(home, _closed_folder(home / "sockets", account), account)


def passing_place() -> Place:
    """A new place that is gone after :meth:`Place.leave`, for tests."""
    home = Path(tempfile.mkdtemp(prefix="trialscreen-", dir=_short_temporary_folder()))
    account = account_for(str(home))
    if account is not None:
        home.chmod(PASSABLE)
    return Place(home, _closed_folder(home / "sockets", account), account, fleeting=(home,))


def run_folder(checkout: Path) -> Path:
    """``.run`` of the checkout, closed to others; made when missing."""
    folder = checkout / RUN_FOLDER
    try:
        folder.mkdir(mode=SHUT, exist_ok=True)
    except OSError as fault:
        raise PlaceFault(f"the folder {folder} cannot be made: {fault.strerror}") from fault
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PlaceFault(
            f"the folder {folder} belongs to another user, who started this before. "
            "That user can remove it with: make clean-run"
        )
    return folder


def emptied(folder: Path) -> str:
    """A closed folder with nothing in it; its name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=SHUT)
    return str(folder)


def forget(checkout: Path) -> list[Path]:
    """Remove what ``make run`` keeps for this checkout; the folders that are gone.

    Raises :class:`PlaceFault` while it runs: nothing is ended here, or taken from under it.
    """
    own = checkout / ".run"
    with suppress(FileNotFoundError), (own / LOCK).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise PlaceFault("it is running; end it first (Ctrl-C where it was started)") from held
    candidates = [kept for kept in [_kept_short_sockets(own)] if kept] + [own]
    if os.geteuid() == 0:
        homes = [parent / _name_for(checkout) for parent in HOMES_OF_ROOT]
        candidates += [home for home in homes if _is_ours(home, checkout)]
    gone = []
    for folder in candidates:
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
            gone.append(folder)
    return gone


def _short_sockets(own: Path) -> Path:
    """A folder with a short name for a checkout with a long one, the same at each start."""
    kept = _kept_short_sockets(own)
    if kept is None:
        kept = Path(tempfile.mkdtemp(prefix="trialscreen-", dir=_short_temporary_folder()))
        (own / SHORT_SOCKETS_NOTE).write_text(str(kept))
    return kept


def _kept_short_sockets(own: Path) -> Path | None:
    try:
        kept = Path((own / SHORT_SOCKETS_NOTE).read_text())
        found = kept.lstat()
    except OSError:
        return None
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    return kept if ours and kept.name.startswith("trialscreen-") else None


def _name_for(checkout: Path) -> str:
    return f"trialscreen-{zlib.crc32(os.fsencode(checkout)):08x}"


def _home_of_root(checkout: Path) -> Path:
    candidates = [parent / _name_for(checkout) for parent in HOMES_OF_ROOT]
    for home in candidates:
        if _is_ours(home, checkout):
            return home
    for home in candidates:
        try:
            home.mkdir(mode=PASSABLE)
        except FileExistsError as fault:
            raise PlaceFault(
                f"{home} is there already and was not made for this checkout"
            ) from fault
        except OSError:
            continue
        home.chmod(PASSABLE)
        (home / OWNER_NOTE).write_text(f"{checkout}\n")
        return home
    raise PlaceFault(f"no folder can be made below {' or '.join(map(str, HOMES_OF_ROOT))}")


def _is_ours(home: Path, checkout: Path) -> bool:
    try:
        found = home.lstat()
        note = (home / OWNER_NOTE).read_text()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and note == f"{checkout}\n"


def _short_temporary_folder() -> str | None:
    """The usual temporary folder, unless its name leaves too little room for a socket."""
    usual = tempfile.gettempdir()
    passable = os.geteuid() != 0 or _others_may_pass(Path(usual))
    if passable and len(os.fsencode(usual)) < LONGEST_SOCKET_FOLDER - 40:
        return None
    return "/tmp"  # noqa: S108 - mkdtemp makes a folder with a new name in it


def _others_may_pass(folder: Path) -> bool:
    return all(each.stat().st_mode & stat.S_IXOTH for each in (folder, *folder.parents))


def _closed_folder(folder: Path, account: Account | None) -> Path:
    folder.mkdir(mode=SHUT, exist_ok=True)
    if account is not None and folder.stat().st_uid != account.uid:
        account.own(folder)
    return folder
