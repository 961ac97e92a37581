"""A site's map of its own codes as it is held: which version is in force, and whose record it concerns. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT

from patients.codes.local import NO_LOCAL_CODES, LocalCode, LocalCodes
from patients.codes.local_rows import Line
from patients.models import (
    LocalCodesChange,
    LocalCodesEntry,
    LocalCodesEvent,
    LocalCodesVersion,
    MapState,
    Patient,
    RecordNotice,
)

Held = Any
"""A `LocalCodesVersion` that was read with its `state`."""
OPEN: Final = (MapState.PROPOSED, MapState.REVIEWED)
NOTICE_SYSTEM, NOTICE_CODE = KT("fact__of__4"), KT("fact__of__5")
"""Where the row of a notice holds the system and the code that it is about; indexed."""


def versions_of(site: int) -> QuerySet[Held]:
    """Every version of a site's map with its `state`, the latest first."""
    last = LocalCodesEvent.objects.filter(version=OuterRef("pk")).order_by("-pk")
    held = LocalCodesVersion.objects.annotate(state=Subquery(last.values("after")[:1]))
    return held.filter(site=site).order_by("-number")


def version_at(sites: Iterable[int], ident: int) -> Held | None:
    """One version with its `state` and site, if it is of one of these sites."""
    held = LocalCodesVersion.objects.filter(pk=ident, site__in=list(sites)).first()
    return None if held is None else versions_of(held.site_id).select_related("site").get(pk=ident)


def in_force(site: int) -> Held | None:
    """The version in force at a site."""
    return versions_of(site).filter(state=MapState.IN_FORCE).first()


def open_draft(site: int) -> Held | None:
    """The version that was proposed upon the one in force, and is neither in force nor set aside."""
    now = in_force(site)
    drafts = versions_of(site).filter(state__in=OPEN, based_on=now.number if now else 0)
    return drafts.first()


def map_in_force(site: int) -> LocalCodes:
    """What the site's own codes are read as now."""
    now = in_force(site)
    return NO_LOCAL_CODES if now is None else map_of(now)


def map_of(version: LocalCodesVersion) -> LocalCodes:
    """What a version reads. A version is never edited, so it is kept at hand."""
    return _map_of(version.pk, version.number, version.digest)


@lru_cache(maxsize=64)
def _map_of(pk: int, number: int, _digest: str) -> LocalCodes:
    return LocalCodes(tuple(line.read for line in _lines(pk)), number)


def lines_of(version: LocalCodesVersion | None) -> tuple[Line, ...]:
    """The lines of a version, in order; of none, none."""
    return () if version is None else _lines(version.pk)


def _lines(pk: int) -> tuple[Line, ...]:
    held = LocalCodesEntry.objects.filter(version=pk)
    return tuple(sorted(map(_line, held)))


def _line(held: LocalCodesEntry) -> Line:
    read = LocalCode(
        held.kind,  # type: ignore[arg-type]  # the database holds no other
        held.system,
        held.code,
        held.target_system,
        held.target_code,
        held.since,
    )
    return Line(read, held.display, held.comment)


def notices_of_codes() -> QuerySet[Any]:
    """Current notices, each with the `system` and the `coded` that it is about."""
    held = RecordNotice.objects.filter(superseded_version=None)
    return held.alias(system=NOTICE_SYSTEM, coded=NOTICE_CODE)


def changes_unread() -> QuerySet[LocalCodesChange]:
    """Codes of the outer patient's record that are read otherwise since it was read."""
    concerned = notices_of_codes().filter(
        patient=OuterRef(OuterRef("pk")), system=OuterRef("system"), coded=OuterRef("code")
    )
    return LocalCodesChange.objects.filter(
        Exists(concerned), site=OuterRef("site"), version__gt=OuterRef("local_codes_version")
    )


def is_read_otherwise(patient: Patient) -> bool:
    """Whether a code of a patient's record is read otherwise since it was read."""
    return Patient.objects.filter(Exists(changes_unread()), pk=patient.pk).exists()


def patients_with(site: int, codes: list[tuple[str, str]]) -> list[Any]:
    """Ids of patients whose record holds one of these codes (system, code), read by the map or not, in order."""
    found: set[Any] = set()
    for system, code in codes:
        held = notices_of_codes().filter(site=site, system=system, coded=code)
        found.update(held.values_list("patient_id", flat=True))
    return sorted(found)


def unread_codes(site: int, *, most: int = 200) -> list[dict[str, Any]]:
    """Codes (`system`, `coded`) of unrecognised records, what they are `about`, one `text` that stood beside, and on
    how many `records` of how many `patients`. A record that names no code cannot be mapped and is not among them."""
    held = RecordNotice.objects.filter(site=site, superseded_version=None, kind="unrecognised")
    coded: Any = held.annotate(system=NOTICE_SYSTEM, coded=NOTICE_CODE).exclude(coded="")
    found = coded.values("system", "coded", "about").annotate(
        records=Count("ref", distinct=True),
        patients=Count("patient", distinct=True),
        text=Max(KT("fact__of__6")),
    )
    return list(found.order_by("-patients", "-records", "system", "coded")[:most])
