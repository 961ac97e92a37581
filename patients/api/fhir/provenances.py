"""Who said what is held, as Provenance: one for each version of a record, for its withdrawal and its counting again.

Each is made of what is kept anyway, and has the id of the record and that of the version, with a point between them:
a version that can be read has one, and a record of a type that the asker may not see has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from patients.api.fhir.covered import Covered
from patients.api.fhir.doors import uuid_or_none
from patients.api.fhir.origins import OPERATION, OURSELVES, Kept, Stream, agents
from patients.api.fhir.parameters import WHOSE, Sites, between, patient_named, split
from patients.api.fhir.records import WITHDRAWN
from patients.api.fhir.registry import KINDS
from patients.api.fhir.rendered import moment
from patients.api.fhir.shelves import Made, Used
from patients.merged import whole
from patients.models import FhirVersion, MessageAttempt, SetAside
from trialscreen.institution.models import Account
from trialscreen.institution.smart_scopes import Interaction

Json = dict[str, Any]
_VERSION = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,9}))?", re.ASCII)
_TARGET = re.compile(r"([A-Z][A-Za-z]{1,63})/([0-9a-f-]{36})(?:/_history/([0-9.]{1,30}))?")
_NOBODY: Final = Q(pk__in=())


class Provenances:
    """The shelf of where records come from."""

    def history(self, site_ids: Collection[int], ident: str, covered: Covered) -> list[Made]:
        named = _named(ident)
        if named is None:
            return []
        for stream in _STREAMS:
            rows = stream.rows(site_ids).filter(_shown(site_ids, covered), named(stream))
            found = [_made(one) for one in stream.kept(list(rows.order_by("pk")[:1]))]
            if found:
                return found
        return []

    def page(
        self, used: Used, sites: Sites, after: str, count: int, covered: Covered
    ) -> list[Made]:
        first, _, key = after.partition("|")
        found: list[Made] = []
        for place in range(int(first or 0), len(_STREAMS)):
            stream = _STREAMS[place]
            rows = stream.rows(sites.ids).filter(_shown(sites.ids, covered))
            rows = rows.filter(_conditions(used, sites, stream))
            if key and place == int(first):
                rows = rows.filter(pk__gt=int(key))
            held = list(rows.order_by("pk")[: count - len(found)])
            found += [_made(one)._replace(place=f"{place}|{one.pk}") for one in stream.kept(held)]
            if len(found) == count:
                break
        return found


def _made(one: Kept) -> Made:
    coding = {"system": OPERATION, "code": one.operation}
    tree: Json = {
        "resourceType": "Provenance",
        "id": one.ident,
        "meta": {"versionId": "1", "lastUpdated": moment(one.at)},
        "target": [{"reference": one.target}],
        "recorded": moment(one.at),
        "reason": [{"text": one.why}],
        "activity": {"coding": [coding]},
        "agent": one.agents,
        "entity": one.entities,
    }
    said = {name: value for name, value in tree.items() if value not in ([], [{"text": ""}])}
    return Made("1", one.at, said, "", one.site, one.patient)


def _versions(site_ids: Collection[int]) -> QuerySet[FhirVersion]:
    rows = FhirVersion.objects.filter(site_id__in=site_ids)
    before = FhirVersion.objects.filter(patient=OuterRef("patient"), record=OuterRef("record"))
    earlier = Q(number__lt=OuterRef("number")) | Q(
        number=OuterRef("number"), part__gt=OuterRef("part")
    )
    rows = rows.annotate(is_later=Exists(before.filter(earlier)))
    return rows.select_related("resource__delivery__person").defer("resource__raw")


def _of_versions(rows: Sequence[Any]) -> Iterator[Kept]:
    messages = _messages({one.resource.delivery_id for one in rows})
    for one in rows:
        sent = one.resource.delivery
        yield Kept(
            one.pk,
            f"{one.type}/{one.record}/_history/{one.version_id}",
            f"{one.record}.{one.version_id}",
            one.version_id,
            one.at,
            one.site_id,
            one.patient_id,
            "UPDATE" if one.is_later else "CREATE",
            agents(sent.client, sent.person, one.source),
            sent.reason,
            [*messages.get(sent.pk, ()), *_as_sent(one)],
        )


def _withdrawals(site_ids: Collection[int]) -> QuerySet[SetAside]:
    record = FhirVersion.objects.filter(
        patient=OuterRef("patient"), source=OuterRef("source"), key=OuterRef("ref"), current=True
    )
    rows = SetAside.objects.filter(site_id__in=site_ids, reason__in=WITHDRAWN)
    rows = rows.annotate(
        record=Subquery(record.values("record")[:1]), type=Subquery(record.values("type")[:1])
    )
    return rows.filter(record__isnull=False).select_related("by", "lifted_by")


def _lifted(site_ids: Collection[int]) -> QuerySet[SetAside]:
    return _withdrawals(site_ids).filter(lifted_version__isnull=False)


def _of_withdrawals(rows: Sequence[Any]) -> Iterator[Kept]:
    for one in rows:
        why = f"{one.get_reason_display()}. {one.note}".removesuffix(". ")
        yield _aside(one, one.record_version, one.recorded_at, "NULLIFY", one.by, one.client, why)


def _of_lifted(rows: Sequence[Any]) -> Iterator[Kept]:
    for one in rows:
        by, why = one.lifted_by, one.lifted_note
        yield _aside(
            one, one.lifted_version, one.lifted_at, "REACTIVATE", by, one.lifted_client, why
        )


def _aside(
    one: Any, number: int, at: Any, operation: str, by: Account | None, client: str, why: str
) -> Kept:
    return Kept(
        one.pk,
        f"{one.type}/{one.record}/_history/{number}",
        f"{one.record}.{number}",
        str(number),
        at,
        one.site_id,
        one.patient_id,
        operation,
        agents(client, by, ""),
        why,
        [],
    )


_STREAMS: Final = [
    Stream(_versions, _of_versions, "number", "at", "part"),
    Stream(_withdrawals, _of_withdrawals, "record_version", "recorded_at"),
    Stream(_lifted, _of_lifted, "lifted_version", "lifted_at"),
]


def also(stream: Stream) -> None:
    """Have what becomes of records that lie above told as well; done once, when the product starts."""
    if stream not in _STREAMS:
        _STREAMS.append(stream)


def _as_sent(one: FhirVersion) -> list[Json]:
    """What its source calls the record; one without a name is called nothing."""
    if "#" in one.key:
        return []
    named = {"system": f"{OURSELVES}source:{one.source}", "value": one.key}
    return [{"role": "source", "what": {"identifier": named}}]


def _messages(deliveries: Collection[int]) -> dict[int, list[Json]]:
    """The message that a delivery was read from, by the delivery."""
    rows = MessageAttempt.objects.filter(delivery__in=deliveries).select_related("message")
    found = {}
    for one in rows.defer("message__raw").order_by("pk"):
        held = one.message
        named = {"system": f"{OURSELVES}message", "value": str(held.pk)}
        said = f"HL7 v2 {held.kind}, {held.control_id}, by {held.way}"
        found[one.delivery_id or 0] = [
            {"role": "source", "what": {"identifier": named, "display": said}}
        ]
    return found


def _shown(site_ids: Iterable[int], covered: Covered) -> Q:
    """Of records of the types that who asks may read or search, at the sites where they may."""
    types: dict[frozenset[int], list[str]] = {}
    for kind in KINDS:
        mine = covered.sites(kind, Interaction.READ) | covered.sites(kind, Interaction.SEARCH)
        types.setdefault(mine & frozenset(site_ids), []).append(kind)
    every = (Q(site_id__in=mine, type__in=kinds) for mine, kinds in types.items() if mine)
    return reduce(or_, every, _NOBODY)


def _conditions(used: Used, sites: Sites, stream: Stream) -> Q:
    found = Q()
    for name, value in used:
        found &= reduce(or_, (_condition(name, one, sites, stream) for one in split(value, ",")))
    return found


def _condition(name: str, value: str, sites: Sites, stream: Stream) -> Q:
    if name == "_id":
        named = _named(value)
        return named(stream) if named else _NOBODY
    if name in ("_lastUpdated", "recorded"):
        return between(stream.at, stream.at, name, value, sites)
    if name in WHOSE:
        patient = patient_named(value, sites)
        return Q(patient__in=whole(patient)) if patient is not None else _NOBODY
    if name == "target":
        found = _TARGET.fullmatch(value.removeprefix(f"{sites.base}/"))
        record = uuid_or_none(found[2]) if found else None
        if found is None or record is None:
            return _NOBODY
        of_it = Q(record=record, type=found[1])
        return of_it & _numbered(found[3], stream) if found[3] else of_it
    return _NOBODY


def _named(ident: str) -> Callable[[Stream], Q] | None:
    """The condition that an id stands for; None for what is none of ours."""
    record, point = uuid_or_none(ident[:36]), ident[36:37]
    if record is None or point != "." or _VERSION.fullmatch(ident[37:]) is None:
        return None
    return lambda stream: Q(record=record) & _numbered(ident[37:], stream)


def _numbered(version: str, stream: Stream) -> Q:
    found = _VERSION.fullmatch(version)
    if found is None or (found[2] and not stream.part):
        return _NOBODY
    part = Q(**{stream.part: int(found[2] or 0)}) if stream.part else Q()
    return Q(**{stream.number: int(found[1])}) & part
