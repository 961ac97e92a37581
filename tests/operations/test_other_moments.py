"""The same tests at another moment and in other zones: what is right today may be wrong in the last second of February.

A slice of the suite is run again in a process of its own, with another zone for the machine and the application; and,
where Debian's libfaketime is (``LIBFAKETIME=/path/libfaketime.so.1`` names another), at 23:59:58 on 29 February 2028
and in the nights in which clocks change.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SLICE = (
    "tests/protocols/test_age.py",
    "tests/protocols/test_shared_dates.py",
    "tests/protocols/test_answer_timeline.py",
    "tests/rules/test_days.py",
    "tests/intake/test_dates.py",
    "tests/pages/test_worklist_words.py",
    "tests/pages/test_dates.py",
    "tests/reports/test_calendar.py",
)
ZONES = ("America/St_Johns", "Pacific/Kiritimati", "Pacific/Pago_Pago")
MOMENTS = ("2028-02-29 23:59:58", "2026-03-08 01:59:58", "2026-11-01 01:59:58")
pytestmark = pytest.mark.requirement(86)


def library() -> Path | None:
    named = os.environ.get("LIBFAKETIME")
    if named:
        return Path(named)
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)


def run(zone: str, **more: str) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
    }
    environment |= {"TZ": zone, "TIME_ZONE": zone, "HYPOTHESIS_PROFILE": "ci", **more}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    command += ["-m", "not django_db", *SLICE]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout


@pytest.mark.parametrize("zone", ZONES)
def test_in_another_zone(zone: str) -> None:
    run(zone)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("zone", ZONES)
def test_at_another_moment(zone: str, moment: str) -> None:
    preload = library()
    if preload is None:
        pytest.skip("libfaketime is not installed")
    run(zone, LD_PRELOAD=str(preload), FAKETIME=f"@{moment}", FAKETIME_DONT_FAKE_MONOTONIC="1")
