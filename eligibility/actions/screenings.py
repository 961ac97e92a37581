"""Opening and starting screening episodes, and how every transition is made: each is one event.

Who acts says which version of the episode was looked at. The state is claimed by one conditional UPDATE, so that of two
who act at once one is told that the other was quicker.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from eligibility.actions.telling import tell_of_step
from eligibility.models import OPEN, Event, Screening, State, Trial
from eligibility.policies import NotNow, moved, must_be_unmoved, when_may, who_may
from eligibility.workflow import OF_ACT, Act
from patients.merged import above, hold
from patients.models import Patient
from trialscreen.institution.models import Account
from trialscreen.institution.trail.acting import acting, because
from trialscreen.institution.trail.actions import Word
from trialscreen.institution.trail.actions import note as note_act

DEEDS: Final[Mapping[Act, Word]] = {
    Act.CONFIRM: Word.CONFIRMED,
    Act.SIGN: Word.SIGNED,
    Act.RETURN: Word.DECLINED,
    Act.REGISTER: Word.REGISTERED,
}
"""Steps that are acts of the trail; each of them and every other leaves the entries of its rows besides."""
MERGED: Final = "This record is recorded as the same person as another: that one is screened."
_NUMBERS = 514_086
"""With the site: the lock under which the numbers of a site are given out."""


class Actor(NamedTuple):
    """Who acts: a person, perhaps through an API client, or the product by itself."""

    account: Account | None
    name: str
    client: str = ""

    @classmethod
    def person(cls, account: Account, client: str = "") -> Actor:
        return cls(account, account.name or account.username, client)


ITSELF = Actor(None, "trialscreen")


def open_screening(*, patient: Patient, trial: Trial, by: Actor, on: date) -> Screening:
    """Open the first episode of a patient; one that is open already is returned as it is.

    Raises:
        NotAllowed: the person is not of the site.
        NotNow: the site is not open, or an earlier episode is closed: it is screened again instead.
    """
    if by.account is not None:
        who_may(Act.OPEN, by=by.account, site_id=patient.site_id, trial=trial.number, on=on)
    if not patient.site.is_open(on=on):
        raise NotNow("site-closed", _("The site is not open for screening."))
    held = Screening.objects.filter(patient=patient, trial=trial).order_by("-episode").first()
    if held is None:
        return open_next(patient, trial, by=by, on=on)
    if held.state in OPEN:
        return held
    raise NotNow("closed", _("The patient was screened before: screen again from that screening."))


def start(screening: UUID, *, by: Actor, on: date, seen: int) -> Screening:
    """From candidate to in screening. Who starts it works on it, unless somebody does already.

    Raises:
        NotAllowed, NotNow, Moved: with the reason.
    """
    held = look_up(screening)
    may_at_site(Act.START, held, by, on)
    with transaction.atomic():
        move(held, Act.START, State.IN_SCREENING, by=by, seen=seen)
        if by.account is not None and not by.client:
            nobodys = Screening.objects.filter(pk=held.pk, assignee=None)
            nobodys.update(assignee=by.account)
    return held


def assign(
    screenings: Iterable[UUID],
    *,
    to: Mapping[UUID, int | None] | int | None,
    by: Account,
    on: date,
    sites: Collection[int],
) -> dict[UUID, int | None]:
    """Give episodes of these sites to somebody of the site (None: to nobody), or each to its own, as an undo does.

    Returns who had them before. Those that are not open are left as they are.
    """
    before: dict[UUID, int | None] = {}
    with transaction.atomic():
        rows = Screening.objects.select_for_update(no_key=True).filter(
            pk__in=list(screenings), state__in=OPEN, site__in=list(sites)
        )
        for held in rows.select_related("trial"):
            may_at_site(Act.START, held, Actor.person(by), on)
            wanted = to.get(held.pk) if isinstance(to, Mapping) else to
            if wanted is not None:
                who_may(
                    Act.START,
                    by=Account.objects.get(pk=wanted),
                    site_id=held.site_id,
                    trial=held.trial.number,
                    on=on,
                )
            before[held.pk] = held.assignee_id
            Screening.objects.filter(pk=held.pk).update(assignee_id=wanted)
    return before


def look_up(screening: UUID) -> Screening:
    """The episode with its site, trial and patient.

    Raises:
        Screening.DoesNotExist: there is none, or it is another site's.
    """
    return Screening.objects.select_related("site", "trial", "patient__site").get(pk=screening)


def move(
    held: Screening,
    act: Act,
    to: State,
    *,
    by: Actor,
    seen: int,
    reason: str = "",
    note: str = "",
    detail: Mapping[str, Any] | None = None,
    told: Mapping[str, Any] | None = None,
) -> Event:
    """Claim the transition and file its event; within a transaction of the caller.

    What is `told` goes to the systems that are told of it besides: days and codes of ours, nothing of the patient.

    Raises:
        NotNow: the table does not allow it in the state the episode is in.
        Moved: somebody was quicker.
    """
    must_be_unmoved(held, seen)
    when_may(act, held)
    came_from = held.state
    allowed = [state for state in OF_ACT[act].sources if state is not None]
    claimed = Screening.objects.filter(pk=held.pk, version=seen, state__in=allowed).update(
        state=to, version=F("version") + 1
    )
    if not claimed:
        raise moved()
    held.state, held.version = to, seen + 1
    filed = _file(held, act, came_from, by=by, reason=reason, note=note, detail=detail or {})
    tell_of_step(held, act.value, came_from, detail=detail or {}, more=told or {})
    return filed


def _file(
    held: Screening,
    act: Act,
    came_from: str,
    *,
    by: Actor,
    reason: str = "",
    note: str = "",
    detail: Mapping[str, Any],
) -> Event:
    with because(" ".join(filter(None, (reason, note))) or acting().why):
        filed = Event.objects.create(
            site_id=held.site_id,
            screening=held,
            sequence=held.version,
            transition=act.value,
            from_state=came_from,
            to_state=held.state,
            by=by.account,
            by_name=by.name,
            client=by.client,
            reason=reason,
            note=note,
            detail=dict(detail),
        )
        _tell_trail(filed, held)
    return filed


def _tell_trail(filed: Event, held: Screening) -> None:
    """What people put their name under stands in the trail as an act too, by its own word."""
    word = DEEDS.get(Act(filed.transition))
    if word is not None:
        told = {"step": filed.sequence, "state": filed.to_state}
        patient, site = held.patient_id, held.site_id
        key = str(held.pk)
        note_act(word, about="screening", key=key, site=site, patient=patient, circumstances=told)


def open_next(
    patient: Patient,
    trial: Trial,
    *,
    by: Actor,
    on: date,
    previous: Screening | None = None,
    note: str = "",
) -> Screening:
    """The first episode of a patient, or the one after `previous`; of two who open it at once, both get the same.

    Raises:
        NotNow: the patient is recorded as another, who is the one that is screened.
    """
    act = Act.OPEN if previous is None else Act.RESCREEN
    try:
        with transaction.atomic():
            hold(patient.pk)
            if above(patient.pk):
                raise NotNow("merged", _(MERGED))
            lock_numbers(patient.site_id)
            last = Screening.objects.filter(site=patient.site_id, trial=trial).aggregate(
                last=Max("number")
            )["last"]
            held = Screening.objects.create(
                site_id=patient.site_id,
                patient=patient,
                trial=trial,
                number=(last or 0) + 1,
                episode=previous.episode + 1 if previous is not None else 1,
                previous=previous,
                state=State.CANDIDATE,
                version=1,
                opened_on=on,
            )
            _file(held, act, "", by=by, note=note, detail={})
            tell_of_step(held, act.value, "", detail={}, more={})
    except IntegrityError:
        quicker = Screening.objects.filter(patient=patient, trial=trial, state__in=OPEN).first()
        if quicker is None:
            raise
        return quicker
    return held


def lock_numbers(site: int) -> None:
    """Until the end of the transaction nobody else gives out a number at the site."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NUMBERS, site])


def may_at_site(act: Act, held: Screening, by: Actor, on: date) -> None:
    """Whether who acts may; what the product or a system does by itself is not asked here."""
    if by.account is not None:
        who_may(act, by=by.account, site_id=held.site_id, trial=held.trial.number, on=on)
