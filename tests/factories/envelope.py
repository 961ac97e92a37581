"""What is asked: a bundle, the answers of people and the settings of the site around it."""

from __future__ import annotations

from typing import Any

from tests.factories.exact_json import write
from tests.factories.fhir import SUBJECT, Resource, patient

TODAY = "2026-11-25"


def attested(
    criterion: str,
    answer: str = "met",
    *,
    on: str = "2026-11-20",
    by: str = "Dr A",
    detail: str | None = None,
) -> Resource:
    """A person's answer to the question of one criterion."""
    said = {"criterion": criterion, "answer": answer, "stated_on": on, "by": by}
    return said if detail is None else {**said, "detail": detail}


def site_range(analyte: str, high: str, unit: str, *, sex: str = "any", **also: str) -> Resource:
    """A reference range of the site; ``from_`` and ``to`` are dates, ``laboratory`` a name."""
    plain = {name.rstrip("_"): value for name, value in also.items()}
    return {"analyte": analyte, "sex": sex, "high": high, "unit": unit, **plain}


def body_structure(named: str, site: str | None = None) -> Resource:
    """A lesion as a body structure, located at a SNOMED body site when one is given."""
    located = {"location": {"coding": [{"system": "http://snomed.info/sct", "code": site}]}}
    return {
        "resourceType": "BodyStructure",
        "id": named,
        "patient": SUBJECT,
        **(located if site is not None else {}),
    }


def _with_lesions(resources: list[Resource]) -> list[Resource]:
    """The resources, and a body structure for each lesion that only a measurement names."""
    held = {one.get("id") for one in resources if one["resourceType"] == "BodyStructure"}
    named: dict[str, None] = {}
    for resource in resources:
        for focus in resource.get("focus", ()):
            named[focus["reference"].removeprefix("BodyStructure/")] = None
    return resources + [body_structure(name) for name in named if name not in held]


def bundle(*resources: Resource, kind: str = "collection", anyone: bool = True) -> Resource:
    """A bundle of resources, each with an id; with a patient, unless ``anyone`` is false."""
    held = _with_lesions(list(resources))
    if anyone and not any(one["resourceType"] == "Patient" for one in held):
        held = [patient(), *held]
    entries = []
    for number, resource in enumerate(held, start=1):
        kept = {"id": f"{resource['resourceType'].lower()}-{number}", **resource}
        place = f"{kept['resourceType']}/{kept['id']}"
        entry: Resource = {"fullUrl": f"https://hospital.example/{place}", "resource": kept}
        if kind in ("transaction", "batch"):
            entry["request"] = {"method": "PUT", "url": place}
        entries.append(entry)
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def document(*record: Resource, on: str | None = TODAY, **settings: Any) -> bytes:
    """The question as it is sent: resources and answers, in any order, and the settings beside.

    Settings that are None are left out; ``kind`` and ``anyone`` are those of the bundle.
    """
    answers = [one for one in record if "resourceType" not in one]
    resources = [one for one in record if "resourceType" in one]
    shape = {name: settings.pop(name) for name in ("kind", "anyone") if name in settings}
    asked = {"on": on, **settings}
    envelope: Resource = {name: value for name, value in asked.items() if value is not None}
    envelope["bundle"] = bundle(*resources, **shape)
    if answers:
        envelope["attestations"] = answers
    return write(envelope).encode()
