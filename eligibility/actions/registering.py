"""Registration: the one place where a patient enters the trial, and takes one of its places."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from eligibility.actions.assessing import answered, assess
from eligibility.actions.deciding import lock_record, standing_of, unchanged
from eligibility.actions.following import covered_protocol
from eligibility.actions.screenings import Actor, lock_numbers, look_up, move
from eligibility.models import (
    Assessment,
    Registration,
    Screening,
    SignOff,
    SitePart,
    State,
    TrialPart,
)
from eligibility.policies import (
    NotNow,
    may_register_into,
    may_register_on,
    must_be_intact,
    must_be_person,
    must_be_unmoved,
    when_may,
    who_may,
)
from eligibility.rules.protocol import Protocol
from eligibility.snapshots import Snapshot
from eligibility.workflow import Act


def register(
    screening: UUID,
    *,
    by: Actor,
    protocol: Protocol,
    on: date,
    seen: int,
    part: str,
    consent_version: str,
    consent_on: date | None,
) -> Registration:
    """Register a signed patient into a part of the trial, today at the site.

    Raises:
        NotAllowed, NotNow, Moved: with the reason; then nothing is registered and no place is taken.
    """
    held, account = look_up(screening), must_be_person(by.account, by.client)
    who_may(Act.REGISTER, by=account, site_id=held.site_id, trial=held.trial.number, on=on)
    must_be_unmoved(held, seen)
    when_may(Act.REGISTER, held)
    if not consent_version.strip() or consent_on is None:
        raise NotNow("consent", _("Nobody is registered without consent: its version and its day."))
    if consent_on > on:
        raise NotNow("consent", _("The day of consent lies in the future."))
    wanted = TrialPart.objects.filter(trial=held.trial, name=part).exclude(name="").first()
    if wanted is None:
        raise NotNow("part", _("The trial has no such part."))
    with transaction.atomic():
        lock_record(held)
        standing = standing_of(held)
        signed = SignOff.objects.filter(determination=standing)
        signature = signed.select_related("determination").first()
        if signature is None:
            raise NotNow("not-signed", _("Nobody has signed."))
        must_be_intact(signature)
        snapshot = unchanged(standing, protocol=protocol, on=on)
        assessed = assess(held.patient_id, protocol=protocol, on=on)
        under = covered_protocol(standing, protocol)
        may_register_on(_as_signed(assessed, snapshot, protocol, under), on=on)
        may_register_into(held, wanted, on=on)
        _take_place(held, wanted)
        lock_numbers(held.site_id)
        told = {"part": wanted.name, "registered_on": on.isoformat()}
        event = move(held, Act.REGISTER, State.REGISTERED, by=by, seen=seen, told=told)
        return Registration.objects.create(
            site_id=held.site_id,
            screening=held,
            event=event,
            sign_off=signature,
            trial=held.trial,
            part=wanted,
            subject_number=_next_number(held),
            registered_on=on,
            consent_version=consent_version.strip(),
            consent_on=consent_on,
        )


def _as_signed(
    filed: Assessment, snapshot: Snapshot, protocol: Protocol, under: Protocol
) -> dict[str, Any]:
    """The answer that the window is read from: of a signature that stood when the criteria were amended, by its own
    version."""
    if under == protocol:
        answer: dict[str, Any] = filed.answer
        return answer
    return answered(snapshot, protocol=under, on=filed.on, timeline=True)[2]


def _take_place(held: Screening, part: TrialPart) -> None:
    """Raise the counters of trial, part and site, in this order everywhere, each only below its ceiling."""
    below = Q(registered__lt=F("ceiling"))
    one_more = F("registered") + 1
    whole = TrialPart.objects.filter(trial=held.trial, name="")
    if whole.exists() and not whole.filter(below).update(registered=one_more):
        raise NotNow("full", _("The trial is full: all its places are taken."))
    if not TrialPart.objects.filter(below, pk=part.pk).update(registered=one_more):
        raise NotNow(
            "part-full", _("Part %(name)s is full: all its places are taken.") % {"name": part.name}
        )
    here = SitePart.objects.filter(below | Q(ceiling=None), site=held.site_id, part=part)
    if not here.update(registered=one_more):
        raise NotNow("site-full", _("All places of this site are taken."))


def _next_number(held: Screening) -> int:
    given = Registration.objects.filter(site=held.site_id, trial=held.trial)
    return (given.aggregate(last=Max("subject_number"))["last"] or 0) + 1
