"""The checker finds each kind of fault in invented histories, and none where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faults.history.checker import check
from tests.faults.history.told import Chain, Effect, Held, Operation, Outcome, Signature, Step

OK, FAIL, UNKNOWN = Outcome.OK, Outcome.FAIL, Outcome.UNKNOWN
A, B = "result 1", "result 2"


def wrote(mark: str, at: float, outcome: Outcome = OK, **more: object) -> Operation:
    told: dict[str, object] = {"session": "one", "subject": "p", "key": mark} | more
    return Operation(began=at, ended=at + 1, outcome=outcome, mark=mark, **told)  # type: ignore[arg-type]


def read(at: float, told: int, *marks: str, session: str = "one") -> Operation:
    return Operation(session, "p", at, at + 1, OK, told=told, held=frozenset(marks))


def record(*effects: Effect, version: int | None = None) -> Held:
    last = max((e.since for e in effects), default=0) if version is None else version
    versions = tuple(dict.fromkeys(sorted(e.since for e in effects)))
    return Held("p", last, effects, versions)


BORN = Effect("mrn 1", 1, own=True)
HISTORY = (
    wrote(A, 0, told=2),
    read(2, 2, A),
    wrote(B, 4, seen=2, told=3, replaces=A),
    read(6, 3, B),
)
HELD = record(BORN, Effect(A, 2, ended=3), Effect(B, 3))


def kinds(history: object, *held: Held, chains: tuple[Chain, ...] = ()) -> set[str]:
    return check(list(history), list(held), chains).kinds()  # type: ignore[call-overload]


def test_what_is_as_told_has_no_fault() -> None:
    found = check(HISTORY, [HELD])
    assert found.faults == []
    assert found.outcomes == {"ok": 4}


def test_a_lost_write() -> None:
    """It was there; then somebody who entered something else made it cease to stand."""
    history = [*HISTORY[:2], replace(HISTORY[2], replaces="")]
    assert kinds(history, HELD) == {"lost"}


def test_a_duplicate() -> None:
    twice = record(BORN, Effect(A, 2), Effect(A, 3))
    assert kinds([wrote(A, 0, told=2)], twice) == {"duplicate"}


def test_a_patient_who_is_there_twice() -> None:
    made = replace(wrote("mrn 1", 0), subject="")
    one, other = record(Effect("mrn 1", 1)), replace(record(Effect("mrn 1", 1)), subject="q")
    assert kinds([made], one, other) == {"duplicate"}


def test_a_stale_overwrite() -> None:
    """Made of version 2, and put on top of version 3 that somebody else had written meanwhile."""
    history = [*HISTORY[:1], wrote(B, 4, told=3), wrote("result 3", 4, seen=2, told=4)]
    held = record(BORN, Effect(A, 2), Effect(B, 3), Effect("result 3", 4))
    assert kinds(history, held) == {"stale overwrite"}


def test_an_acknowledged_effect_that_is_absent() -> None:
    assert kinds([wrote(A, 0)], record(BORN)) == {"absent"}


def test_two_were_told_that_they_did_it_and_one_did() -> None:
    both = [wrote(A, 0, key="x"), wrote(A, 0, key="y", session="two")]
    held = record(BORN, Effect(A, 2))
    assert kinds(both, held) == {"absent"}
    assert kinds([replace(one, shared=True) for one in both], held) == set()


def test_refused_and_yet_there() -> None:
    assert kinds([wrote(A, 0, FAIL)], record(BORN, Effect(A, 2))) == {"refused and done"}


def test_what_nobody_wrote() -> None:
    assert kinds([], record(BORN, Effect(A, 2))) == {"from nowhere"}


def test_held_of_somebody_else() -> None:
    assert kinds([wrote(A, 0, subject="q")], record(BORN, Effect(A, 2))) == {"elsewhere"}


def test_a_read_that_goes_back_in_time_within_a_session() -> None:
    history = [*HISTORY, read(8, 2, A)]
    assert kinds(history, HELD) == {"back in time"}


def test_somebody_else_is_told_less_than_was_acknowledged() -> None:
    history = [*HISTORY[:3], read(8, 2, A, session="two")]
    assert kinds(history, HELD) == {"stale read"}


def test_reads_at_the_same_time_may_differ() -> None:
    history = [*HISTORY[:3], read(4.5, 2, A, session="two"), read(4.6, 3, B, session="three")]
    assert kinds(history, HELD) == set()


def test_a_read_of_what_never_stood_together() -> None:
    assert kinds([*HISTORY, read(8, 3, A, B)], HELD) == {"torn read"}


@pytest.mark.parametrize("versions", [(1, 3), (1, 2, 2, 3), (1, 2)])
def test_a_version_gap(versions: tuple[int, ...]) -> None:
    assert kinds(HISTORY, replace(HELD, versions=versions)) == {"version gap"}


def test_two_answers_to_one_key() -> None:
    history = [HISTORY[0], replace(HISTORY[0], began=9, ended=10, told=3)]
    assert kinds(history, HELD) == {"two answers", "from nowhere", "lost"}
    assert kinds([*history, *HISTORY[1:]], HELD) == {"two answers"}


@pytest.mark.parametrize(
    ("then", "there", "became"),
    [
        ([OK], True, "done"),
        ([FAIL], False, "refused"),
        ([], True, "left open, done"),
        ([], False, "left open, not done"),
    ],
)
def test_what_became_of_the_unknown(then: list[Outcome], there: bool, became: str) -> None:
    history = [wrote(A, 0, UNKNOWN), *(wrote(A, 2, outcome) for outcome in then)]
    found = check(history, [record(BORN, *([Effect(A, 2)] if there else []))])
    assert found.faults == []
    assert dict(found.resolved) == {became: 1}


def test_the_unknown_may_not_be_there_twice() -> None:
    history = [wrote(A, 0, UNKNOWN), wrote(A, 2, OK)]
    assert kinds(history, record(BORN, Effect(A, 2), Effect(A, 3))) == {"duplicate"}


STEPS = (
    Step(1, "open", "", "candidate"),
    Step(2, "start", "candidate", "in_screening"),
    Step(3, "confirm", "in_screening", "confirmed"),
    Step(4, "sign", "confirmed", "signed"),
    Step(5, "void", "signed", "in_screening"),
)
SIGNED = Signature(signed=4, confirmed=3, voided=5, intact=True)


def test_a_whole_chain_of_signatures() -> None:
    assert kinds([], chains=(Chain("s", STEPS, (SIGNED,)),)) == set()


@pytest.mark.parametrize(
    ("steps", "signatures"),
    [
        (STEPS[:2] + STEPS[3:], (SIGNED,)),
        (
            (*STEPS[:3], replace(STEPS[3], came_from="in_screening")),
            (replace(SIGNED, voided=None),),
        ),
        (STEPS, ()),
        (STEPS, (SIGNED, SIGNED)),
        (STEPS, (replace(SIGNED, confirmed=2),)),
        (STEPS, (replace(SIGNED, voided=4),)),
        (STEPS, (replace(SIGNED, intact=False),)),
    ],
)
def test_a_broken_chain_of_signatures(
    steps: tuple[Step, ...], signatures: tuple[Signature, ...]
) -> None:
    assert kinds([], chains=(Chain("s", steps, signatures),)) == {"broken chain"}
