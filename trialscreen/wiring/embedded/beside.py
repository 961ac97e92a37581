"""Commands beside a running ``make run``: they use its database and its settings, until it ends.

The server leaves what it made up for itself in a file that only its user can read, and takes it away in the end. A
command takes it from there where nobody has named a database, and only while the server runs.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from trialscreen.wiring.embedded.places import LOCK, RUN_FOLDER

FILE: Final = "environment"


@contextmanager
def lent(run: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Leave in the folder `run` what `environment` says beyond the process's own, as long as the block lasts."""
    own = {name: said for name, said in environment.items() if os.environ.get(name) != said}
    file = run / FILE
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as new:
        json.dump(own, new)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def borrow(checkout: Path, environment: MutableMapping[str, str]) -> bool:
    """Take over what a running server of the checkout has left; what is said already stays.

    Nothing is taken where a database is named, or where no server runs. Returns whether something was.
    """
    run = checkout / RUN_FOLDER
    file = run / FILE
    if environment.get("DATABASE_URL", "").strip() or not file.is_file() or not _runs(run):
        return False
    for name, said in json.loads(file.read_text()).items():
        environment.setdefault(name, said)
    return True


def _runs(run: Path) -> bool:
    try:
        with (run / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
