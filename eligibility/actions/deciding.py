"""The coordinator's determination and the investigator's signature.

Both lock the patient's record, so that nothing is recorded between the last look and the decision.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from eligibility.actions.assessing import assess, case_of
from eligibility.actions.following import turned
from eligibility.actions.screenings import Actor, look_up, move
from eligibility.covered import covered, digest_of, signature_digest
from eligibility.models import Determination, Screening, SignOff, State, Voiding
from eligibility.policies import Moved, NotAllowed, NotNow, may_confirm, may_sign, when_may, who_may
from eligibility.rules.protocol import Protocol
from eligibility.snapshots import Snapshot, take
from eligibility.workflow import Act
from patients.models import Patient
from trialscreen.institution.models import Account

MEANING: Final = (
    "I have reviewed the findings and the records they rest on, and state that this patient meets the eligibility "
    "criteria of the trial within the window shown."
)
"""What an investigator's signature means; shown at signing, kept with it, and printed."""


class Look(NamedTuple):
    """What was on the page of who decides: the version of the episode, and that of the record."""

    screening: int
    record: int


def confirm(
    screening: UUID, *, by: Actor, protocol: Protocol, on: date, seen: Look
) -> Determination:
    """Confirm the assessment of the record as it stands and was seen.

    Raises:
        NotAllowed, NotNow, Moved: with the reason.
    """
    held, account = look_up(screening), _person(by)
    who_may(Act.CONFIRM, by=account, site_id=held.site_id, trial=held.trial.number, on=on)
    when_may(Act.CONFIRM, held)
    with transaction.atomic():
        lock_record(held)
        snapshot = take(held.patient_id, trial=protocol.trial)
        if snapshot.version != seen.record:
            raise Moved("record-moved", _what_arrived(snapshot, seen.record))
        filed = assess(held.patient_id, protocol=protocol, on=on)
        may_confirm(filed)
        case = case_of(snapshot, protocol=protocol, on=on)
        covers = covered(snapshot, case, protocol.assess(case, on), protocol)
        event = move(held, Act.CONFIRM, State.CONFIRMED, by=by, seen=seen.screening)
        return Determination.objects.create(
            site_id=held.site_id,
            screening=held,
            event=event,
            assessment=filed,
            by=account,
            by_name=by.name,
            covers=covers,
            digest=digest_of(covers),
        )


def decline_to_sign(screening: UUID, *, by: Actor, on: date, seen: int, note: str) -> Voiding:
    """Send a confirmed episode back to the coordinator, with the reason."""
    held, account = look_up(screening), _person(by)
    who_may(Act.RETURN, by=account, site_id=held.site_id, trial=held.trial.number, on=on)
    when_may(Act.RETURN, held)
    if not note.strip():
        raise NotNow("reason", _("Say why you decline to sign."))
    with transaction.atomic():
        standing = standing_of(held)
        event = move(held, Act.RETURN, State.IN_SCREENING, by=by, seen=seen, note=note)
        said = [{"criterion": "", "text": note}]
        return Voiding.objects.create(
            site_id=held.site_id, determination=standing, event=event, changes=said
        )


def sign(
    screening: UUID,
    *,
    by: Actor,
    password: str,
    protocol: Protocol,
    at: datetime,
    on: date,
    seen: int,
) -> SignOff:
    """Sign the determination that stands, with the password given again. `at` is the moment, `on` the day at the site.

    Raises:
        NotAllowed, NotNow, Moved: with the reason.
    """
    held, account = look_up(screening), _person(by)
    who_may(Act.SIGN, by=account, site_id=held.site_id, trial=held.trial.number, on=on)
    when_may(Act.SIGN, held)
    standing = standing_of(held)
    may_sign(by=account, confirmed_by=standing.by_id)
    if not account.check_password(password):
        raise NotAllowed("password", _("That is not your password: nothing was signed."))
    with transaction.atomic():
        lock_record(held)
        unchanged(standing, protocol=protocol, on=on)
        event = move(held, Act.SIGN, State.SIGNED, by=by, seen=seen)
        return SignOff.objects.create(
            site_id=held.site_id,
            determination=standing,
            event=event,
            confirmed_by_id=standing.by_id,
            by=account,
            by_name=by.name,
            at=at,
            meaning=MEANING,
            digest=signature_digest(
                covers=standing.digest,
                signer=account.username,
                name=by.name,
                at=at,
                meaning=MEANING,
            ),
        )


def standing_of(held: Screening) -> Determination:
    """The determination in force.

    Raises:
        NotNow: there is none.
    """
    standing = (
        Determination.objects.filter(screening=held, voiding=None).select_related("by").first()
    )
    if standing is None:
        raise NotNow("not-confirmed", _("Nothing is confirmed."))
    return standing


def lock_record(held: Screening) -> None:
    """Nothing of the patient's record changes before the transaction ends."""
    Patient.objects.select_for_update(of=("self",)).get(pk=held.patient_id)


def unchanged(standing: Determination, *, protocol: Protocol, on: date) -> Snapshot:
    """The record, if the determination still holds for it.

    Raises:
        Moved: what changed, in sentences.
    """
    snapshot = take(standing.screening.patient_id, trial=protocol.trial)
    case = case_of(snapshot, protocol=protocol, on=on)
    found = turned(standing, snapshot, case=case, protocol=protocol, on=on)
    if found:
        raise Moved("record-moved", " ".join(change.text for change in found))
    return snapshot


def _person(by: Actor) -> Account:
    if by.account is None or by.client:
        raise NotAllowed("client", _("Only a person confirms and signs, never a system."))
    return by.account


def _what_arrived(snapshot: Snapshot, seen: int) -> str:
    """What is new in the record since it was looked at, named where it can be."""
    facts, arrived = snapshot.record.facts, snapshot.record.arrived
    kinds = (facts.results, facts.conditions, facts.courses, facts.operations, facts.lesions)
    new = [one.label for kind in kinds for one in kind if arrived.get(id(one), 0) > seen]
    new += [
        _("an answer on %(criterion)s") % {"criterion": one.criterion}
        for one in snapshot.record.attestations
        if (one.version or 0) > seen
    ]
    named = ", ".join(dict.fromkeys(new))
    if named:
        return _("The record has changed since this page was opened: %(new)s.") % {"new": named}
    return _("The record has changed since this page was opened.")
