"""The outbox: what happened to a patient's screening, written in the transaction in which it happened.

An occurrence is written only where an endpoint of the site has asked for its kind, with one dispatch for each of them.
So what happened and was undone is told to nobody, and what happened is found by a query, whatever becomes of messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.dispatch import Signal
from django.utils import timezone

from eligibility.models import Assessment, Dispatch, Endpoint, Occurrence, Screening
from eligibility.telling.kinds import Kind

something_to_tell: Final = Signal()
"""Sent after commit with ``endpoint_id`` and ``site_id``. A hint: who misses it finds the dispatch by a query."""
_IN_ORDER: Final = 514_087
"""With a number of the patient's: the lock under which their occurrences are numbered."""
_OF_STEPS: Final[Mapping[str, Kind]] = {
    "open": Kind.SCREENING_OPENED,
    "rescreen": Kind.SCREENING_OPENED,
    "start": Kind.SCREENING_STARTED,
    "close": Kind.SCREENING_CLOSED,
    "confirm": Kind.DETERMINATION_MADE,
    "return": Kind.DETERMINATION_VOIDED,
    "sign": Kind.SIGNATURE_MADE,
    "register": Kind.REGISTRATION_MADE,
}


def tell_of_step(
    held: Screening,
    transition: str,
    came_from: str,
    *,
    detail: Mapping[str, Any],
    more: Mapping[str, Any],
) -> None:
    """A step of an episode has been made and its event filed. `more` are days and codes that belong to it."""
    kind = _OF_STEPS.get(transition)
    said: dict[str, Any] = {"from": came_from or None, **more}
    if transition == "void":
        kind = Kind.SIGNATURE_VOIDED if came_from == "signed" else Kind.DETERMINATION_VOIDED
        said["criteria"] = sorted({one["criterion"] for one in detail["changes"]} - {""})
    if kind is not None:
        _tell(held.pk, held.site_id, kind, lambda: said)


def tell_of_verdicts(
    screening: UUID, site: int, before: Assessment | None, now: Assessment
) -> None:
    """An open screening stands on another assessment. Nothing is told where it says the same."""
    if before is not None and _alike(before, now):
        return

    def said() -> dict[str, Any] | None:
        changed = _changed(before, now)
        if before is not None and before.status == now.status and not changed:
            return None
        return {
            "previous_status": before.status if before is not None else None,
            "criteria_version": now.protocol_version.version,
            "criteria": changed,
        }

    _tell(screening, site, Kind.VERDICT_CHANGED, said)


def anybody_asked(site: int, kind: Kind) -> list[Endpoint]:
    """The endpoints of a site, paused ones too, that are to be told of a kind of event."""
    return list(Endpoint.objects.filter(site=site, ended_at=None, events__contains=kind.value))


def _tell(
    screening: UUID, site: int, kind: Kind, said: Callable[[], Mapping[str, Any] | None]
) -> None:
    endpoints = anybody_asked(site, kind)
    more = said() if endpoints else None
    if more is None:
        return
    now = timezone.now()
    held = Screening.objects.select_related("trial").get(pk=screening)
    sequence = _next_of(held.patient_id)
    occurrence = Occurrence.objects.create(
        site_id=site,
        patient_id=held.patient_id,
        screening=held,
        sequence=sequence,
        kind=kind.value,
        data=_of_screening(held, sequence) | dict(more),
        at=now,
    )
    Dispatch.objects.bulk_create(
        Dispatch(
            site_id=site,
            endpoint=each,
            occurrence=occurrence,
            message=occurrence.pk,
            lane=held.patient_id,
            sequence=sequence,
            kind=kind.value,
            made_at=now,
            due_at=now,
        )
        for each in endpoints
    )
    announce((each.pk for each in endpoints), site)


def announce(endpoints: Iterable[int], site: int) -> None:
    """After commit, have workers look at these endpoints."""
    for each in endpoints:
        hint = partial(something_to_tell.send_robust, Dispatch, endpoint_id=each, site_id=site)
        transaction.on_commit(hint, robust=True)


def _of_screening(held: Screening, sequence: int) -> dict[str, Any]:
    return {
        "screening": str(held.pk),
        "patient": str(held.patient_id),
        "trial": held.trial.number,
        "sequence": sequence,
        "state": held.state,
        "status": held.status or None,
        "earliest": held.earliest.isoformat() if held.earliest else None,
        "window_last": held.window_last.isoformat() if held.window_last else None,
        "links": {
            "screening": f"/api/v1/screenings/{held.pk}/",
            "eligibility": f"/api/v1/patients/{held.patient_id}/eligibility/",
        },
    }


def _next_of(patient: UUID) -> int:
    """The next number of a patient; until the transaction ends nobody else gets one, so numbers come in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_IN_ORDER, str(patient)])
    last = Occurrence.objects.filter(patient=patient).aggregate(last=Max("sequence"))["last"]
    return (last or 0) + 1


def _alike(before: Assessment, now: Assessment) -> bool:
    return before.pk == now.pk or (
        before.protocol_version_id == now.protocol_version_id
        and (before.status, before.verdicts) == (now.status, now.verdicts)
    )


def _changed(before: Assessment | None, now: Assessment) -> list[dict[str, Any]]:
    """Criteria whose verdict is another one, also one that was added or has gone; of a first assessment none."""
    if before is None:
        return []
    earlier, later = _verdicts(before), _verdicts(now)
    return [
        {"id": one, "from": earlier.get(one), "to": later.get(one)}
        for one in {**later, **earlier}
        if earlier.get(one) != later.get(one)
    ]


def _verdicts(filed: Assessment) -> dict[str, str]:
    return {one["id"]: one["verdict"] for one in filed.answer["criteria"]}
