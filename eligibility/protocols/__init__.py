"""The trials this product screens for: each a value of the rule language, a second one is one more folder."""

from __future__ import annotations

from eligibility.protocols import nct00514085
from eligibility.rules.protocol import Protocol

_BY_TRIAL: dict[str, Protocol] = {protocol.trial: protocol for protocol in (nct00514085.PROTOCOL,)}


class UnknownTrial(LookupError):
    """No protocol is encoded for that trial."""


def get(trial: str) -> Protocol:
    """The protocol in force for a trial, by its registry number.

    Raises:
        UnknownTrial: if there is none.
    """
    try:
        return _BY_TRIAL[trial]
    except KeyError:
        raise UnknownTrial(trial) from None


def trials() -> tuple[str, ...]:
    """Registry numbers of all trials, in order."""
    return tuple(sorted(_BY_TRIAL))
