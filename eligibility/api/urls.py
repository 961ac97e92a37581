"""Addresses of the programming interface, below ``/api/v1/``."""

from __future__ import annotations

from django.urls import include, path

from eligibility.api import (
    deviations,
    local_codes,
    notes,
    records,
    reports,
    retests,
    screenings,
    versions,
    views,
    worklists,
)
from eligibility.api.fhir import types
from eligibility.api.screenings_acts import ACTS

SCREENING = "screenings/<uuid:screening>/"
VERSIONS = "trials/<str:nct_id>/versions/"
VERSION = f"{VERSIONS}<str:version>/"
LOCAL_CODES = "sites/<slug:code>/local-codes/"
ONE_MAP = f"{LOCAL_CODES}versions/<int:number>/"

types.put_up_all()
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
    path("worklist/", worklists.Worklist.as_view(), name="api-worklist"),
    path("worklist/assign/", worklists.Assign.as_view(), name="api-worklist-assign"),
    path("worklist/undo/", worklists.Undo.as_view(), name="api-worklist-undo"),
    path("trials/", views.Trials.as_view(), name="api-trials"),
    path("trials/<str:nct_id>/", views.Trial.as_view(), name="api-trial"),
    path("trials/<str:nct_id>/criteria/", views.Criteria.as_view(), name="api-criteria"),
    path("trials/<str:nct_id>/evaluate/", views.Evaluate.as_view(), name="api-evaluate"),
    path(LOCAL_CODES, local_codes.Map.as_view(), name="api-local-codes"),
    path(
        f"{LOCAL_CODES}unrecognised/", local_codes.Unread.as_view(), name="api-local-codes-unread"
    ),
    path(
        f"{LOCAL_CODES}versions/", local_codes.Versions.as_view(), name="api-local-codes-versions"
    ),
    path(ONE_MAP, local_codes.OneVersion.as_view(), name="api-local-codes-version"),
    path(f"{ONE_MAP}impact/", local_codes.Impact.as_view(), name="api-local-codes-impact"),
    path(f"{ONE_MAP}review/", local_codes.Review.as_view(), name="api-local-codes-review"),
    path(
        f"{ONE_MAP}put-in-force/",
        local_codes.PutInForce.as_view(),
        name="api-local-codes-put-in-force",
    ),
    path(f"{ONE_MAP}set-aside/", local_codes.SetAside.as_view(), name="api-local-codes-set-aside"),
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
    path(f"{VERSION}send-back/", versions.SendBack.as_view(), name="api-version-send-back"),
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
