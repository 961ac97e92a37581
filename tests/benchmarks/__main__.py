"""``make bench``: one patient, and several hundred files in one process, beside the naive evaluator.

python -m tests.benchmarks [--runs 300] [--files 500] [--naive 5]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import NamedTuple

from eligibility import demonstration
from eligibility.answers import answer
from eligibility.dryrun import answer_document
from eligibility.protocols import get
from eligibility.requests import Request, read_request
from eligibility.rules.case import Case
from eligibility.rules.outlook import look_ahead
from eligibility.rules.record import Record
from patients.facts import Intake
from patients.intake import strict_json
from patients.intake.fhir import read_bundle
from tests import naive
from tests.benchmarks.timing import Timing, timed
from tests.differential.generator import decode

ON = date(2026, 11, 25)
PROTOCOL = get("NCT00514085")
PATIENT = "meets-everything"


class Prepared(NamedTuple):
    raw: bytes
    request: Request
    intake: Intake
    case: Case


def main() -> None:
    parser = ArgumentParser(prog="tests.benchmarks", description=__doc__)
    parser.add_argument("--runs", type=int, default=300, help="runs of one patient")
    parser.add_argument("--files", type=int, default=500, help="files in one process")
    parser.add_argument("--naive", type=int, default=5, help="runs of the naive evaluator")
    options = parser.parse_args()
    one_patient(options.runs, options.naive)
    many_files(options.files)


def prepared() -> Prepared:
    raw = demonstration.to_json(demonstration.document(PATIENT, on=ON)).encode()
    request = read_request(strict_json.parse(raw), on=None, today=lambda _: ON, protocol=PROTOCOL)
    intake = read_bundle(request.bundle, received_on=ON, zone=request.zone)
    return Prepared(raw, request, intake, _case(request, intake))


def _case(request: Request, intake: Intake) -> Case:
    return PROTOCOL.case(Record(intake.facts, request.attestations, request.ranges))


def one_patient(runs: int, naive_runs: int) -> None:
    """Evaluation of one patient, stage by stage, and the naive evaluator on the same document."""
    it = prepared()
    assessment = PROTOCOL.assess(it.case, ON)
    outlook = look_ahead(PROTOCOL, it.case, assessment)
    entries = len(json.loads(it.raw)["bundle"]["entry"])
    print(f"One patient ({PATIENT}, {entries} resources), milliseconds")
    print(f"{'':46}{'p50':>9} {'p95':>9} {'cpu p50':>9}   goal")
    today = timed(lambda: PROTOCOL.assess(it.case, ON), runs=runs)
    _row("today's verdicts, record indexed", today, "0.5")
    indexed = timed(lambda: PROTOCOL.assess(_case(it.request, it.intake), ON), runs=runs)
    _row("today's verdicts, indexing included", indexed, "0.5")
    ahead = timed(
        lambda: look_ahead(PROTOCOL, it.case, PROTOCOL.assess(it.case, ON)), runs=runs // 3
    )
    _row("with windows and timeline over 180 days", ahead, "10")
    words = timed(
        lambda: answer(PROTOCOL, it.case, assessment, outlook, timeline=True), runs=runs // 3
    )
    _row("the answer put into words", words, "")
    reading = timed(
        lambda: read_bundle(it.request.bundle, received_on=ON, zone=it.request.zone), runs=runs // 3
    )
    _row("the Bundle read into facts", reading, "")
    everything = timed(lambda: _answer(it.raw), runs=runs // 3)
    _row("all of it, from bytes to the answer", everything, "")
    document = decode(it.raw)
    slow = timed(lambda: naive.evaluate(document, on=ON), runs=naive_runs)
    _row("the naive evaluator, all of it", slow, "")
    print(f"{'':2}naive evaluator / this one, all of it: {slow.p50 / everything.p50:.0f} times")
    print()


def _answer(raw: bytes) -> object:
    return answer_document(raw, trial=PROTOCOL.trial, on=None, today=lambda _: ON, timeline=True)


def _row(what: str, timing: Timing, goal: str) -> None:
    print(f"  {what:44}{timing}   {'<= ' + goal if goal else ''}")


def many_files(count: int) -> None:
    """Varied bundles through one ``manage.py evaluate`` process, start-up included."""
    keys = [invented.key for invented in demonstration.catalogue()]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number in range(count):
            document = demonstration.document(keys[number % len(keys)], on=ON)
            path = Path(folder) / f"{number:04}.json"
            path.write_text(demonstration.to_json(document), encoding="utf-8")
            files.append(str(path))
        command = [sys.executable, "manage.py", "evaluate", "--json", *files]
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, check=False)
        seconds = time.perf_counter() - started
    lines = done.stdout.decode().splitlines()
    print(
        f"{len(lines)} answers of {count} files in one process: {seconds:.1f} s, goal well under 60"
    )
    print(f"  {seconds / count * 1e3:.1f} ms a file, start-up included")


if __name__ == "__main__":
    main()
