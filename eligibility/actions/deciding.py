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
from eligibility.covered import arrived_since, covered, digest_of, signature_digest
from eligibility.models import Determination, Screening, SignOff, State, Voiding
from eligibility.policies import (
    Moved,
    NotAllowed,
    NotNow,
    may_confirm,
    may_sign,
    must_be_approved,
    must_be_person,
    must_be_unmoved,
    must_say_why,
    when_may,
    who_may,
)
from eligibility.retests import of_episode, repeats_are_reasoned
from eligibility.rules.protocol import Protocol
from eligibility.snapshots import Snapshot, take
from eligibility.workflow import Act
from patients.models import Patient
from trialscreen.institution.actions import NotDone
from trialscreen.institution.sign_in.signing import Shown, Signing, must_be_signer

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
    held, account = look_up(screening), must_be_person(by.account, by.client)
    who_may(Act.CONFIRM, by=account, site_id=held.site_id, trial=held.trial.number, on=on)
    must_be_unmoved(held, seen.screening)
    when_may(Act.CONFIRM, held)
    must_be_approved(held, on=on)
    with transaction.atomic():
        lock_record(held)
        # Assessing may read the record anew, and then it is another version.
        filed = assess(held.patient_id, protocol=protocol, on=on)
        snapshot = take(held.patient_id, trial=protocol.trial)
        as_seen(snapshot, seen.record, protocol)
        may_confirm(filed.answer)
        repeats_are_reasoned(of_episode(held, filed.answer, snapshot.record))
        case = case_of(snapshot, protocol=protocol, on=on)
        covers = covered(
            screening=held.pk,
            patient=held.patient_id,
            snapshot=snapshot,
            case=case,
            found=protocol.assess(case, on),
            protocol=protocol,
        )
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
    """Send a confirmed episode back to the coordinator, with the reason.

    Raises:
        NotAllowed, NotNow, Moved: with the reason.
    """
    held, account = look_up(screening), must_be_person(by.account, by.client)
    who_may(Act.RETURN, by=account, site_id=held.site_id, trial=held.trial.number, on=on)
    must_be_unmoved(held, seen)
    when_may(Act.RETURN, held)
    must_say_why(note, _("Say why you decline to sign."))
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
    password: str | Shown,
    protocol: Protocol,
    at: datetime,
    on: date,
    seen: int,
    record: int | None = None,
) -> SignOff:
    """Sign the determination that stands, with the password given again or what is shown in its place.

    `at` is the moment, `on` the day at the site.

    Where `record` says which version of the record was on the page, anything that has arrived since is looked at first,
    even where it voids nothing.

    Raises:
        NotAllowed, NotNow, Moved: with the reason.
    """
    held, account = look_up(screening), must_be_person(by.account, by.client)
    who_may(Act.SIGN, by=account, site_id=held.site_id, trial=held.trial.number, on=on)
    must_be_unmoved(held, seen)
    when_may(Act.SIGN, held)
    standing = standing_of(held)
    may_sign(by=account, confirmed_by=standing.by_id)
    try:
        how = must_be_signer(account, password, signing_of(held, standing))
    except NotDone as refused:
        raise NotAllowed(refused.code, refused.sentence) from refused
    with transaction.atomic():
        lock_record(held)
        snapshot = unchanged(standing, protocol=protocol, on=on)
        if record is not None:
            as_seen(snapshot, record, protocol)
        event = move(held, Act.SIGN, State.SIGNED, by=by, seen=seen, detail={"how": how.value})
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
                signer=account.pk,
                name=by.name,
                at=at,
                meaning=MEANING,
                how=how.value,
            ),
        )


def signing_of(held: Screening, standing: Determination) -> Signing:
    """What a passkey, or a new sign-in at the provider, is asked for: this episode, with these findings."""
    return Signing("screening", str(held.pk), standing.digest)


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
    """Nothing of the patient's record changes before the transaction ends.

    What only refers to the patient may be added meanwhile: whoever is filing the same assessment at this moment holds
    what this transaction will wait for, and must not have to wait for it.
    """
    Patient.objects.select_for_update(of=("self",), no_key=True).get(pk=held.patient_id)


def unchanged(standing: Determination, *, protocol: Protocol, on: date) -> Snapshot:
    """The record, if the determination still holds for it.

    Raises:
        Moved: what changed, in sentences.
    """
    snapshot = take(standing.screening.patient_id, trial=protocol.trial)
    found = turned(standing, snapshot, protocol=protocol, on=on)
    if found:
        raise Moved("record-moved", " ".join(dict.fromkeys(change.text for change in found)))
    return snapshot


def as_seen(snapshot: Snapshot, seen: int, protocol: Protocol) -> None:
    """Whether the record is as it was looked at.

    Raises:
        Moved: what is new in it, named where it can be.
    """
    if snapshot.version == seen:
        return
    named = ", ".join(arrived_since(snapshot, seen, protocol))
    if named:
        said = _("The record has changed since this page was opened: %(new)s.") % {"new": named}
    else:
        said = _("The record has changed since this page was opened.")
    raise Moved("record-moved", said)
