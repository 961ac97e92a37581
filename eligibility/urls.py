"""Addresses of the pages."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import TemplateView

from eligibility import views
from eligibility.presenters import gallery
from eligibility.views import (
    delegation,
    deviations,
    downtime,
    entering,
    filed,
    finding,
    histories,
    imports,
    local_codes,
    merging,
    messages,
    notes,
    opening,
    reports,
    screenings,
    worklist,
)
from eligibility.views.screening_doors import DOORS

urlpatterns = [
    path("", views.home, name="home"),
    path("worklist/", worklist.worklist_page, name="worklist"),
    path("worklist/find/", finding.find_screenings, name="worklist-find"),
    path("worklist/assign/", worklist.assign_screenings, name="worklist-assign"),
    path("worklist/undo/", worklist.undo_assignment, name="worklist-undo"),
    path("patients/", views.patients_page, name="patients"),
    path("patients/find/", finding.find_patients, name="patients-find"),
    path("patients/<uuid:patient>/", views.patient_page, name="patient"),
    path("patients/<uuid:patient>/same-person/", merging.same_person, name="same-person"),
    path(
        "patients/<uuid:patient>/same-person/<int:merge>/reversal/",
        merging.same_person_reversal,
        name="same-person-reversal",
    ),
    path("patients/<uuid:patient>/history/", histories.patient_history, name="patient-history"),
    path(
        "patients/<uuid:patient>/history.csv",
        histories.patient_history_file,
        {"form": "csv"},
        name="patient-history-file",
    ),
    path(
        "patients/<uuid:patient>/history.jsonl",
        histories.patient_history_file,
        {"form": "jsonl"},
        name="patient-history-file",
    ),
    path(
        "patients/<uuid:patient>/criteria/<str:criterion>/history/",
        histories.criterion_history,
        name="criterion-history",
    ),
    path("security/trail/", histories.security_trail, name="security-trail"),
    re_path(
        r"^security/trail\.(?P<form>csv|jsonl)$",
        histories.security_trail_file,
        name="security-trail-file",
    ),
    path("incoming/messages/", messages.messages_page, name="messages"),
    path("incoming/messages/<int:message>/", messages.message_page, name="message"),
    path("incoming/messages/<int:message>/replay/", messages.replay_message, name="message-replay"),
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
    path("imports/", imports.imports_page, name="imports"),
    path("imports/new/", imports.new_import, name="import-new"),
    path("imports/<uuid:job>/", imports.import_page, name="import"),
    path("imports/<uuid:job>/progress/", imports.import_progress, name="import-progress"),
    path("imports/<uuid:job>/approve/", imports.approve_import, name="import-approve"),
    path("imports/<uuid:job>/cancel/", imports.cancel_import, name="import-cancel"),
    path("imports/<uuid:job>/refused.csv", imports.refused_file, name="import-refused-file"),
    path("screenings/<uuid:screening>/deviation/", deviations.deviation_page, name="deviation"),
    path("screenings/<uuid:screening>/retests/", screenings.retests_page, name="retests"),
    *(
        path(
            f"screenings/<uuid:screening>/{act}/",
            screenings.act_page,
            {"act": act},
            name="screening-act",
        )
        for act in DOORS
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
    path(
        "screenings/<uuid:screening>/checklist.pdf", filed.filed_checklist, name="filed-checklist"
    ),
    path(
        "screenings/<uuid:screening>/calendar/", filed.treatment_calendar, name="treatment-calendar"
    ),
    path(
        "screenings/<uuid:screening>/calendar.ics",
        filed.treatment_calendar_file,
        name="treatment-calendar-file",
    ),
    path("local-codes/", local_codes.local_codes_page, name="local-codes"),
    path("local-codes/upload/", local_codes.upload, name="local-codes-upload"),
    path("local-codes/add/", local_codes.add_code, name="local-codes-add"),
    path(
        "local-codes/versions/<int:local_codes>/",
        local_codes.version_page,
        name="local-codes-version",
    ),
    path(
        "local-codes/versions/<int:local_codes>/<str:step>/",
        local_codes.version_step,
        name="local-codes-step",
    ),
    path("reports/", reports.reports, name="reports"),
    path("reports/screening-log/", reports.screening_log, name="screening-log"),
    re_path(
        r"^reports/screening-log\.(?P<form>csv|xlsx|pdf)$",
        reports.screening_log_file,
        name="screening-log-file",
    ),
    path("reports/consort/", reports.flow, name="report-consort"),
    path("reports/reasons/", reports.reasons, name="report-reasons"),
    path("reports/accrual/", reports.accrual, name="report-accrual"),
    path("reports/downtime/", downtime.downtime_page, name="downtime"),
    path("reports/downtime.pdf", downtime.downtime_file, name="downtime-file"),
    path("reports/key-list/", reports.key_list_page, name="key-list"),
    re_path(r"^reports/key-list\.(?P<form>csv|xlsx)$", reports.key_list_file, name="key-list-file"),
    path("trials/<str:nct_id>/", views.trial_page, name="trial"),
    path("trials/<str:nct_id>/opening/", opening.opening_page, name="opening"),
    path("trials/<str:nct_id>/opening/new/", opening.add_part, name="opening-new"),
    path("trials/<str:nct_id>/opening/<str:part>/", opening.change_part, name="opening-part"),
    path(
        "trials/<str:nct_id>/opening/<str:part>/<slug:code>/",
        opening.change_site_part,
        name="opening-site",
    ),
    path("delegation/", delegation.my_log, name="my-delegation-log"),
    path("sites/<slug:code>/delegation/", delegation.delegation_log, name="delegation-log"),
    path("sites/<slug:code>/delegation/sign/", delegation.sign_log, name="delegation-sign"),
    path(
        "sites/<slug:code>/delegation/<int:entry>/end/", delegation.end_entry, name="delegation-end"
    ),
    path("sites/<slug:code>/principal/", delegation.name_principal, name="principal"),
    path("trials/<str:nct_id>/evaluate/", views.evaluate, name="evaluate"),
    path("", include("eligibility.views.administration.urls")),
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
