"""What is printed and kept of one screening: the filed checklist, and the treatment calendar after registration."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from eligibility import protocols
from eligibility.forms import CalendarForm
from eligibility.models import Registration, Screening
from eligibility.presenters import calendar, filed
from eligibility.protocols.schedules import Schedule, Treatment
from eligibility.reports import calendar as ics
from eligibility.reports import filed as reading
from eligibility.reports import typeset
from trialscreen.institution.access import for_staff
from trialscreen.institution.models import Account
from trialscreen.institution.scope import scope_of

TEMPLATE = Path(settings.BASE_DIR) / "templates" / "filed" / "checklist.typ"


@require_safe
@for_staff()
def filed_checklist(request: HttpRequest, screening: UUID) -> HttpResponse:
    """The eligibility checklist of a screening as PDF/A."""
    try:
        found = reading.read(screening, sites=scope_of(request).site_ids)
    except (Screening.DoesNotExist, reading.NotAssessed):
        raise Http404(screening) from None
    assert isinstance(request.user, Account)
    now = timezone.now()
    who = request.user.name or request.user.username
    made = typeset.pdf(TEMPLATE, filed.document(found, printed_by=who, printed_at=now), made=now)
    return _attached(made, f"{found.screening.label}-eligibility.pdf", "application/pdf")


@require_safe
@for_staff()
def treatment_calendar(request: HttpRequest, screening: UUID) -> HttpResponse:
    """Days of treatment of a registered patient from the day of first treatment on."""
    held, schedule, treatment, form = _asked(request, screening)
    shown = calendar.present(
        held,
        schedule,
        treatment,
        first=form.first_day(held.registered_on),
        cycles=form.how_many(),
        today=timezone.localdate(timezone=held.site.zone),
    )
    page: dict[str, Any] = {"calendar": shown, "form": form, "screening": held.screening}
    return render(request, "reports/calendar.html", page, status=422 if form.errors else 200)


@require_safe
@for_staff()
def treatment_calendar_file(request: HttpRequest, screening: UUID) -> HttpResponse:
    """The same days for a calendar program; a day that cannot be read is not guessed."""
    held, schedule, treatment, form = _asked(request, screening)
    if form.errors:
        said = "\n".join(str(one) for every in form.errors.values() for one in every)
        return HttpResponse(said, status=422, content_type="text/plain; charset=utf-8")
    first, cycles = form.first_day(held.registered_on), form.how_many()
    days = calendar.appointments(held, schedule, treatment, first=first, cycles=cycles)
    made = ics.as_ics(held.screening.label, days, stamped=held.at)
    return _attached(made, f"{held.screening.label}-treatment.ics", "text/calendar; charset=utf-8")


def _asked(
    request: HttpRequest, screening: UUID
) -> tuple[Registration, Schedule, Treatment, CalendarForm]:
    try:
        held = ics.registration_of(screening)
        treatment = protocols.treatment(held.trial.number)
    except (Registration.DoesNotExist, protocols.UnknownTrial):
        raise Http404(screening) from None
    schedule = treatment.of_part(held.part.name)
    if schedule is None or held.site_id not in scope_of(request).site_ids:
        raise Http404(screening)
    form = CalendarForm(request.GET)
    form.is_valid()
    return held, schedule, treatment, form


def _attached(made: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(made, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
