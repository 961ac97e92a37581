"""Every question that the pages and addresses of screening episodes ask of the tables."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from eligibility.models import (
    Determination,
    Deviation,
    Event,
    Registration,
    Screening,
    SignOff,
    TrialPart,
)
from eligibility.policies import must_be_intact, why_not
from patients.models import Patient, SetAside


class Story(NamedTuple):
    """An episode with everything that people have decided in it."""

    screening: Screening
    events: tuple[Event, ...]
    """The first first."""
    standing: Determination | None
    """The determination in force."""
    signed: SignOff | None
    """The signature in force."""
    registration: Registration | None
    following: Screening | None
    deviations: tuple[Deviation, ...]
    signature_fault: str
    """That the signature does not match what is stored; empty: it does, or there is none."""


def of_sites(site_ids: Collection[int]) -> QuerySet[Screening]:
    """Episodes of these sites, with what is shown of each."""
    held = Screening.objects.filter(site__in=list(site_ids))
    return held.select_related("site", "trial", "patient__site", "assignee", "previous__site")


def latest_of(patient: UUID, *, trial: str) -> Screening | None:
    """The last episode of a patient; None: there was none yet."""
    held = of_sites(Patient.objects.filter(pk=patient).values_list("site_id", flat=True))
    return held.filter(patient=patient, trial__number=trial).order_by("-episode").first()


def story(held: Screening) -> Story:
    """What has happened in an episode."""
    standing = (
        Determination.objects.filter(screening=held, voiding=None).select_related("by").first()
    )
    signed = (
        SignOff.objects.select_related("event").filter(determination=standing).first()
        if standing
        else None
    )
    if signed is not None and standing is not None:
        signed.determination = standing
    return Story(
        held,
        tuple(Event.objects.filter(screening=held).order_by("sequence")),
        standing,
        signed,
        Registration.objects.filter(screening=held).select_related("part").first(),
        Screening.objects.filter(previous=held).select_related("site").first(),
        tuple(Deviation.objects.filter(screening=held).order_by("pk")),
        why_not(lambda: must_be_intact(signed)) if signed is not None else "",
    )


def set_aside_of(patient: UUID) -> tuple[SetAside, ...]:
    """Records that people have set aside and that count for nothing by now."""
    held = SetAside.objects.filter(patient=patient, lifted_version=None)
    return tuple(held.select_related("by").order_by("pk"))


def parts_of(held: Screening) -> tuple[TrialPart, ...]:
    """The parts of the trial, by name."""
    return tuple(TrialPart.objects.filter(trial=held.trial_id).exclude(name="").order_by("name"))
