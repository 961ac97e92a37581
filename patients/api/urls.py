"""Addresses of stored records: ``/api/v1/patients/…`` and ``/fhir``."""

from __future__ import annotations

from django.urls import path, re_path

from patients.api import fhir, outcomes, views

ONE = "patients/<uuid:patient>/"
ENTERED = ("lab-results", "observations")


api = [
    path("patients/", views.Patients.as_view(), name="api-patients"),
    path(ONE, views.OnePatient.as_view(), name="api-patient"),
    *(
        path(
            f"{ONE}{kind}/",
            (views.Results if kind in ENTERED else views.Facts).as_view(kind=kind),
            name=f"api-{kind}",
        )
        for kind in views.KINDS
    ),
    *(
        path(
            f"{ONE}{kind}/<int:fact>/",
            views.OneFact.as_view(kind=kind),
            name=f"api-{kind}-one",
        )
        for kind in views.KINDS
    ),
]
fhir_patterns = [
    re_path(r"^fhir/?$", fhir.Deliveries.as_view(), name="fhir"),
    re_path(r"^fhir/.*$", outcomes.nothing_here),
]
