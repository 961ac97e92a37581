"""What people say of results that were repeated after a failure: why."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from eligibility import retests
from eligibility.actions.assessing import assess
from eligibility.actions.screenings import Actor, look_up, may_at_site
from eligibility.models import RetestReason, Screening
from eligibility.policies import NotAllowed, must_be_unmoved
from eligibility.rules.protocol import Protocol
from eligibility.snapshots import take
from eligibility.workflow import Act


def give_reason(
    screening: UUID,
    *,
    criterion: str,
    reason: str,
    text: str,
    by: Actor,
    protocol: Protocol,
    on: date,
    seen: int,
) -> RetestReason:
    """Say why a criterion was looked at again. The same said again by the same is one reason.

    Raises:
        Screening.DoesNotExist: there is none, or it is another site's.
        NotAllowed, NotNow, Moved: with the reason.
    """
    held = look_up(screening)
    if by.account is None or by.client:
        raise NotAllowed("client", _("Only a person says why a result was repeated."))
    may_at_site(Act.START, held, by, on)
    must_be_unmoved(held, seen)
    retests.may_give_reason(held)
    said = text.strip()
    retests.must_be_reason(reason, said)
    # What is assessed files the retest that the reason is for.
    filed = assess(held.patient_id, protocol=protocol, on=on)
    record = take(held.patient_id, trial=protocol.trial).record
    failed = retests.of_episode(held, filed.answer, record)
    repeated = retests.repeated_or_not(failed, criterion)
    with transaction.atomic():
        must_be_unmoved(Screening.objects.select_for_update(no_key=True).get(pk=held.pk), seen)
        given = RetestReason.objects.filter(screening=held, criterion=criterion).last()
        if given is not None and (given.by, given.reason, given.text) == (by.account, reason, said):
            return given
        return RetestReason.objects.create(
            site_id=held.site_id,
            screening=held,
            criterion=criterion,
            reason=reason,
            text=said,
            results=retests.results_of(repeated.now),
            by=by.account,
            by_name=by.name,
        )
