"""Timing that survives a busy machine: many short runs, medians, processor time beside the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Timing:
    """Milliseconds a run: wall clock p50 and p95, and processor time p50."""

    p50: float
    p95: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.p50:9.3f} {self.p95:9.3f} {self.cpu:9.3f}"


def timed(work: Callable[[], object], *, runs: int) -> Timing:
    """The timing of `work` after a warm-up of a tenth of the runs."""
    for _ in range(max(1, runs // 10)):
        work()
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.thread_time()
        work()
        walls.append((time.perf_counter() - wall) * 1e3)
        cpus.append((time.thread_time() - cpu) * 1e3)
    p95 = quantiles(walls, n=20)[-1] if len(walls) > 1 else walls[0]
    return Timing(median(walls), p95, median(cpus))
