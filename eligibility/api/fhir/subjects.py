"""Screenings as ResearchSubject: whose, in which study, and where it stands. Each event of an episode is a version."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, Value, When

from eligibility import episodes
from eligibility.api.fhir.asked import Used, token, wanted
from eligibility.models import CLOSED, Event, Screening, State
from eligibility.workflow import FHIR_STATUS
from patients.api.fhir.covered import Covered
from patients.api.fhir.doors import uuid_or_none
from patients.api.fhir.parameters import WHOSE, Sites, between, patient_named
from patients.api.fhir.rendered import moment
from patients.api.fhir.shelves import Made
from patients.merged import whole

NUMBER: Final = "urn:trialscreen:screening-number"
"""The system of screening numbers."""
_LABEL = re.compile(r"([A-Z0-9-]{1,3})-([0-9]{4,9})", re.ASCII)
_NEVER: Final = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
_NOBODY: Final = Q(pk__in=())


class Subjects:
    """The shelf of screenings."""

    def history(self, site_ids: Collection[int], ident: str, covered: Covered) -> list[Made]:
        key = uuid_or_none(ident)
        held = episodes.of_sites(site_ids).filter(pk=key).first() if key is not None else None
        if held is None:
            return []
        events = Event.objects.filter(screening=held).order_by("-sequence")
        return [_made(held, State(one.to_state), one.sequence, one.at) for one in events]

    def page(
        self, used: Used, sites: Sites, after: str, count: int, covered: Covered
    ) -> list[Made]:
        rows = _dated(episodes.of_sites(sites.ids)).filter(_conditions(used, sites))
        if after:
            at, _, key = after.partition("|")
            opened = datetime.fromisoformat(at)
            rows = rows.filter(Q(opened_at__gt=opened) | Q(opened_at=opened, pk__gt=UUID(key)))
        found: Any = rows.order_by("opened_at", "pk")[:count]
        return [_made(one, State(one.state), one.version, one.changed_at) for one in found]


def _dated(rows: QuerySet[Screening]) -> QuerySet[Screening]:
    """With `changed_at`, the moment of the last event, and `ended_at`: after all others while it is not closed."""
    last = Event.objects.filter(screening=OuterRef("pk")).order_by("-sequence").values("at")[:1]
    ended = Case(
        When(state__in=CLOSED, then=F("changed_at")),
        default=Value(_NEVER),
        output_field=DateTimeField(),
    )
    return rows.annotate(changed_at=Subquery(last)).annotate(ended_at=ended)


def _made(held: Screening, state: State, version: int, at: datetime) -> Made:
    period = {"start": moment(held.opened_at)}
    if state in CLOSED:
        period["end"] = moment(at)
    trial = held.trial.number
    tree = {
        "resourceType": "ResearchSubject",
        "id": str(held.pk),
        "meta": {"versionId": str(version), "lastUpdated": moment(at)},
        "identifier": [{"system": NUMBER, "value": held.label}],
        "status": FHIR_STATUS[state],
        "period": period,
        "study": {"reference": f"ResearchStudy/{trial}", "display": trial},
        "individual": {"reference": f"Patient/{held.patient_id}"},
    }
    place = f"{held.opened_at.isoformat()}|{held.pk}"
    return Made(str(version), at, tree, place, held.site_id, held.patient_id)


def _conditions(used: Used, sites: Sites) -> Q:
    found = Q()
    for name, values in wanted(used):
        found &= reduce(or_, (_condition(name, one, sites) for one in values))
    return found


def _condition(name: str, value: str, sites: Sites) -> Q:
    if name == "_id":
        key = uuid_or_none(value)
        return Q(pk=key) if key is not None else _NOBODY
    if name in WHOSE:
        patient = patient_named(value, sites)
        return Q(patient__in=whole(patient)) if patient is not None else _NOBODY
    if name == "study":
        bare = value.removeprefix(f"{sites.base}/").removeprefix("ResearchStudy/")
        return Q(trial__number=bare)
    if name == "status":
        _, status = token(value)
        return Q(state__in=[state for state in State if FHIR_STATUS[state] == status])
    if name == "identifier":
        return _numbered(*token(value))
    if name == "_lastUpdated":
        return between("changed_at", "changed_at", name, value, sites)
    if name == "date":
        return between("opened_at", "ended_at", name, value, sites)
    return _NOBODY


def _numbered(system: str | None, label: str) -> Q:
    if system not in (None, NUMBER):
        return _NOBODY
    if not label:
        return Q()
    found = _LABEL.fullmatch(label)
    if found is None or found[2] != f"{int(found[2]):04d}":
        return _NOBODY
    # The letters are the first three of the site's code, or the whole of a shorter one.
    letters = "istartswith" if len(found[1]) == 3 else "iexact"
    return Q(number=int(found[2])) & Q(**{f"site__code__{letters}": found[1]})
