"""The steps of a version of the criteria: one that nobody has submitted, one draft and one that was reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils import timezone

from eligibility.actions.publishing import review, submit
from eligibility.models import ProtocolVersion, VersionImpact
from eligibility.publication import in_force, last_number
from tests.refusals.clinic import TRIAL, Clinic
from tests.refusals.form import Form, Typed
from tests.refusals.kinds import CHOICE_FIELD, STALE, VERSION_FIELD, Field, text
from tests.rules.amended import with_platelets
from trialscreen.institution.models import Account

NEW, DRAFT, REVIEWED = (with_platelets(f"2027-0{n}-01.1", 120 + n) for n in (1, 2, 3))
LATER: Final = (NEW, DRAFT, REVIEWED)
"""What the release carries besides the version in force."""
MOVED = "Somebody else has done something since: look at it again."
SEEN = Field(VERSION_FIELD, STALE, {"one that is past": ("0", MOVED)})
CHOOSE = "Say what becomes of the signatures given so far."


def bring(by: Account, reviewer: Account) -> None:
    """A draft, and a reviewed version whose impact was counted, of nobody."""
    for version in (DRAFT, REVIEWED):
        submit(version, reason="Amendment 7", by=by, seen=last_number(TRIAL))
    held = review(
        submitted(REVIEWED.version), statement="Read", by=reviewer, seen=last_number(TRIAL)
    ).version
    now = in_force(TRIAL)
    assert now is not None
    VersionImpact.objects.create(
        version=held,
        against=now,
        asked_by=by,
        by_name=by.name,
        finished_at=timezone.now(),
        counts=_NOBODY | {"sites": {}, "left_out": 0},
    )


def submitted(version: str) -> ProtocolVersion:
    return ProtocolVersion.objects.get(version=version)


_NOBODY = {
    "candidates": 0,
    "unchanged": 0,
    "standing": 0,
    "becomes": dict.fromkeys(("eligible", "ineligible", "undetermined", "not_yet"), 0),
    "criteria": {},
}


def _step(
    title: str,
    step: str,
    version: str,
    fields: Mapping[str, Field],
    *,
    by: str,
    typed: Typed,
    empty: str,
    others: tuple[str, ...],
) -> Form:
    def at(clinic: Clinic) -> str:
        return f"/trials/{TRIAL}/versions/{version}/{step}/"

    return Form(
        title,
        f"trial-version-{step}",
        by,
        at,
        at,
        lambda clinic: typed,
        {**fields, "seen": SEEN},
        empty=empty,
        others=others,
        absent=False,
    )


_WHY = {"reason": Field(text(1000), "Say why.")}
_REVIEWED = {"reason": Field(text(1000), "Say what was reviewed.")}
_OTHERS = ("monitor", "coordinator")
VERSIONS = (
    _step(
        "Submit a version of the criteria",
        "submit",
        NEW.version,
        _WHY,
        by="administrator",
        typed={"reason": "Amendment 7"},
        empty="Say why.",
        others=(*_OTHERS, "investigator"),
    ),
    _step(
        "Review a version of the criteria",
        "review",
        DRAFT.version,
        _REVIEWED,
        by="investigator",
        typed={"reason": "Read against amendment 7"},
        empty="Say what was reviewed.",
        others=_OTHERS,
    ),
    _step(
        "Send a version of the criteria back",
        "send-back",
        DRAFT.version,
        _WHY,
        by="investigator",
        typed={"reason": "Not the limit of amendment 7"},
        empty="Say why.",
        others=_OTHERS,
    ),
    _step(
        "Publish a version of the criteria",
        "publish",
        REVIEWED.version,
        {**_WHY, "signatures": Field(CHOICE_FIELD, CHOOSE)},
        by="administrator",
        typed={"reason": "The board has approved it", "signatures": "keep"},
        empty=CHOOSE,
        others=(*_OTHERS, "investigator"),
    ),
)
