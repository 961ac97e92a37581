"""``python -m tests.differential --cases 5000 --seed 1``: where do the two readings differ?

Prints a table of the disagreements by criterion and field, each with one shrunk example.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.differential.compare import Disagreement, disagreements, minimal, shown
from tests.differential.generator import make

Place = tuple[str, str]


def one(seed: int, every: int) -> tuple[int, list[Disagreement]]:
    horizon = every > 0 and seed % every == 0
    return seed, disagreements(make(seed), horizon=horizon)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests.differential", description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--every", type=int, default=5, help="timelines of one case in so many")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--examples", type=int, default=40, help="shrunk examples at most")
    parser.add_argument("--only", help="a criterion, or a part of its name")
    chosen = parser.parse_args(arguments)
    seeds = range(chosen.seed, chosen.seed + chosen.cases)
    counts: Counter[Place] = Counter()
    examples: dict[Place, int] = {}
    work = partial(one, every=chosen.every)
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for seed, found in pool.map(work, seeds, chunksize=20):
            for each in found:
                if not chosen.only or chosen.only in each.criterion:
                    counts[each.place] += 1
                    examples.setdefault(each.place, seed)
    report(counts, examples, chosen.cases, chosen.examples)
    return 1 if counts else 0


def report(counts: Counter[Place], examples: dict[Place, int], cases: int, most: int) -> None:
    say = sys.stdout.write
    say(f"{cases} cases, {sum(counts.values())} disagreements\n")
    for (criterion, field), count in counts.most_common():
        say(f"{count:6}  {criterion:40} {field:18} seed {examples[criterion, field]}\n")
    for place, _ in counts.most_common(most):
        document, disagreement = minimal(make(examples[place]), place)
        say(f"\n{disagreement}\nseed {examples[place]}\n{shown(document)}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
