"""The acts of the trail that concern a patient, as AuditEvent: who looked, searched, took out, confirmed, signed.

What was changed is told by the versions of records and by Provenance. An act at a screening is shown to who may see
screenings. The circumstances of an act are counts, codes and names of filters, and never what was typed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet

from patients.api.fhir.covered import Covered
from patients.api.fhir.origins import OURSELVES, client_named
from patients.api.fhir.parameters import WHOSE, Sites, between, patient_named, plain, split
from patients.api.fhir.rendered import moment
from patients.api.fhir.shelves import Made, Used
from patients.merged import whole
from trialscreen.institution.models import TrailEntry
from trialscreen.institution.smart_scopes import Interaction
from trialscreen.institution.trail.actions import Word

Json = dict[str, Any]
DICOM: Final = "http://dicom.nema.org/resources/ontology/DCM"
ENTITY: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
ACT: Final = f"{OURSELVES}act"
_NOBODY: Final = Q(pk__in=())
_IP: Final = "2"


class _Kind(NamedTuple):
    """How DICOM classes an act, what is done by it (create, read, execute), and whether it came about."""

    code: str
    display: str
    action: str
    outcome: str = "0"


_RECORD: Final = ("110110", "Patient Record")
_EXPORT: Final = ("110106", "Export")
KINDS: Final[Mapping[Word, _Kind]] = {
    Word.VIEWED: _Kind(*_RECORD, "R"),
    Word.SEARCHED: _Kind("110112", "Query", "E"),
    Word.EXPORTED: _Kind(*_EXPORT, "R"),
    Word.PRINTED: _Kind(*_EXPORT, "R"),
    Word.EVALUATED: _Kind(*_RECORD, "E"),
    Word.CONFIRMED: _Kind(*_RECORD, "C"),
    Word.SIGNED: _Kind(*_RECORD, "C"),
    Word.DECLINED: _Kind(*_RECORD, "C"),
    Word.REGISTERED: _Kind(*_RECORD, "C"),
    Word.SIGNING_FAILED: _Kind("110113", "Security Alert", "E", "4"),
    Word.REFUSED: _Kind("110113", "Security Alert", "E", "4"),
}
"""The acts that may concern a patient; signing in and out does not."""


class AuditEvents:
    """The shelf of what was done with patients' records."""

    def history(self, site_ids: Collection[int], ident: str, covered: Covered) -> list[Made]:
        number = _number(ident)
        if number is None:
            return []
        found = _acts(site_ids, covered).filter(pk=number)
        return [_made(one) for one in found]

    def page(
        self, used: Used, sites: Sites, after: str, count: int, covered: Covered
    ) -> list[Made]:
        rows = _acts(sites.ids, covered)
        for name, value in used:
            asked = (_condition(name, one, sites) for one in split(value, ","))
            rows = rows.filter(reduce(or_, asked))
        if after:
            rows = rows.filter(pk__gt=int(after))
        return [_made(one) for one in rows.order_by("pk")[:count]]


def _acts(site_ids: Collection[int], covered: Covered) -> QuerySet[TrailEntry]:
    kind = "ResearchSubject"
    mine = covered.sites(kind, Interaction.READ) | covered.sites(kind, Interaction.SEARCH)
    of_screenings = Q(subject="screening") & ~Q(site_id__in=mine)
    rows = TrailEntry.objects.filter(
        site_id__in=site_ids, patient_id__isnull=False, kind__in=[str(one) for one in KINDS]
    )
    return rows.exclude(of_screenings)


def _condition(name: str, value: str, sites: Sites) -> Q:
    if name == "_id":
        number = _number(value)
        return Q(pk=number) if number is not None else _NOBODY
    if name in ("_lastUpdated", "date"):
        return _at(name, value, sites)
    if name in WHOSE:
        patient = patient_named(value, sites)
        return Q(patient_id__in=whole(patient)) if patient is not None else _NOBODY
    if name in ("type", "subtype"):
        return Q(kind__in=[str(word) for word in KINDS if _is(word, name, value)])
    if name == "action":
        return Q(kind__in=[str(word) for word, one in KINDS.items() if one.action == value])
    return _NOBODY


def _at(name: str, value: str, sites: Sites) -> Q:
    """The trail names sites by their numbers alone: `between` speaks of a relation."""
    found = Q()
    for zone, ids in sites.zones.items():
        (asked, _of_sites) = between("at", "at", name, value, Sites({zone: ids}, "")).children
        found |= Q(asked, site_id__in=ids)
    return found


def _is(word: Word, name: str, value: str) -> bool:
    *system, code = (plain(one) for one in split(value, "|"))
    held = (DICOM, KINDS[word].code) if name == "type" else (ACT, str(word))
    return code in ("", held[1]) and system in ([], [held[0]])


def _number(ident: str) -> int | None:
    plain_number = ident.isascii() and ident.isdecimal() and len(ident) < 19
    return int(ident) if plain_number and str(int(ident)) == ident else None


def _made(one: TrailEntry) -> Made:
    kind = KINDS[Word(one.kind)]
    tree: Json = {
        "resourceType": "AuditEvent",
        "id": str(one.pk),
        "meta": {"versionId": "1", "lastUpdated": moment(one.at)},
        "type": {"system": DICOM, "code": kind.code, "display": kind.display},
        "subtype": [{"system": ACT, "code": one.kind}],
        "action": kind.action,
        "recorded": moment(one.at),
        "outcome": kind.outcome,
        "agent": list(_agents(one)),
        "source": {"observer": {"display": "trialscreen"}},
        "entity": list(_entities(one)),
    }
    if one.why:
        tree["purposeOfEvent"] = [{"text": one.why}]
    return Made("1", one.at, tree, str(one.pk), one.site_id, one.patient_id)


def _agents(one: TrailEntry) -> Iterator[Json]:
    """The person, the client through which they asked, or the product by itself."""
    network = {"network": {"address": one.address, "type": _IP}} if one.address else {}
    if one.by_name or one.account_id is not None:
        who = {"system": f"{OURSELVES}account", "value": str(one.account_id or "unknown")}
        named = {"who": {"identifier": who, "display": one.by_name}, "name": one.by_name}
        yield named | {"requestor": True} | network
        network = {}
    if one.client:
        asks = not (one.by_name or one.account_id is not None)
        yield {"who": client_named(one.client), "requestor": asks} | network
    elif not one.by_name and one.account_id is None:
        yield {"who": {"display": one.origin or "trialscreen"}, "requestor": False} | network


def _entities(one: TrailEntry) -> Iterator[Json]:
    whose: Json = {
        "what": {"reference": f"Patient/{one.patient_id}"},
        "type": {"system": ENTITY, "code": "1", "display": "Person"},
        "role": {"system": ROLE, "code": "1", "display": "Patient"},
    }
    details = [
        {"type": name, "valueString": _text(told)}
        for name, told in (one.new or {}).items()
        if told not in ("", None, [], {})
    ]
    yield whose | ({"detail": details} if details else {})
    if one.subject == "screening" and one.key:
        yield {
            "what": {"reference": f"ResearchSubject/{one.key}"},
            "type": {"system": ENTITY, "code": "2", "display": "System Object"},
        }


def _text(told: Any) -> str:
    if isinstance(told, list):
        return ", ".join(str(each) for each in told)
    if isinstance(told, dict):
        return ", ".join(f"{name}: {each}" for name, each in told.items())
    return str(told)
