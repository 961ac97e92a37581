"""A version of the criteria from draft to retired: one table of what may follow what, and which one is in force.

Who may do it is asked by `eligibility.actions.publishing`; this says what may follow what, and reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from eligibility.models import (
    ProtocolVersion,
    Signatures,
    VersionEvent,
    VersionState,
)
from eligibility.rules.protocol import Protocol

Filed = Any
"""A `ProtocolVersion` that was read with its `state`; empty where it has no event."""


class Step(StrEnum):
    """What can be done with a version. The values are the last words of addresses and the names of events."""

    SET_UP = "set-up"
    SUBMIT = "submit"
    REVIEW = "review"
    SEND_BACK = "send-back"
    PUBLISH = "publish"
    RETIRE = "retire"


class Passage(NamedTuple):
    """`step` leads from any of `sources` to `target`."""

    step: Step
    sources: tuple[str, ...]
    """States; an empty one: not on record."""
    target: VersionState
    verb: object
    """On a button."""
    otherwise: object
    """The sentence in any other state."""


TABLE: Final = (
    Passage(
        Step.SET_UP,
        ("",),
        VersionState.PUBLISHED,
        _("Set up"),
        _("Only a trial without any version is set up with one."),
    ),
    Passage(
        Step.SUBMIT,
        ("", VersionState.RETURNED),
        VersionState.DRAFT,
        _("Submit for review"),
        _("This version was submitted already."),
    ),
    Passage(
        Step.REVIEW,
        (VersionState.DRAFT,),
        VersionState.REVIEWED,
        _("Approve after review"),
        _("Only a draft is reviewed."),
    ),
    Passage(
        Step.SEND_BACK,
        (VersionState.DRAFT, VersionState.REVIEWED),
        VersionState.RETURNED,
        _("Send back"),
        _("Only a draft, or what was reviewed and is not published yet, is sent back."),
    ),
    Passage(
        Step.PUBLISH,
        (VersionState.REVIEWED,),
        VersionState.PUBLISHED,
        _("Publish"),
        _("Only a version that was reviewed is published."),
    ),
    Passage(
        Step.RETIRE,
        (VersionState.PUBLISHED,),
        VersionState.RETIRED,
        _("Retire"),
        _("Only the version in force is retired, by the one that takes its place."),
    ),
)
OF_STEP: Final[Mapping[Step, Passage]] = {each.step: each for each in TABLE}


def may_follow(step: Step, state: str) -> bool:
    """Whether the table allows the step in a state; an empty state: not on record."""
    return state in OF_STEP[step].sources


def versions_of(trial: str) -> QuerySet[Filed]:
    """Every version on record of a trial with its `state`, the latest first."""
    return _with_state().select_related("trial").filter(trial__number=trial).order_by("-pk")


def in_force(trial: str) -> Filed | None:
    """The published version of a trial."""
    return versions_of(trial).filter(state=VersionState.PUBLISHED).first()


def filed(digest: str) -> Filed | None:
    """The version of a digest with its `state`."""
    return _with_state().select_related("trial").filter(digest=digest).first()


def state_of(version: ProtocolVersion) -> str:
    """Its last event's; empty where it has none."""
    last = VersionEvent.objects.filter(version=version).order_by("-number")
    return last.values_list("after", flat=True).first() or ""


def last_number(trial: str) -> int:
    """The number of the last event of a trial; 0 before the first."""
    last = VersionEvent.objects.filter(trial__number=trial).order_by("-number")
    return last.values_list("number", flat=True).first() or 0


def choose(trial: str, shipped: Sequence[Protocol]) -> Protocol:
    """Of the versions that a release carries the one that is published; without a database the first."""
    try:
        held = in_force(trial)
    except (OperationalError, ImproperlyConfigured):
        return shipped[0]
    found = (one for one in shipped if held is not None and one.digest() == held.digest)
    return next(found, shipped[0])


def asks_again(trial: int, *, since: str) -> VersionEvent | None:
    """The publication after the version of a digest that voids what was confirmed and signed before it."""
    published = VersionEvent.objects.filter(trial=trial, after=VersionState.PUBLISHED)
    covered = published.filter(version__digest=since).values("number")[:1]
    later = published.filter(
        signatures=Signatures.RECHECK, number__gt=Coalesce(Subquery(covered), Value(0))
    )
    return later.select_related("version").order_by("number").first()


def _with_state() -> QuerySet[Filed]:
    last = VersionEvent.objects.filter(version=OuterRef("pk")).order_by("-number")
    return ProtocolVersion.objects.annotate(
        state=Coalesce(Subquery(last.values("after")[:1]), Value(""))
    )
