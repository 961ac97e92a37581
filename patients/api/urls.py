"""Addresses of stored records: ``/api/v1/patients/…`` and ``/fhir``."""

from __future__ import annotations

from typing import Any

from django.urls import path, re_path
from drf_spectacular.utils import extend_schema_view

from patients.api import described, fhir, outcomes, views
from patients.api.inputs import ENTERED

ONE = "patients/<uuid:patient>/"


def _list_of(kind: str) -> Any:
    """The view of one kind, with operations of its own in the schema."""
    base = views.EnteredFacts if kind in ENTERED else views.Facts
    decorate = extend_schema_view(
        get=described.facts_of_a_kind(kind),
        **({"post": described.enter(kind)} if kind in ENTERED else {}),
    )
    return decorate(type(base.__name__, (base,), {"kind": kind}))


def _one_of(kind: str) -> Any:
    decorate = extend_schema_view(get=described.fact_of_a_kind(kind))
    return decorate(type("OneFact", (views.OneFact,), {"kind": kind}))


api = [
    path("patients/", views.Patients.as_view(), name="api-patients"),
    path(ONE, views.OnePatient.as_view(), name="api-patient"),
    *(path(f"{ONE}{kind}/", _list_of(kind).as_view(), name=f"api-{kind}") for kind in views.KINDS),
    *(
        path(f"{ONE}{kind}/<int:fact>/", _one_of(kind).as_view(), name=f"api-{kind}-one")
        for kind in views.KINDS
    ),
]
fhir_patterns = [
    re_path(r"^fhir/?$", fhir.Deliveries.as_view(), name="fhir"),
    re_path(r"^fhir/.*$", outcomes.nothing_here),
]
