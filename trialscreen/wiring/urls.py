"""Every address of the application."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("eligibility.api.urls")),
    path("", include("eligibility.urls")),
]
