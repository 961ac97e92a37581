"""Notes between the people of a site, on a criterion of an episode: written, answered, handed over and closed.

They are no data: neither the version of the record nor that of the episode moves, so no note voids a signature.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from eligibility.actions.screenings import look_up
from eligibility.models import Note, Screening
from eligibility.policies import NotAllowed, NotNow, who_may
from eligibility.rules.protocol import Protocol
from eligibility.workflow import Act
from trialscreen.institution.models import Account, Role, StaffRole

LONGEST: Final = 4000
"""Of a note, in characters."""
_AT_THE_SITE = (Role.COORDINATOR, Role.INVESTIGATOR)


def write(
    screening: UUID,
    *,
    criterion: str,
    text: str,
    by: Account,
    protocol: Protocol,
    on: date,
    assignee: int | None = None,
) -> Note:
    """Begin a thread on a criterion, or with an empty one on the episode; `assignee` is who is to look at it.

    Raises:
        Screening.DoesNotExist: there is none, or it is another site's.
        NotAllowed, NotNow: with the reason.
    """
    held = look_up(screening)
    _of_the_site(by, held, on)
    if criterion and criterion not in {one.id for one in protocol.criteria}:
        raise NotNow("criterion", _("The protocol has no such criterion."))
    said = _said(text)
    return Note.objects.create(
        site_id=held.site_id,
        screening=held,
        criterion=criterion,
        text=said,
        by=by,
        assignee=_assignee(assignee, held, on),
    )


def answer(
    screening: UUID, note: int, *, text: str, by: Account, on: date, assignee: int | None = None
) -> Note:
    """Answer a thread, and hand it over to `assignee` if one is named.

    Raises:
        Screening.DoesNotExist, Note.DoesNotExist: there is none, or it is another site's.
        NotAllowed, NotNow: with the reason.
    """
    held = look_up(screening)
    _of_the_site(by, held, on)
    said, to = _said(text), _assignee(assignee, held, on)
    with transaction.atomic():
        thread = Note.objects.select_for_update(no_key=True).get(
            pk=note, screening=held, parent=None
        )
        if thread.closed_at is not None:
            raise NotNow("closed", _("This note is closed: write a new one."))
        handed = to if to is not None and to.pk != thread.assignee_id else None
        if handed is not None:
            Note.objects.filter(pk=thread.pk).update(assignee=handed)
        return Note.objects.create(
            site_id=held.site_id,
            screening=held,
            criterion=thread.criterion,
            parent=thread,
            text=said,
            by=by,
            assignee=handed,
        )


def close(screening: UUID, note: int, *, by: Account, on: date) -> Note:
    """Close a thread; one that is closed already stays as it was closed.

    Raises:
        Screening.DoesNotExist, Note.DoesNotExist: there is none, or it is another site's.
        NotAllowed: not a person of the site.
    """
    held = look_up(screening)
    _of_the_site(by, held, on)
    thread = thread_of(screening, note)
    Note.objects.filter(pk=thread.pk, closed_at=None).update(closed_by=by, closed_at=timezone.now())
    thread.refresh_from_db()
    return thread


def notes_of(screenings: Iterable[Screening]) -> QuerySet[Note]:
    """Every note and answer of these episodes, the oldest first."""
    found = Note.objects.filter(screening__in=list(screenings))
    return found.select_related("by", "assignee", "closed_by", "screening__site")


def open_for(account: Account, *, site_ids: Iterable[int]) -> QuerySet[Note]:
    """Open threads that wait for somebody, at these sites, the oldest first."""
    mine = Note.objects.filter(
        assignee=account, parent=None, closed_at=None, site__in=list(site_ids)
    )
    return mine.select_related("by", "assignee", "closed_by", "screening__site")


def answers_to(threads: Iterable[Note]) -> QuerySet[Note]:
    """The answers in these threads, the oldest first."""
    found = Note.objects.filter(parent__in=list(threads))
    return found.select_related("by", "assignee", "closed_by", "screening__site")


def episodes(patient: UUID, *, trial: str) -> list[Screening]:
    """A patient's episodes in a trial, the latest first."""
    held = Screening.objects.filter(patient=patient, trial__number=trial)
    return list(held.select_related("site").order_by("-episode"))


def staff_of(site_id: int, *, on: date) -> list[Account]:
    """Who screens at a site on a day, by name."""
    roles = StaffRole.objects.on(on).filter(site=site_id, role__in=_AT_THE_SITE)
    held = Account.objects.filter(pk__in=roles.values("account"), is_active=True)
    return list(held.order_by("name", "username"))


def _of_the_site(by: Account, held: Screening, on: date) -> None:
    who_may(Act.START, by=by, site_id=held.site_id, trial=held.trial.number, on=on)


def thread_of(screening: UUID, note: int) -> Note:
    """The first note of a thread of an episode.

    Raises:
        Note.DoesNotExist: there is none, it is an answer, or it is another site's.
    """
    return Note.objects.get(pk=note, screening=screening, parent=None)


def _said(text: str) -> str:
    said = text.strip()
    if not said:
        raise NotNow("text", _("Write what the note says."))
    if len(said) > LONGEST:
        raise NotNow("text", _("A note has at most %(n)d characters.") % {"n": LONGEST})
    return said


def _assignee(account: int | None, held: Screening, on: date) -> Account | None:
    if account is None:
        return None
    found = next((one for one in staff_of(held.site_id, on=on) if one.pk == account), None)
    if found is None:
        raise NotAllowed("assignee", _("A note is given to somebody who screens at the site."))
    return found
