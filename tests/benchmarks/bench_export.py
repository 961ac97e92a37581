"""How long it takes to take a long trail out, and to verify the file. ``EXPORTED``: how long; goal: 100,000 in 60 s."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.benchmarks.bench_trail import FILL, OF_A_TRANSACTION
from trialscreen.institution.models import Account, Role, StaffRole
from trialscreen.institution.trail.exporting import verify_export
from trialscreen.wiring.owner import as_owner

EXPORTED = int(os.environ.get("EXPORTED", "100000"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_long_trail_is_taken_out(form: str, tmp_path: Path) -> None:
    account = Account.objects.create_user("ada", "a long way round the lake", name="Ada")
    StaffRole.objects.create(account=account, role=Role.ADMINISTRATOR, first_day="2026-01-01")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            FILL.format(EXPORTED // OF_A_TRANSACTION, OF_A_TRANSACTION).replace(
                "i %% 10", "NULL::bigint"
            )
        )
    browser = Client()
    browser.force_login(account)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    answer: Any = browser.get(f"/security/trail.{form}")
    path = tmp_path / f"trail.{form}"
    with path.open("wb") as file:
        file.writelines(answer.streaming_content)
    took = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    size = path.stat().st_size / 1e6
    print(
        f"\n{EXPORTED:,} entries as {form}: {took:.1f} s (goal 60 s), {size:.0f} MB, memory grew by {grown} MB"
    )
    if form == "jsonl":
        began = time.perf_counter()
        found = verify_export(path)
        print(f"the file verified in {time.perf_counter() - began:.1f} s")
        assert found.faults == []
        assert found.entries >= EXPORTED
