"""Every command of docs/integration.md and the Python client, against a running server, as the sandbox's client."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eligibility import protocols
from eligibility.actions import publish
from trialscreen.wiring import demonstration, sandbox

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "integration.md"
CLIENT = ROOT / "docs" / "examples" / "client.py"
SECRET = "known to this test alone"


@pytest.fixture
def folder(tmp_path: Path, transactional_db: None) -> Path:
    """Where somebody stands who has called `make run`."""
    publish(protocols.get(demonstration.TRIAL))
    sandbox.prepare(SECRET)
    (tmp_path / ".run").mkdir()
    (tmp_path / ".run" / "sandbox-secret").write_text(SECRET)
    return tmp_path


def blocks() -> list[str]:
    return re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL)


def _environment() -> dict[str, str]:
    away = {"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"}
    return {name: one for name, one in os.environ.items() if name not in away} | {"no_proxy": "*"}


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
@pytest.mark.requirement(46, 47)
def test_every_command_of_the_page_does_what_it_says(folder: Path, live_server: Any) -> None:
    told = blocks()
    assert len(told) >= 8
    script = "set -euo pipefail\n" + "\necho\n".join(told)
    script = script.replace("http://localhost:8000", live_server.url)
    ran = subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=300,
        env=_environment(), check=False,
    )  # fmt: skip
    said = f"{ran.stdout[-3000:]}\n{ran.stderr[-2000:]}"
    assert ran.returncode == 0, said
    for wanted in (
        "platelets met",
        "creatinine met",
        "undetermined",
        "without a version: 428",
        "with the version that was read: 200",
        "with it again: 412",
        '"pointer":"/value"',
        "MSA|AE",
    ):
        assert wanted in ran.stdout, f"{wanted!r} is missing:\n{said}"


@pytest.mark.requirement(46, 47)
def test_the_client_sends_and_reads(folder: Path, live_server: Any) -> None:
    assert len(CLIENT.read_text().splitlines()) < 150
    for line in re.findall(r"^(?:from|import) (\w+)", CLIENT.read_text(), flags=re.MULTILINE):
        assert line in sys.stdlib_module_names
    ran = subprocess.run(
        [sys.executable, str(CLIENT), live_server.url, ".run/sandbox-secret"], cwd=folder,
        capture_output=True, text=True, timeout=300, env=_environment(), check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "undetermined" in ran.stdout
    assert "platelets: met" in ran.stdout
    assert "neutrophils" in ran.stdout or "granulocytes" in ran.stdout


def test_the_page_links_to_what_there_is() -> None:
    text = PAGE.read_text()
    assert "@@" not in text
    for there in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (PAGE.parent / there).exists(), there
