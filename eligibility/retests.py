"""Which results were repeated after a failure, and whether each has its reason, in an episode that follows another.

A criterion has *failed before* where it was not met in the assessment that the episode before stood on when it was
closed. It is a *retest* where something decides it now that was not on record then: another result, a corrected one, or
another answer of a person. Time alone repeats nothing: a wash-out that has ended by now, or a patient who has come of
age, is decided by the same records; nor does a record that was set aside, which has a reason of its own. One reason is
enough for a criterion and episode, however often the result is repeated in it; the last one given counts.

What fails and is repeated within one episode is no retest: nobody has decided on the failure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from eligibility.evidence import evidence_item
from eligibility.models import Repeated, Retest, RetestReason, Screening, State
from eligibility.policies import NotNow
from eligibility.rules.finding import Evidence
from eligibility.rules.record import Record

Key = tuple[Any, ...]
_KINDS = (
    "conditions",
    "results",
    "lesions",
    "histologies",
    "courses",
    "operations",
    "specimens",
    "participations",
)
_SAME = ("type", "id", "date", "value", "unit")
LONGEST = 2000
"""Of the words of a reason, in characters."""


class Failed(NamedTuple):
    """A criterion that was not met when the episode before was closed, then and now: items of the two answers."""

    before: Mapping[str, Any]
    now: Mapping[str, Any]
    repeated: bool
    """Another result decides it now."""
    reason: RetestReason | None = None

    @property
    def criterion(self) -> str:
        return str(self.now["id"])

    @property
    def unexplained(self) -> bool:
        return self.repeated and self.reason is None


def of_episode(held: Screening, answer: Mapping[str, Any], record: Record) -> tuple[Failed, ...]:
    """What failed before an episode, in the order of the protocol, with the reasons given in it.

    `record` and the `answer` to it are of today. An episode that is over is told as it stood when it ended.
    """
    if held.previous is None or held.previous.assessment is None:
        return ()
    closed = held.previous.assessment
    if held.is_open or held.assessment is None:
        failed = compared(closed.answer, answer, known_at(record, closed.record_version))
    else:
        filed = set(Retest.objects.filter(screening=held).values_list("criterion", flat=True))
        failed = compared(closed.answer, held.assessment.answer)
        failed = tuple(one._replace(repeated=one.criterion in filed) for one in failed)
    if not failed:
        return ()
    given = {
        one.criterion: one for one in RetestReason.objects.filter(screening=held).order_by("pk")
    }
    return tuple(one._replace(reason=given.get(one.criterion)) for one in failed)


def compared(
    before: Mapping[str, Any], now: Mapping[str, Any], known: Collection[Key] = ()
) -> tuple[Failed, ...]:
    """The criteria that were not met in one answer, beside what a later one says of them.

    `known` is what was on record when the first was given: it repeats nothing where it decides only now.
    """
    failed = {one["id"]: one for one in before["criteria"] if one["verdict"] == "not_met"}
    return tuple(
        Failed(then, one, _by_another_result(then, one, known))
        for one in now["criteria"]
        if (then := failed.get(one["id"])) is not None
    )


def known_at(record: Record, version: int) -> frozenset[Key]:
    """What of a record was on it in an earlier version, facts and answers."""
    facts = (one for kind in _KINDS for one in getattr(record.facts, kind))
    held = [one for one in facts if record.arrived.get(id(one), 0) <= version]
    stated = [one for one in record.attestations if (one.version or 0) <= version]
    return _named(evidence_item(Evidence(one)) for one in (*held, *stated))


def results_of(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a criterion of an answer rests on, as it is kept with a reason."""
    return [{name: one[name] for name in _SAME} for one in item["evidence"]]


def _by_another_result(
    before: Mapping[str, Any], now: Mapping[str, Any], known: Collection[Key]
) -> bool:
    if now["verdict"] == "unknown":
        return False
    return bool(_named(now["evidence"]) - _named(before["evidence"]) - frozenset(known))


def _named(evidence: Iterable[Mapping[str, Any]]) -> frozenset[Key]:
    """Each by what it is and says. An answer has no id: it is told from another by its source, or by who gave it."""
    return frozenset(
        (*(one[name] for name in _SAME), one["source"] if one["type"] == "attestation" else "")
        for one in evidence
    )


def repeats_are_reasoned(failed: Iterable[Failed]) -> None:
    """Whether somebody has said of every repeat why it was made.

    Raises:
        NotNow: of these nobody has.
    """
    named = [str(one.now["title"]) for one in failed if one.unexplained]
    if named:
        raise NotNow(
            "retests",
            _("Repeated after a failure, and nobody has said why: %(criteria)s.")
            % {"criteria": "; ".join(named)},
        )


def may_give_reason(held: Screening) -> None:
    """Whether the episode is one in which a repeat is given its reason.

    Raises:
        NotNow: it is confirmed, over, or follows no other.
    """
    if held.previous_id is None:
        raise NotNow(
            "first", _("This is the patient’s first screening: nothing is repeated in it.")
        )
    if held.state not in (State.CANDIDATE, State.IN_SCREENING):
        raise NotNow(
            "state",
            _("This screening is “%(state)s”: a repeat is given its reason before it is confirmed.")
            % {"state": State(held.state).label},
        )


def must_be_reason(reason: str, text: str) -> None:
    """Whether it is a reason of the list, with words where the list has none.

    Raises:
        NotNow: with the sentence.
    """
    if reason not in Repeated.values:
        raise NotNow("reason", _("Choose one of the listed reasons."))
    if len(text) > LONGEST:
        raise NotNow("text", _("A reason has at most %(n)d characters.") % {"n": LONGEST})
    if reason == Repeated.OTHER and not any(letter.isalnum() for letter in text):
        raise NotNow("text", _("Say in words why it was repeated."))


def repeated_or_not(failed: Iterable[Failed], criterion: str) -> Failed:
    """The retest of a criterion.

    Raises:
        NotNow: it is none.
    """
    found = next((one for one in failed if one.criterion == criterion and one.repeated), None)
    if found is None:
        raise NotNow(
            "not-repeated",
            _("Nothing of this criterion was repeated after a failure: it needs no reason."),
        )
    return found
