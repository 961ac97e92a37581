"""One process of ours: started apart from the terminal, ended for certain.

Each gets a session of its own, so that Ctrl-C reaches only the one who can end them in order; and
on Linux the kernel ends it too should its starter be killed without a word.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trialscreen.wiring.embedded.accounts import Account

LAST_LINES = 25
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class ProcessFault(Exception):
    """A process ended that should not have; the message holds the end of its log."""


@dataclass(slots=True)
class Process:
    """A running child. `ends_on` is the signal that makes it finish in good order."""

    name: str
    command: Sequence[str | Path]
    log: Path
    ends_on: signal.Signals = signal.SIGTERM
    account: Account | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    folder: Path | None = None
    sockets: Sequence[int] = ()
    """File descriptors of listening sockets that the child inherits."""
    _child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; its output goes to `log`, begun anew."""
        account = self.account
        with self.log.open("wb") as out:
            self._child = subprocess.Popen(
                [str(part) for part in self.command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=dict(self.environment),
                start_new_session=True,
                pass_fds=tuple(self.sockets),
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                umask=0o077,
                # The only call made in the child is prctl, and the starter has one thread.
                preexec_fn=_ends_with_its_starter(os.getpid(), self.ends_on),  # noqa: PLW1509
            )

    @property
    def pid(self) -> int:
        if self._child is None:
            raise ProcessFault(f"{self.name} was not started")
        return self._child.pid

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def await_ready(self, is_ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait until `is_ready`; raises :class:`ProcessFault` when it ends or takes too long."""
        end = time.monotonic() + seconds
        while not is_ready():
            if not self.is_running:
                raise ProcessFault(f"{self.name} ended while starting.\n{self.last_lines()}")
            if time.monotonic() > end:
                raise ProcessFault(
                    f"{self.name} was not ready within {seconds:.0f} s.\n{self.last_lines()}"
                )
            time.sleep(0.05)

    def ask_to_end(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(self.ends_on)

    def end(self, *, patience: float) -> None:
        """Ask it to end, and after `patience` seconds end it and its own children."""
        if self._child is None:
            return
        self.ask_to_end()
        try:
            self._child.wait(patience)
        except subprocess.TimeoutExpired:
            self._signal_group(signal.SIGKILL)
            self._child.wait()
        # Children that outlived it are still of its session.
        self._signal_group(signal.SIGKILL)

    def last_lines(self) -> str:
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(f"    {line}" for line in lines[-LAST_LINES:])

    def _signal_group(self, what: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, what)


def run_to_end(process: Process, *, seconds: float) -> None:
    """Start it and wait; raises :class:`ProcessFault` unless it ends well in time."""
    process.start()
    child = process._child
    if child is None:
        return
    try:
        status = child.wait(seconds)
    except subprocess.TimeoutExpired as slow:
        process.end(patience=1)
        raise ProcessFault(f"{process.name} took longer than {seconds:.0f} s.") from slow
    except BaseException:
        process.end(patience=1)
        raise
    if status != 0:
        raise ProcessFault(f"{process.name} failed (status {status}).\n{process.last_lines()}")


def end_with_parent() -> None:
    """Have this very process asked to end (SIGTERM) when its parent is gone, where Linux can."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def _ends_with_its_starter(starter: int, ends_on: signal.Signals) -> Callable[[], None] | None:
    libc = _libc
    if libc is None:
        return None

    def in_child() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(ends_on), 0, 0, 0)
        if os.getppid() != starter:  # it was gone before we asked
            os._exit(1)

    return in_child
