"""The pages of imports: upload, check, problems side by side, approve, report."""

from __future__ import annotations

from tempfile import TemporaryFile
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eligibility import listing
from eligibility.import_forms import UploadForm
from eligibility.presenters import imports as words
from eligibility.reports.spreadsheets import write_csv
from patients import imported
from patients.actions import Attribution
from patients.actions.importing.deciding import NotNow, approve, cancel
from patients.actions.importing.uploading import Sent, sent_before, upload
from patients.intake.problems import Refused
from patients.models import Import
from trialscreen.institution.access import for_staff
from trialscreen.institution.models import Account
from trialscreen.institution.rights import May
from trialscreen.institution.scope import scope_of
from trialscreen.institution.trail.actions import say_of

SHOWN = 100
"""Imports of the list, and refused lines of a page."""
OVER = 286
"""The status by which htmx stops asking."""


@require_safe
@for_staff(May.WRITE_PATIENTS)
def imports_page(request: HttpRequest) -> HttpResponse:
    """The imports of the sites of who asks, the latest first."""
    found = imported.imports_of(_sites(request))[:SHOWN]
    rows = [_shown(job) for job in found]
    return render(request, "imports/list.html", {"rows": rows, "most": SHOWN})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(May.WRITE_PATIENTS)
def new_import(request: HttpRequest) -> HttpResponse:
    """Send files. Without script as well."""
    sites = listing.places(_sites(request))
    sent = request.method == "POST"
    form = UploadForm(*((request.POST, request.FILES) if sent else ()), sites=sites)
    if sent and form.is_valid():
        said = form.cleaned_data
        site = next(one for one in sites if one.code == said["site"])
        files = [_sent(one) for one in request.FILES.getlist("file")]
        try:
            job = upload(
                files,
                site=site,
                source=said["source"],
                system=said["system"],
                by=Attribution(person=_person(request)),
            )
        except Refused as refused:
            issue = refused.issues[0]
            field = issue.place if issue.place in form.fields else "file"
            form.add_error(field, issue.detail)
        else:
            return redirect("import", job=job.pk)
    page = {"form": form, "sources": imported.sources_of([site.pk for site in sites])}
    return render(request, "imports/new.html", page, status=422 if form.errors else 200)


@require_safe
@for_staff(May.WRITE_PATIENTS)
def import_page(request: HttpRequest, job: UUID) -> HttpResponse:
    """Where an import stands, and its refused lines beside their reasons."""
    return _page(request, _held(request, job))


@require_safe
@for_staff(May.WRITE_PATIENTS)
def import_progress(request: HttpRequest, job: UUID) -> HttpResponse:
    """The part of the page that changes while a worker is at it; 286 when there is nothing to wait for."""
    held = _held(request, job)
    shown = _shown(held)
    status = 200 if shown.works else OVER
    answer = render(request, "imports/progress.html", {"job": shown}, status=status)
    if not shown.works:
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_POST
@for_staff(May.WRITE_PATIENTS)
def approve_import(request: HttpRequest, job: UUID) -> HttpResponse:
    """Let it be stored, as received today."""
    held = _held(request, job)
    today = timezone.localdate(timezone=held.site.zone)
    try:
        approve(held, by=Attribution(person=_person(request)), on=today, at=timezone.now())
    except NotNow as refusal:
        return _page(request, held, because=refusal.sentence, status=409)
    return redirect("import", job=held.pk)


@require_POST
@for_staff(May.WRITE_PATIENTS)
def cancel_import(request: HttpRequest, job: UUID) -> HttpResponse:
    """Discard what waits, or stop what is under way."""
    held = _held(request, job)
    try:
        cancel(held, at=timezone.now())
    except NotNow as refusal:
        return _page(request, held, because=refusal.sentence, status=409)
    return redirect("import", job=held.pk)


@require_safe
@for_staff(May.WRITE_PATIENTS)
def refused_file(request: HttpRequest, job: UUID) -> FileResponse:
    """Every refused line as CSV, to be corrected and sent again."""
    held = _held(request, job)
    heads, rows = imported.refused_table(held)
    # Written before the answer begins: what is streamed later finds no site in use. Python deletes the file.
    out = TemporaryFile()  # noqa: SIM115 # the answer closes it
    written = write_csv(out, heads, rows)
    out.seek(0)
    say_of(request, rows=written, form="csv", filter={"import": str(held.pk)})
    answer = FileResponse(out, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="refused-{held.pk}.csv"'
    return answer


def _page(
    request: HttpRequest, held: Import, *, because: str = "", status: int = 200
) -> HttpResponse:
    columns = imported.columns_of(held)
    names = {file.number: file.name for file in imported.files_of(held)}
    refused = imported.refusals_of(held)[:SHOWN]
    before = sent_before(held)
    page = {
        "job": _shown(held),
        "because": because,
        "before": before,
        "ignored": held.ignored_columns,
        "problems": [
            words.problem(imported.side_by_side(one, columns), columns, names) for one in refused
        ],
        "more": max(0, held.refused - SHOWN),
    }
    return render(request, "imports/detail.html", page, status=status)


def _shown(job: Import) -> words.Shown:
    return words.present(job, list(imported.files_of(job)), size=imported.size_of(job))


def _held(request: HttpRequest, job: UUID) -> Import:
    held = imported.imports_of(_sites(request)).filter(pk=job).first()
    if held is None:
        raise Http404(job)
    return held


def _sent(file: UploadedFile) -> Sent:
    return Sent(file.name or "", file.chunks())


def _sites(request: HttpRequest) -> frozenset[int]:
    return scope_of(request).sites_where(May.WRITE_PATIENTS)


def _person(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user
