"""Addresses of the programming interface, below ``/api/v1/``."""

from __future__ import annotations

from django.urls import include, path

from eligibility.api import (
    deviations,
    notes,
    records,
    reports,
    retests,
    screenings,
    versions,
    views,
)
from eligibility.api.screenings_acts import ACTS

SCREENING = "screenings/<uuid:screening>/"
VERSIONS = "trials/<str:nct_id>/versions/"
VERSION = f"{VERSIONS}<str:version>/"

urlpatterns = [
    path("", include("eligibility.api.administration.urls")),
    path("screenings/", screenings.Screenings.as_view(), name="api-screenings"),
    path(SCREENING, screenings.OneScreening.as_view(), name="api-screening"),
    path(f"{SCREENING}events/", screenings.Events.as_view(), name="api-screening-events"),
    path(
        f"{SCREENING}deviations/", deviations.Deviations.as_view(), name="api-screening-deviations"
    ),
    path(f"{SCREENING}retests/", retests.Retests.as_view(), name="api-screening-retests"),
    path(f"{SCREENING}notes/", notes.Notes.as_view(), name="api-notes"),
    path(f"{SCREENING}notes/<int:note>/answers/", notes.Answers.as_view(), name="api-note-answers"),
    path(f"{SCREENING}notes/<int:note>/close/", notes.Close.as_view(), name="api-note-close"),
    *(
        path(f"{SCREENING}{act}/", screenings.act_view(act), name=f"api-screening-{act}")
        for act in ACTS
    ),
    path("trials/", views.Trials.as_view(), name="api-trials"),
    path("trials/<str:nct_id>/", views.Trial.as_view(), name="api-trial"),
    path("trials/<str:nct_id>/criteria/", views.Criteria.as_view(), name="api-criteria"),
    path("trials/<str:nct_id>/evaluate/", views.Evaluate.as_view(), name="api-evaluate"),
    path(VERSIONS, versions.Versions.as_view(), name="api-versions"),
    path(VERSION, versions.OneVersion.as_view(), name="api-version"),
    path(
        f"{VERSION}changes/<str:earlier>/",
        versions.Changes.as_view(),
        name="api-version-changes",
    ),
    path(f"{VERSION}impact/", versions.Impact.as_view(), name="api-version-impact"),
    path(f"{VERSION}submit/", versions.Submit.as_view(), name="api-version-submit"),
    path(f"{VERSION}review/", versions.Review.as_view(), name="api-version-review"),
    path(f"{VERSION}publish/", versions.Publish.as_view(), name="api-version-publish"),
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
