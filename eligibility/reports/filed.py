"""What the filed checklist of one screening is made of: read once, from what is stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from eligibility.models import (
    Assessment,
    Determination,
    Deviation,
    Registration,
    Retest,
    RetestReason,
    Screening,
    SignOff,
    Voiding,
)
from eligibility.policies import Refusal, must_be_intact
from patients.models import Demographics, PatientIdentifier

_FHIR_ID = "urn:trialscreen:fhir-id"


class NotAssessed(LookupError):
    """Nothing has been found of the patient yet, so there is nothing to file."""


@dataclass(frozen=True)
class Repeat:
    """A criterion that failed in the episode before and is decided by another result in this one."""

    criterion: str
    before: str
    """What was found when the episode before was closed."""
    reason: RetestReason | None
    """The last one given; none: nobody has said why yet."""


@dataclass(frozen=True)
class Filed:
    """A screening with the assessment that was decided on, or the latest where nobody has decided."""

    screening: Screening
    who: Demographics | None
    identifiers: tuple[PatientIdentifier, ...]
    assessment: Assessment
    determination: Determination | None
    """The one that stands."""
    sign_off: SignOff | None
    fault: str
    """Why the signature is no longer the one that was given; empty: its digest was worked out again and is the same."""
    voidings: tuple[Voiding, ...]
    repeats: tuple[Repeat, ...]
    """In the order of the protocol."""
    registration: Registration | None
    deviations: tuple[Deviation, ...]


def read(screening: UUID, *, sites: Collection[int]) -> Filed:
    """Everything that is printed of a screening of one of these sites.

    Raises:
        Screening.DoesNotExist: there is none, or it is another site's.
        NotAssessed: nobody has assessed the patient yet.
    """
    held = Screening.objects.select_related(
        "site", "trial", "assessment__protocol_version", "previous__assessment"
    ).get(pk=screening, site__in=list(sites))
    standing = (
        Determination.objects.filter(screening=held, voiding=None)
        .select_related("assessment__protocol_version", "sign_off")
        .order_by("-pk")
        .first()
    )
    assessment = standing.assessment if standing is not None else held.assessment
    if assessment is None:
        raise NotAssessed(screening)
    signature: SignOff | None = getattr(standing, "sign_off", None)
    names = PatientIdentifier.objects.filter(patient=held.patient_id).exclude(system=_FHIR_ID)
    return Filed(
        screening=held,
        who=Demographics.objects.filter(patient=held.patient_id, superseded_version=None).first(),
        identifiers=tuple(names.order_by("pk")),
        assessment=assessment,
        determination=standing,
        sign_off=signature,
        fault=_fault(signature),
        voidings=tuple(Voiding.objects.filter(determination__screening=held).order_by("pk")),
        repeats=_repeats(held),
        registration=Registration.objects.select_related("part").filter(screening=held).first(),
        deviations=tuple(Deviation.objects.filter(screening=held).order_by("pk")),
    )


def _repeats(held: Screening) -> tuple[Repeat, ...]:
    closed = held.previous.assessment if held.previous is not None else None
    if closed is None:
        return ()
    found = set(Retest.objects.filter(screening=held).values_list("criterion", flat=True))
    given = RetestReason.objects.filter(screening=held).order_by("pk")
    reasons = {one.criterion: one for one in given}
    return tuple(
        Repeat(one["id"], one["text"], reasons.get(one["id"]))
        for one in closed.answer["criteria"]
        if one["id"] in found
    )


def _fault(signature: SignOff | None) -> str:
    if signature is None:
        return ""
    try:
        must_be_intact(signature)
    except Refusal as refusal:
        return refusal.sentence
    return ""
