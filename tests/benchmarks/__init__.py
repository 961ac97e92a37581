"""Benchmarks: goal and figure side by side, as ratios within one run. Never a timed test."""
