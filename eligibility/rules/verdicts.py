"""The words in which a finding is given. Every list here is closed: a test proves that each member is handled."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """Every requirement is worded so that `MET` is good, exclusions included."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"

    @property
    def passes(self) -> bool:
        """Not applicable counts as met."""
        return self is MET or self is NOT_APPLICABLE


class Basis(StrEnum):
    """What a decided verdict rests on. An unknown rests on nothing."""

    EVIDENCE = "evidence"
    ABSENCE = "absence"
    """Nothing is on record where the text says "no known" or "no history of". A person has to confirm it."""
    ATTESTATION = "attestation"


# By their own names: an attribute of an enumeration costs eight times as much in Python 3.11, several hundred times in
# every assessment.
MET: Final = Verdict.MET
NOT_MET: Final = Verdict.NOT_MET
UNKNOWN: Final = Verdict.UNKNOWN
NOT_APPLICABLE: Final = Verdict.NOT_APPLICABLE
EVIDENCE: Final = Basis.EVIDENCE
ABSENCE: Final = Basis.ABSENCE
ATTESTATION: Final = Basis.ATTESTATION


class Reason(StrEnum):
    """Why a verdict is unknown. If several apply the first of this order is given; `DECIDED` for the rest."""

    NEWER_THAN_STATEMENT = "newer-than-statement"
    ATTESTATION_EXPIRED = "attestation-expired"
    NEEDS_STATEMENT = "needs-statement"
    CONFLICTING = "conflicting"
    UNIT = "unit"
    IMPLAUSIBLE = "implausible"
    UNREADABLE = "unreadable"
    COMPARATOR = "comparator"
    NO_REFERENCE_RANGE = "no-reference-range"
    PARTIAL_DATE = "partial-date"
    PROVISIONAL = "provisional"
    INTENT_NOT_STATED = "intent-not-stated"
    ROUTE_NOT_STATED = "route-not-stated"
    EXTENT_NOT_STATED = "extent-not-stated"
    METHOD_NOT_STATED = "method-not-stated"
    SITE_NOT_STATED = "site-not-stated"
    NEEDS_CONFIRMATION = "needs-confirmation"
    NEEDS_JUDGEMENT = "needs-judgement"
    MISSING = "missing"
    TOO_OLD = "too-old"
    DECIDED = "decided"


REASONS: dict[Reason, str] = {
    Reason.NEWER_THAN_STATEMENT: "a record is newer than the statement that would settle it",
    Reason.ATTESTATION_EXPIRED: "the last answer would settle it, but its validity is over",
    Reason.NEEDS_STATEMENT: "only a person's statement decides, and there is none",
    Reason.CONFLICTING: "records of the same time, or two readings of them, lead to different verdicts",
    Reason.UNIT: "the unit is absent, unknown or incompatible",
    Reason.IMPLAUSIBLE: "the value lies outside the plausible range: check the unit",
    Reason.UNREADABLE: "a value is present and cannot be interpreted",
    Reason.COMPARATOR: "the value is only bounded, and the limit lies within the bounds",
    Reason.NO_REFERENCE_RANGE: "no upper limit of normal is known, or more than one",
    Reason.PARTIAL_DATE: "the verdict is not the same on every day that the date can be",
    Reason.PROVISIONAL: "the deciding record is uncertain",
    Reason.INTENT_NOT_STATED: "the setting of a course is not stated",
    Reason.ROUTE_NOT_STATED: "the route of a corticosteroid is not stated",
    Reason.EXTENT_NOT_STATED: "the extent of an operation is not stated",
    Reason.METHOD_NOT_STATED: "the method of a measurement is not stated, or not one the protocol lists",
    Reason.SITE_NOT_STATED: "the site of a melanoma or of a metastasis is not stated",
    Reason.NEEDS_CONFIRMATION: "a screening test is positive and nothing confirms or refutes it",
    Reason.NEEDS_JUDGEMENT: "a record has to be judged by a person",
    Reason.MISSING: "nothing usable is on record",
    Reason.TOO_OLD: "nothing usable lies in the window, but before it",
    Reason.DECIDED: "the verdict is known",
}
"""One documented sentence per reason."""

_ORDER = {reason: position for position, reason in enumerate(Reason)}


def first_reason(reasons: Iterable[Reason]) -> Reason:
    """The reason to give when several apply.

    Raises:
        ValueError: if there is none.
    """
    return min(reasons, key=_ORDER.__getitem__)


class Remedy(StrEnum):
    """What could still change a *not met*."""

    TIME = "time"
    NEW_DATA = "new_data"
    NONE = "none"


class NeedKind(StrEnum):
    """What an unknown asks for, from the least to the greatest effort."""

    PATIENT = "patient"
    CHART = "chart"
    ATTESTATION = "attestation"
    LAB = "lab"
    IMAGING = "imaging"


class Status(StrEnum):
    """The overall answer for one patient on one day."""

    ELIGIBLE = "eligible"
    NOT_YET = "not_yet"
    UNDETERMINED = "undetermined"
    INELIGIBLE = "ineligible"
