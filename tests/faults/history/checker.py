"""Whether what is held in the end can have come about by what clients did and were told. Pure: no clock, no query.

Every write leaves a mark that nothing else leaves, so that each effect is found again and belongs to one intention.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.faults.history.told import Chain, Effect, Fault, Held, Operation, Outcome

Found = Mapping[str, list[tuple[str, Effect]]]


@dataclass(slots=True)
class Report:
    """What was found, and what there was to find it in."""

    faults: list[Fault] = field(default_factory=list)
    operations: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    resolved: Counter[str] = field(default_factory=Counter)
    """What became of intentions of which some request went unanswered."""

    def kinds(self) -> set[str]:
        return {fault.kind for fault in self.faults}


def check(
    history: Sequence[Operation], held: Sequence[Held], chains: Sequence[Chain] = ()
) -> Report:
    """Every fault of a history, with counts of what it consisted of."""
    found: dict[str, list[tuple[str, Effect]]] = defaultdict(list)
    for one in held:
        for effect in one.effects:
            found[effect.mark].append((one.subject, effect))
    done = Report(operations=len(history))
    done.outcomes.update(one.outcome.value for one in history)
    writes: dict[str, list[list[Operation]]] = defaultdict(list)
    for intention in _intentions(history):
        writes[intention[0].mark].append(intention)
        if any(one.outcome is Outcome.UNKNOWN for one in intention):
            done.resolved[_became(intention, found)] += 1
    subjects = {one.subject: one for one in held}
    done.faults += _presence(writes, found)
    done.faults += _versions(history, found)
    done.faults += _endings(held, writes)
    done.faults += _gaps(held)
    done.faults += _reads(history, subjects)
    done.faults += _same_answers(history)
    for chain in chains:
        done.faults += _linear(chain)
    return done


def _intentions(history: Iterable[Operation]) -> Iterable[list[Operation]]:
    """Requests that mean one thing: those with one key of one session, or each by itself."""
    grouped: dict[tuple[str, str], list[Operation]] = {}
    for number, one in enumerate(history):
        if one.mark:
            grouped.setdefault((one.session, one.key or f"without a key {number}"), []).append(one)
    return grouped.values()


def _outcome(intention: Sequence[Operation]) -> Outcome:
    """The first answer that says anything."""
    said = [one.outcome for one in intention]
    if Outcome.OK in said:
        return Outcome.OK
    return Outcome.FAIL if Outcome.FAIL in said else Outcome.UNKNOWN


def _became(intention: Sequence[Operation], found: Found) -> str:
    outcome = _outcome(intention)
    if outcome is not Outcome.UNKNOWN:
        return {"ok": "done", "fail": "refused"}[outcome.value]
    return "left open, done" if intention[0].mark in found else "left open, not done"


def _presence(writes: Mapping[str, list[list[Operation]]], found: Found) -> Iterator[Fault]:
    """Acknowledged: there, once. Refused: not there. Nothing that nobody wrote."""
    for mark, intentions in writes.items():
        there, outcomes = found.get(mark, []), [_outcome(one) for one in intentions]
        acknowledged = outcomes.count(Outcome.OK)
        if intentions[0][0].shared:
            acknowledged = min(acknowledged, 1)
        if len(there) < acknowledged:
            said = f"acknowledged {acknowledged} times, held {len(there)} times"
            yield Fault("absent", mark, said)
        if len(there) > 1:
            yield Fault("duplicate", mark, f"held {len(there)} times")
        if there and not acknowledged and Outcome.UNKNOWN not in outcomes:
            yield Fault("refused and done", mark, "every request was refused, and it is held")
    for mark, there in found.items():
        if mark not in writes and not all(effect.own for _, effect in there):
            yield Fault("from nowhere", mark, "held, and nobody wrote it")


def _versions(history: Iterable[Operation], found: Found) -> Iterator[Fault]:
    """A write that was made of a version follows that version, and is told as what it became."""
    for one in history:
        if not one.mark or one.outcome is not Outcome.OK:
            continue
        for subject, effect in found.get(one.mark, ())[:1]:
            if one.subject and one.subject != subject:
                yield Fault("elsewhere", one.mark, f"written to {one.subject}, held of {subject}")
            elif one.seen is not None and effect.since != one.seen + 1:
                said = f"made of version {one.seen}, done as version {effect.since}"
                yield Fault("stale overwrite", one.mark, said)
            if one.told is not None and one.told < effect.since:
                said = f"told as version {one.told}, held since {effect.since}"
                yield Fault("another version", one.mark, said)


def _endings(held: Iterable[Held], writes: Mapping[str, list[list[Operation]]]) -> Iterator[Fault]:
    """What was written stands until somebody replaces it, and says so."""
    for one in held:
        by_version = defaultdict(list)
        for effect in one.effects:
            by_version[effect.since].append(effect.mark)
        for effect in one.effects:
            if effect.ended is None or effect.own:
                continue
            replaced = {
                each[0].replaces for mark in by_version[effect.ended] for each in writes[mark]
            }
            if effect.mark not in replaced:
                said = f"ended with version {effect.ended}, which replaces something else"
                yield Fault("lost", effect.mark, said)


def _gaps(held: Iterable[Held]) -> Iterator[Fault]:
    for one in held:
        if sorted(one.versions) != list(range(1, one.version + 1)):
            missing = sorted(set(range(1, one.version + 1)) - set(one.versions))
            twice = sorted(each for each, times in Counter(one.versions).items() if times > 1)
            said = f"at version {one.version}, missing {missing[:5]}, twice {twice[:5]}"
            yield Fault("version gap", one.subject, said)


def _reads(history: Iterable[Operation], subjects: Mapping[str, Held]) -> Iterator[Fault]:
    """Nobody is shown less than was acknowledged before asking, and nothing that never stood together."""
    of_subject: dict[str, list[Operation]] = defaultdict(list)
    for one in history:
        if one.subject and one.outcome is Outcome.OK and one.told is not None:
            of_subject[one.subject].append(one)
    for subject, told in of_subject.items():
        yield from _never_back(subject, told)
        if subject in subjects:
            yield from _stood_together(subjects[subject], told)


def _never_back(subject: str, told: Iterable[Operation]) -> Iterator[Fault]:
    """Of one session, and of anybody: whoever asks after an answer was given is told at least as much."""
    known: list[tuple[float, int]] = sorted((one.ended, one.told or 0) for one in told)
    own: dict[str, tuple[float, int]] = {}
    at, latest = 0, 0
    for one in sorted(told, key=lambda each: each.began):
        while at < len(known) and known[at][0] < one.began:
            latest = max(latest, known[at][1])
            at += 1
        if one.mark:
            continue
        version = one.told or 0
        since, before = own.get(one.session, (0.0, 0))
        if version < before and since <= one.began:
            said = f"was told version {before}, then {version}"
            yield Fault("back in time", f"{one.session} of {subject}", said)
        elif version < latest:
            said = f"version {latest} was acknowledged before, {version} was told"
            yield Fault("stale read", f"{one.session} of {subject}", said)
        if version >= before:
            own[one.session] = (one.ended, version)


def _stood_together(held: Held, told: Iterable[Operation]) -> Iterator[Fault]:
    for one in told:
        if one.held is None or one.told is None:
            continue
        # The page may have been read a moment after the version: what is older than the version would be a fault.
        if not any(
            one.held == standing(held.effects, version)
            for version in range(one.told, held.version + 1)
        ):
            said = f"what was told of version {one.told} never stood together"
            yield Fault("torn read", f"{one.session} of {held.subject}", said)


def standing(effects: Iterable[Effect], version: int) -> frozenset[str]:
    """The results that stood at a version."""
    return frozenset(
        effect.mark
        for effect in effects
        if effect.mark.startswith("result ")
        and effect.since <= version
        and (effect.ended is None or effect.ended > version)
    )


def _same_answers(history: Iterable[Operation]) -> Iterator[Fault]:
    """A request that is sent again is answered as the first time."""
    answers: dict[tuple[str, str], set[int | None]] = defaultdict(set)
    for one in history:
        if one.key and one.outcome is Outcome.OK:
            answers[one.session, one.key].add(one.told)
    for (session, key), told in answers.items():
        if len(told) > 1:
            yield Fault("two answers", f"{session}, key {key}", f"told versions {told}")


def _linear(chain: Chain) -> Iterator[Fault]:
    """Numbered without a gap, each from where the one before led, signatures over what was just confirmed."""
    numbers = [step.sequence for step in chain.steps]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Fault("broken chain", chain.subject, f"events are numbered {numbers[:20]}")
    for before, after in pairwise(chain.steps):
        if after.came_from != before.to:
            said = f"event {after.sequence} is from {after.came_from}, the one before led to {before.to}"
            yield Fault("broken chain", chain.subject, said)
    of_number = {step.sequence: step for step in chain.steps}
    signed = Counter(one.signed for one in chain.signatures)
    for step in chain.steps:
        if (step.act == "sign") != (signed[step.sequence] == 1) or signed[step.sequence] > 1:
            said = f"event {step.sequence}, {step.act}, has {signed[step.sequence]} signatures"
            yield Fault("broken chain", chain.subject, said)
    for one in chain.signatures:
        confirmed = of_number.get(one.confirmed)
        if confirmed is None or confirmed.act != "confirm" or one.signed != one.confirmed + 1:
            said = f"signed as event {one.signed} over event {one.confirmed}"
            yield Fault("broken chain", chain.subject, said)
        if one.voided is not None and one.voided <= one.signed:
            said = f"signed as event {one.signed} what was void since event {one.voided}"
            yield Fault("broken chain", chain.subject, said)
        if not one.intact:
            yield Fault("broken chain", chain.subject, f"signature {one.signed} is not over this")
