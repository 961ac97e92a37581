"""The browser of the journeys: Debian's ``chromium``, installed by ``make test`` where it may.

``python -m tests.journeys.chromium install`` installs it if this user is allowed to (root, or sudo
without a password) and this is a Debian; then it is required. ``... note`` prints, for the end of a
run, that the journeys were skipped, if they were.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-dejavu-core")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable() -> str | None:
    """The installed browser's path; ``CHROMIUM`` names another one."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def may_install() -> list[str] | None:
    """What to put before ``apt-get`` to be allowed to install; None if it is not allowed."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode:
        return None
    return [sudo, "-n"] if sudo else None


def install() -> int:
    """Install it unless it is there; 0 also where it may not be installed."""
    before = may_install()
    if executable() or before is None:
        return 0
    print("Installing Debian's chromium for the journeys", flush=True)  # noqa: T201
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    for arguments in (
        ["update"],
        ["install", "--yes", "--no-install-recommends", *PACKAGES],
    ):
        status = subprocess.run(
            [*before, *quiet, *arguments], stdout=subprocess.DEVNULL, check=False
        ).returncode
        if status:
            print("chromium could not be installed, and is required here", file=sys.stderr)  # noqa: T201
            return status
    return 0


def note() -> None:
    if executable() is None:
        print(  # noqa: T201
            "NOTE: the journeys in a browser were SKIPPED: chromium is not installed and this user "
            "may not install it.\n      To run them: apt-get install chromium, then make test."
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["note"]:
        note()
    else:
        sys.exit(install())
