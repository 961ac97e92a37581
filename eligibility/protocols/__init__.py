"""The trials this product screens for: each a value of the rule language, a second one is one more folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from eligibility.protocols import nct00514085
from eligibility.protocols.nct00514085 import registry as registry_of_nct00514085
from eligibility.protocols.nct00514085 import treatment as treatment_of_nct00514085
from eligibility.protocols.registered import Registered
from eligibility.protocols.schedules import Treatment
from eligibility.rules.protocol import Protocol

_BY_TRIAL: dict[str, Protocol] = {protocol.trial: protocol for protocol in (nct00514085.PROTOCOL,)}
_AMENDED: dict[str, tuple[Protocol, ...]] = {}
"""Versions that this release carries beside the one above: drafts, until they are published where it runs. The release
after that has them above."""
Choice = Callable[[str, Sequence[Protocol]], Protocol]
_CHOICE: list[Choice] = []


class Sought(NamedTuple):
    """Whose record makes a candidate by itself: no criterion, only where to look."""

    diseases: frozenset[str]
    """Classes of conditions, confirmed or not."""
    by_histology: bool
    """A histology of an invasive tumour is enough, too."""
    adult: str
    """The criterion of age; who is too young is no candidate yet."""


_SOUGHT: dict[str, Sought] = {
    nct00514085.PROTOCOL.trial: Sought(
        diseases=frozenset(nct00514085.SOUGHT_DISEASES), by_histology=True, adult="age-18"
    )
}


_TREATMENT: dict[str, Treatment] = {
    nct00514085.PROTOCOL.trial: Treatment(
        agent=treatment_of_nct00514085.AGENT,
        schedules=treatment_of_nct00514085.SCHEDULES,
        quotes=treatment_of_nct00514085.QUOTES,
    )
}


_REGISTERED: dict[str, Registered] = {
    nct00514085.PROTOCOL.trial: registry_of_nct00514085.REGISTERED
}


class UnknownTrial(LookupError):
    """No protocol is encoded for that trial."""


def get(trial: str) -> Protocol:
    """The protocol in force for a trial, by its registry number.

    Raises:
        UnknownTrial: if there is none.
    """
    carried = shipped(trial)
    if len(carried) > 1 and _CHOICE:
        return _CHOICE[-1](trial, carried)
    return carried[0]


def shipped(trial: str) -> tuple[Protocol, ...]:
    """Every version of a trial that this release carries, the one in force without any amendment first.

    Raises:
        UnknownTrial: if there is none.
    """
    try:
        return (_BY_TRIAL[trial], *_AMENDED.get(trial, ()))
    except KeyError:
        raise UnknownTrial(trial) from None


def choose_by(choice: Choice) -> None:
    """Who says which of several versions is in force: they are plain values here, and people publish them elsewhere."""
    _CHOICE[:] = [choice]


def sought(trial: str) -> Sought:
    """Whose record makes a candidate for a trial.

    Raises:
        UnknownTrial: if there is none.
    """
    try:
        return _SOUGHT[trial]
    except KeyError:
        raise UnknownTrial(trial) from None


def treatment(trial: str) -> Treatment:
    """What is known of the treatment of a trial.

    Raises:
        UnknownTrial: if there is none.
    """
    try:
        return _TREATMENT[trial]
    except KeyError:
        raise UnknownTrial(trial) from None


def trials() -> tuple[str, ...]:
    """Registry numbers of all trials, in order."""
    return tuple(sorted(_BY_TRIAL))


def registered(trial: str) -> Registered:
    """What the registry says of a trial.

    Raises:
        UnknownTrial: if there is none.
    """
    try:
        return _REGISTERED[trial]
    except KeyError:
        raise UnknownTrial(trial) from None
