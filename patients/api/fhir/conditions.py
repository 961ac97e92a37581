"""Conditions under which something is created, and those that stand for a record in a reference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from django.db import connection

from patients.api.fhir.delivering import Sending
from patients.api.fhir.parameters import asked_for, sites_by_zone
from patients.api.fhir.records import versions_of, withdrawn
from patients.api.fhir.refusals import FhirRefusal
from patients.api.fhir.registry import KINDS
from patients.models import FhirVersion


def lock(sending: Sending, kinds: Iterable[str]) -> None:
    """Let nobody else create a record of these types at the site under a condition until the end."""
    with connection.cursor() as cursor:
        for kind in sorted(set(kinds)):
            name = f"conditional create {sending.site.pk} {kind}"
            number = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def searched(
    sending: Sending, kind: str, pairs: Sequence[tuple[str, str]], where: str
) -> list[FhirVersion]:
    """At most two records that fit a condition. Raises FhirRefusal: 403 before looking for what may not be searched."""
    sending.covered.check_looks(sending.site, kind, where)
    sites = sites_by_zone([sending.site], sending.base)
    asked = asked_for(KINDS[kind], pairs, sites)
    if asked.ignored or not asked.used:
        said = "This is no condition: name search parameters of the type, and nothing else."
        raise FhirRefusal(412, said, code="not-supported", expression=where)
    rows = versions_of(sites.ids).filter(asked.where, type=kind, current=True)
    return list(rows.filter(~withdrawn()).order_by("pk")[:2])
