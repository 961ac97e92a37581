"""Addresses of the pages."""

from __future__ import annotations

from django.conf import settings
from django.urls import path
from django.views.generic import TemplateView

from eligibility import views
from eligibility.presenters import gallery
from eligibility.views import entering, notes, screenings

urlpatterns = [
    path("", views.home, name="home"),
    path("patients/", views.patients_page, name="patients"),
    path("patients/<uuid:patient>/", views.patient_page, name="patient"),
    path("notes/", notes.my_notes, name="my-notes"),
    path("screenings/<uuid:screening>/notes/", notes.screening_notes, name="screening-notes"),
    path(
        "screenings/<uuid:screening>/notes/<int:note>/answers/",
        notes.answer_note,
        name="note-answer",
    ),
    path(
        "screenings/<uuid:screening>/notes/<int:note>/close/",
        notes.close_note,
        name="note-close",
    ),
    path("patients/<uuid:patient>/screen/", screenings.add_candidate, name="add-candidate"),
    path("screenings/<uuid:screening>/", screenings.screening_page, name="screening"),
    *(
        path(
            f"screenings/<uuid:screening>/{act}/",
            screenings.act_page,
            {"act": act},
            name="screening-act",
        )
        for act in screenings.DOORS
    ),
    path("patients/<uuid:patient>/criteria/<str:criterion>/", entering.entry_page, name="entry"),
    path(
        "patients/<uuid:patient>/criteria/<str:criterion>/<str:way>/", entering.enter, name="enter"
    ),
    path(
        "patients/<uuid:patient>/criteria/<str:criterion>/<str:way>/<str:record>/",
        entering.enter,
        name="enter-record",
    ),
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
