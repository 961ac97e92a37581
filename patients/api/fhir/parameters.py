"""What a search asks for, from its parameters to conditions that an index answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from patients.actions.receive import FHIR_ID
from patients.api.fhir.doors import ALWAYS, uuid_or_none
from patients.api.fhir.refusals import FhirRefusal
from patients.api.fhir.registry import TOKENS, Kind, date_name
from patients.intake.fhir.found import span
from patients.merged import whole
from patients.models import Demographics, FhirToken, PatientIdentifier
from trialscreen.institution.models import Site

Pairs = Iterable[tuple[str, str]]
PREFIXES: Final = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb")
USUAL: Final = 50
MOST: Final = 200
_OF_THE_ANSWER: Final = ("_count", "_cursor", "site", *ALWAYS)
_DATE = re.compile(r"(?P<prefix>[a-z]{2})?(?P<date>[0-9T:.Z+-]+)", re.ASCII)
_MANY: Final = 100
WHOSE: Final = ("patient", "subject", "individual")
"""Names of the parameter for the patient."""


class Sites(NamedTuple):
    """The sites that are searched, by their time zones, and the address under which their records are read."""

    zones: Mapping[str, tuple[int, ...]]
    base: str

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(one for many in self.zones.values() for one in many)


def sites_by_zone(sites: Iterable[Site], base: str) -> Sites:
    zones: dict[str, tuple[int, ...]] = {}
    for one in sites:
        zones[one.time_zone] = (*zones.get(one.time_zone, ()), one.pk)
    return Sites(zones, base)


class Asked(NamedTuple):
    """A search, understood."""

    where: Q
    ignored: tuple[str, ...]
    """Parameters that are not known here."""
    used: tuple[tuple[str, str], ...]
    """What was understood, for the link to itself."""


def asked_for(kind: Kind, pairs: Pairs, sites: Sites) -> Asked:
    """The conditions on versions (`FhirVersion`) of a type.

    Raises:
        FhirRefusal: 400 for a value that cannot be understood, a modifier, and what no index answers.
    """
    where, ignored, used = Q(), [], []
    known = {one.name for one in kind.parameters}
    told = list(pairs)
    for name, value in told:
        bare, colon, modifier = name.partition(":")
        if bare in _OF_THE_ANSWER and not colon:
            continue
        if bare.partition(".")[0] not in known:
            ignored.append(name)
            continue
        if colon or "." in bare:
            said = f"“:{modifier}” is not supported." if colon else "Chains are not supported."
            raise _bad(name, said)
        where &= _condition(kind, bare, value, sites, {one for one, _ in told})
        used.append((name, value))
    return Asked(where, tuple(ignored), tuple(used))


def count_of(pairs: Pairs) -> int:
    """How many a page has. Raises FhirRefusal."""
    said = [value for name, value in pairs if name == "_count"]
    if not said:
        return USUAL
    if len(said) > 1 or not (said[0].isascii() and said[0].isdecimal() and len(said[0]) < 10):
        raise _bad("_count", f"A number from 1 to {MOST}.")
    return max(1, min(int(said[0]), MOST))


def _condition(kind: Kind, name: str, value: str, sites: Sites, beside: Collection[str]) -> Q:
    if "\0" in value or not value:
        raise _bad(name, "A value is expected here.")
    said = split(value, ",")
    if len(said) > _MANY:
        raise _bad(name, f"At most {_MANY} values.")
    if any(one.name == name and one.made for one in kind.parameters):
        return Q(pk__in=())
    found = Q()
    for one in said:
        found |= _one(kind, name, one, sites, beside)
    return found


def _one(kind: Kind, name: str, value: str, sites: Sites, beside: Collection[str]) -> Q:
    if name == "_id":
        record = uuid_or_none(value)
        return Q(record=record) if record is not None else Q(pk__in=())
    if name == "_lastUpdated":
        return between("at", "at", name, value, sites)
    if name in WHOSE:
        patient = patient_named(value, sites)
        return Q(patient__in=whole(patient)) if patient is not None else Q(pk__in=())
    if name == date_name(kind.name):
        return between("first", "last", name, value, sites)
    if name == "status":
        status = plain(split(value, "|")[-1])
        return Q(status=status) if status else Q(pk__in=())
    if kind.name == "Patient":
        return _identified(value) if name == "identifier" else _born(name, value, sites)
    return _token(kind, name, value, sites, beside)


def _token(kind: Kind, name: str, value: str, sites: Sites, beside: Collection[str]) -> Q:
    """``code``, ``system|code``, ``|code``; ``system|`` only where a patient is named as well."""
    *system, code = (plain(one) for one in split(value, "|"))
    if len(system) > 1:
        raise _bad(name, "A token is written code, system|code or |code.")
    if not code and not set(WHOSE) & set(beside):
        raise _bad(name, "Name the code as well, or a patient.")
    named = TOKENS.get(kind.name, {}).get(name, name)
    rows = FhirToken.objects.filter(
        site__in=sites.ids, type=kind.name, name=named, version=OuterRef("pk")
    )
    if code:
        rows = rows.filter(value=code)
    if system:
        rows = rows.filter(system=system[0])
    return Q(Exists(rows))


def _identified(value: str) -> Q:
    """Patients by what any source calls them, whoever told last who they are."""
    *system, number = (plain(one) for one in split(value, "|"))
    if len(system) > 1 or not number:
        raise _bad("identifier", "An identifier is written system|value, |value or value.")
    rows = PatientIdentifier.objects.filter(
        patient=OuterRef("patient"), site=OuterRef("site"), value=number
    ).exclude(system__in=(FHIR_ID,))
    return Q(Exists(rows.filter(system=system[0]) if system else rows))


def _born(name: str, value: str, sites: Sites) -> Q:
    prefix, first, last = read_date(name, value, "UTC")
    days = _compared(prefix, "birth_first", "birth_last", first.date(), last.date())
    rows = Demographics.objects.filter(days, superseded_version=None, site__in=sites.ids)
    return Q(Exists(rows.filter(patient=OuterRef("patient"))))


def patient_named(value: str, sites: Sites) -> UUID | None:
    """The patient that a reference names by the address it has here; any other is nobody's, and is not fetched."""
    bare = value.removeprefix(f"{sites.base}/")
    return uuid_or_none(bare.removeprefix("Patient/"))


def between(first: str, last: str, name: str, value: str, sites: Sites) -> Q:
    """A date with its prefix; a date of a day or more is as long as it is at each site."""
    found = Q()
    for zone, ids in sites.zones.items():
        prefix, *held = read_date(name, value, zone)
        found |= Q(_compared(prefix, first, last, *whole_second(*held)), site__in=ids)
    return found


def read_date(name: str, value: str, zone: str) -> tuple[str, datetime, datetime]:
    match = _DATE.fullmatch(value.replace(" ", "+"))
    if match is None or (match["prefix"] or "eq") not in PREFIXES:
        raise _bad(
            name, "A date is written 2026, 2026-11, 2026-11-22 or with a time and its offset."
        )
    held = span(match["date"], ZoneInfo(zone))
    if held is None:
        raise _bad(name, "This is no date.")
    return match["prefix"] or "eq", *held


def whole_second(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """A moment is as long as it is written: without parts of a second, that second."""
    return (start, end.replace(microsecond=999_999)) if end.microsecond == 0 else (start, end)


def _compared(prefix: str, first: str, last: str, start: date, end: date) -> Q:
    """FHIR R4, search: comparing ranges. Of ranges, equal is that what is held lies within what is asked for."""
    within = Q(**{f"{first}__gte": start, f"{last}__lte": end})
    return {
        "eq": within,
        "ne": Q(**{f"{first}__lt": start}) | Q(**{f"{last}__gt": end}),
        "gt": Q(**{f"{last}__gt": end}),
        "lt": Q(**{f"{first}__lt": start}),
        "ge": Q(**{f"{last}__gt": end}) | within,
        "le": Q(**{f"{first}__lt": start}) | within,
        "sa": Q(**{f"{first}__gt": end}),
        "eb": Q(**{f"{last}__lt": start}),
    }[prefix]


def split(value: str, by: str) -> list[str]:
    r"""At a sign that has no ``\`` before it."""
    return re.split(rf"(?<!\\){re.escape(by)}", value)


def plain(value: str) -> str:
    return re.sub(r"\\([,|$\\])", r"\1", value)


def _bad(name: str, said: str) -> FhirRefusal:
    return FhirRefusal(400, f"{name}: {said}", code="invalid", expression=f"http.{name}")
