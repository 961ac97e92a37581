"""The command that writes the invented patients to files."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from eligibility.demonstration import catalogue


@pytest.mark.parametrize(("options", "kind"), [([], "envelope"), (["--bundles-only"], "bundle")])
def test_writes_a_file_for_each(tmp_path: Path, options: list[str], kind: str) -> None:
    said = io.StringIO()
    call_command(
        "invent_patients", str(tmp_path / "in"), "--on", "2026-11-22", *options, stdout=said
    )
    written = sorted(path.stem for path in (tmp_path / "in").iterdir())
    assert written == sorted(invented.key for invented in catalogue())
    assert said.getvalue().startswith(f"{len(written)} invented patients in ")
    first = json.loads((tmp_path / "in" / f"{written[0]}.json").read_text(encoding="utf-8"))
    assert ("attestations" in first) is (kind == "envelope")
    assert ("resourceType" in first) is (kind == "bundle")


@pytest.mark.parametrize("wrong", ["22 November", "2026-W47-7", "2026-02-30", "20261122"])
def test_refuses_what_is_no_date(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(CommandError, match="write it as 2026-12-03"):
        call_command("invent_patients", str(tmp_path), "--on", wrong)


def test_says_so_when_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CommandError, match="cannot write to"):
        call_command("invent_patients", str(tmp_path / "file"), "--on", "2026-11-22")
