"""python -m tests.guided TARGET [--seconds 600] [--corpus FOLDER]: atheris, by the branches of `patients`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from random import Random

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("DATABASE_URL", "postgres://nobody@not-started.invalid/none")
_LONGEST = 60_000
_MEGABYTES = 512


def main() -> None:
    try:
        import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        sys.exit("atheris is not installed: make guided does that.")
    parser = ArgumentParser(prog="tests.guided", description=__doc__)
    parser.add_argument("target", choices=["fhir", "two-deliveries", "hl7v2", "csv"])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--corpus", type=Path)
    given = parser.parse_args()
    with atheris.instrument_imports(include=["patients"]):
        import django

        django.setup()
        from tests.guided.mutating import mutated
        from tests.guided.seeds import seeds, tree_of
        from tests.guided.targets import TARGETS, TREES

    begun = seeds(given.target)
    became: Counter[str] = Counter()

    def one(raw: bytes) -> None:
        became[TARGETS[given.target](raw)] += 1
        if became.total() % 50_000 == 0:
            print(dict(became), flush=True)  # noqa: T201

    def custom(raw: bytes, most: int, seed: int) -> bytes:
        draw = Random(seed)
        try:
            tree = tree_of(raw)
        except ValueError:
            tree = tree_of(draw.choice(begun))
        made = json.dumps(mutated(tree, draw)).encode()
        return made if len(made) <= most else raw

    folder = given.corpus or Path(tempfile.mkdtemp())
    for place, raw in enumerate(begun):
        (folder / f"seed-{place}").write_bytes(raw)
    limits = [f"-max_total_time={given.seconds}", f"-max_len={_LONGEST}", "-timeout=20"]
    how = [sys.argv[0], *limits, f"-rss_limit_mb={_MEGABYTES}", f"-artifact_prefix={folder}/found-"]
    as_trees = {"custom_mutator": custom} if given.target in TREES else {}
    atheris.Setup([*how, str(folder)], one, **as_trees)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
