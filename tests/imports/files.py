"""Files to import, and their way through."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from patients.actions import Attribution
from patients.actions.importing.deciding import approve
from patients.actions.importing.uploading import Sent, upload
from patients.actions.importing.working import work
from patients.models import Import
from tests.pages.stored import bare, received, today_at
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

HEAD = "patient_id,result_id,loinc,name,value,unit,collected\n"


def row(patient: str = "MRN-1", number: str = "R1", value: str = "212", **other: str) -> str:
    told = {
        "patient": patient,
        "number": number,
        "loinc": "777-3",
        "name": "Platelets",
        "value": value,
        "unit": "10*9/L",
        "collected": "2026-11-18",
    } | other
    return ",".join(told.values()) + "\n"


def known(site: Site, *keys: str) -> None:
    """Patients of the source `ehr`, with the numbers MRN-…"""
    for key in keys:
        received(bare(key, given="Ada", family=f"Number{key}"), site)


def person(key: str, **other: Any) -> dict[str, Any]:
    (entry,) = bare(key, given="Ada", family=f"Number{key}")["entry"]
    return dict(entry["resource"]) | other


def platelets(key: str, ident: str, value: str = "212", **other: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": ident,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "777-3"}]},
        "subject": {"reference": f"Patient/{key}"},
        "effectiveDateTime": "2026-11-18",
        "valueQuantity": {
            "value": int(value),
            "system": "http://unitsofmeasure.org",
            "code": "10*9/L",
        },
    } | other


def ndjson(*resources: dict[str, Any] | str) -> bytes:
    lines = (one if isinstance(one, str) else json.dumps(one) for one in resources)
    return "".join(f"{line}\n" for line in lines).encode()


def sent(
    site: Site, *contents: bytes | str, source: str = "ehr", system: str = "", by: Any = None
) -> Import:
    files = [
        Sent(f"file-{number}", [one.encode() if isinstance(one, str) else one])
        for number, one in enumerate(contents)
    ]
    with use_sites([site.pk]):
        return upload(files, site=site, source=source, system=system, by=by or Attribution("feed"))


def now_of(job: Import) -> Import:
    with use_sites([job.site_id]):
        return Import.objects.get(pk=job.pk)


def checked(site: Site, *contents: bytes | str, **how: Any) -> Import:
    job = sent(site, *contents, **how)
    worked(job)
    return now_of(job)


def worked(job: Import) -> None:
    assert work(job.pk, site=job.site_id, now=timezone.now) is False


def stored(site: Site, *contents: bytes | str, **how: Any) -> Import:
    job = checked(site, *contents, **how)
    approved(job, site)
    worked(job)
    return now_of(job)


def approved(job: Import, site: Site) -> None:
    with use_sites([site.pk]):
        approve(job, by=Attribution("feed"), on=today_at(site), at=timezone.now())


def refusals(job: Import) -> list[tuple[int, list[tuple[str, str]]]]:
    with use_sites([job.site_id]):
        return [
            (one.line, [(fault["column"], fault["code"]) for fault in one.faults])
            for one in job.refusals.order_by("file", "line")
        ]


def counts(job: Import) -> tuple[int, int, int, int]:
    return job.received, job.stored, job.unchanged, job.refused


def rows_of(site: Site, tables: Iterable[Any]) -> dict[str, int]:
    with use_sites([site.pk]):
        return {table.__name__: table.objects.count() for table in tables}
