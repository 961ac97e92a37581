"""Addresses of the programming interface, below ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from eligibility.api import records, reports, views

urlpatterns = [
    path("trials/", views.Trials.as_view(), name="api-trials"),
    path("trials/<str:nct_id>/", views.Trial.as_view(), name="api-trial"),
    path("trials/<str:nct_id>/criteria/", views.Criteria.as_view(), name="api-criteria"),
    path("trials/<str:nct_id>/evaluate/", views.Evaluate.as_view(), name="api-evaluate"),
    path(
        "patients/<uuid:patient>/eligibility/",
        records.Eligibility.as_view(),
        name="api-eligibility",
    ),
    path(
        "patients/<uuid:patient>/attestations/",
        records.Attestations.as_view(),
        name="api-attestations",
    ),
    path("reports/screening-log/", reports.ScreeningLog.as_view(), name="api-screening-log"),
    path("reports/consort/", reports.Consort.as_view(), name="api-consort"),
    path("reports/reasons/", reports.Reasons.as_view(), name="api-reasons"),
    path("reports/accrual/", reports.Accrual.as_view(), name="api-accrual"),
]
