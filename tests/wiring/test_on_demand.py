"""The keeper of a test run's database takes away what it made, and nothing beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from trialscreen.wiring.embedded.on_demand import READY


@pytest.mark.parametrize("ended", ["by its caller", "by a signal"])
def test_only_its_own_folder_goes(ended: str, tmp_path: Path) -> None:
    beside = tmp_path / "somebody-else's"
    beside.write_text("kept")
    with subprocess.Popen(
        [sys.executable, "-m", "trialscreen.wiring.embedded.on_demand"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    ) as keeper:
        assert keeper.stdout is not None
        assert keeper.stdin is not None
        state, _, path = keeper.stdout.readline().decode().strip().partition(" ")
        assert state == READY
        assert Path(path).is_socket()
        if ended == "by a signal":
            keeper.terminate()
        keeper.stdin.close()
        keeper.wait(timeout=60)
    assert list(tmp_path.iterdir()) == [beside]
