"""The worklist to have in a drawer: a page to print, the same as a file, and for a nightly job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from eligibility import listing, protocols, worklist
from eligibility.presenters import downtime
from eligibility.presenters import worklist as presenter
from eligibility.presenters.dates import day
from eligibility.reports.typeset import pdf
from eligibility.views.pages import TRIAL, today_in
from trialscreen.institution.access import for_staff
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import scope_of

MOST = 1_000
"""Screenings on one list: more than anybody works through by hand."""
PAPER = Path(settings.BASE_DIR) / "templates" / "filed" / "downtime.typ"


def paper_of(
    places: Sequence[Site], *, by: str, me: Account | None, at: datetime
) -> dict[str, Any]:
    """What is printed of these sites, whose rows are in use."""
    me = me or Account()
    days, protocol = {site.pk: today_in(site.zone) for site in places}, protocols.get(TRIAL)
    page = worklist.glimpse(
        worklist.Asked(), sites=days, protocol=protocol, me=me.pk or 0, size=MOST
    )
    lines = worklist.lines(page)
    shown = presenter.present(
        page, lines, places=places, staff=(), me=me, investigates=False, protocol=protocol
    )
    return dict(
        downtime.document(
            downtime.entries(zip(lines, shown.rows, strict=True)),
            site=", ".join(site.name for site in places),
            trial=TRIAL,
            made=_moment(at, places),
            by=by,
            left_out=bool(page.next),
        )
    )


def _moment(at: datetime, places: Sequence[Site]) -> str:
    """By the clock of the site; of several, by the first one's, which is named."""
    here = timezone.localtime(at, places[0].zone if places else None)
    return f"{day(here.date())}, {here:%H:%M} ({here.tzinfo})"


@require_safe
@for_staff()
def downtime_page(request: HttpRequest) -> HttpResponse:
    """What is open at the sites of who asks, to be printed from the browser."""
    return render(request, "reports/downtime.html", {"paper": _paper(request, timezone.now())})


@require_safe
@for_staff()
def downtime_file(request: HttpRequest) -> HttpResponse:
    """The same as PDF."""
    now = timezone.now()
    response = HttpResponse(pdf(PAPER, _paper(request, now), made=now), "application/pdf")
    response["Content-Disposition"] = 'attachment; filename="confidential-downtime-worklist.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _paper(request: HttpRequest, now: datetime) -> dict[str, Any]:
    me = request.user
    assert isinstance(me, Account)
    places = listing.places(scope_of(request).site_ids)
    return paper_of(places, by=me.name or me.username, me=me, at=now)
