"""Addresses of CDS Hooks; the specification writes them without a slash at their end."""

from __future__ import annotations

from django.urls import path

from eligibility.api.cds import views

urlpatterns = [
    path("cds-services", views.discovery, name="cds-services"),
    path(
        f"cds-services/{views.SERVICE}",
        views.TrialEligibility.as_view(),
        name="cds-trial-eligibility",
    ),
    path(f"cds-services/{views.SERVICE}/feedback", views.Feedback.as_view(), name="cds-feedback"),
]
