"""Addresses of the pages."""

from __future__ import annotations

from django.conf import settings
from django.urls import path
from django.views.generic import TemplateView

from eligibility import views
from eligibility.presenters import gallery

urlpatterns = [
    path("", views.home, name="home"),
    path("patients/", views.patients_page, name="patients"),
    path("patients/<uuid:patient>/", views.patient_page, name="patient"),
    path("trials/<str:nct_id>/", views.trial_page, name="trial"),
    path("trials/<str:nct_id>/evaluate/", views.evaluate, name="evaluate"),
]

if settings.DEBUG:
    urlpatterns += [
        path(
            "gallery/",
            TemplateView.as_view(
                template_name="gallery.html",
                extra_context={"looks": gallery.looks, "statuses": gallery.statuses},
            ),
            name="gallery",
        ),
    ]
