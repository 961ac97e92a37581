"""Reports: the screening log, the flow, reasons and accrual, which name nobody, and the site's own key list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from eligibility import protocols
from eligibility.models import LogLine
from eligibility.presenters import consort, keys, log, tallies
from eligibility.presenters.dates import day
from eligibility.reports import figures
from eligibility.reports import keys as key_list
from eligibility.reports import log as lines_of
from eligibility.reports.spreadsheets import Cell, as_csv, as_xlsx
from eligibility.reports.typeset import pdf
from trialscreen.institution.access import for_staff
from trialscreen.institution.models import Account, Site
from trialscreen.institution.rights import May
from trialscreen.institution.scope import scope_of
from trialscreen.institution.trail.actions import say_of

TRIAL = "NCT00514085"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAPER = Path(settings.BASE_DIR) / "templates" / "filed" / "log.typ"
exported = structlog.get_logger(__name__)


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """To the first of them."""
    return redirect("screening-log")


@require_safe
@for_staff(May.READ_LOGS)
def screening_log(request: HttpRequest) -> HttpResponse:
    """A page of the screening log, filtered by the address."""
    protocol, sites, question = protocols.get(TRIAL), _sites(request), _asked(request)
    rows, following = lines_of.page(TRIAL, question)
    total = lines_of.lines(TRIAL, question).count()
    shown = log.present(
        rows, question, total=total, following=following, sites=sites, protocol=protocol
    )
    return _page(request, "screening-log", {"log": shown}, status=422 if question.unread else 200)


@require_safe
@for_staff(May.READ_LOGS)
def screening_log_file(request: HttpRequest, form: str) -> HttpResponse:
    """The whole log under the same filters, as a file."""
    protocol, question = protocols.get(TRIAL), _asked(request)
    if question.unread:
        return HttpResponse(
            log.not_understood(question), status=422, content_type="text/plain; charset=utf-8"
        )
    found, now = list(lines_of.lines(TRIAL, question)), timezone.now()
    about = log.about(
        question, count=len(found), protocol=protocol, by=_name(request), when=_utc(now)
    )
    _note(request, "screening-log", form, len(found), question.filters)
    name = f"screening-log-{TRIAL}"
    if form == "pdf":
        foot = f"{TRIAL} · {_name(request)}, {_utc(now)}"
        paper = log.document(found, about, protocol=protocol, foot=foot)
        return _attached(pdf(PAPER, paper, made=now), f"{name}.pdf", "application/pdf")
    return _file(name, form, log.HEADS, log.table(found, protocol), about, now)


@require_safe
@for_staff(May.READ_LOGS)
def flow(request: HttpRequest) -> HttpResponse:
    """Patients from candidate to registration, and how long decisions took."""
    found, named = _lines(request), log.titles(protocols.get(TRIAL))
    counted = figures.flow(found)
    page = {
        "flow": consort.items(counted, named),
        "drawing": consort.drawing(counted, named),
        "taken": tallies.taken(figures.times(found)),
        "patients": counted.patients,
    }
    return _page(request, "consort", page)


@require_safe
@for_staff(May.READ_LOGS)
def reasons(request: HttpRequest) -> HttpResponse:
    """Which criteria were not met, and how often nothing else was in the way."""
    named = log.titles(protocols.get(TRIAL))
    found = _lines(request)
    bars = tallies.bars(figures.reasons(found, tuple(named)), named)
    failed = sum(bool(one.failed) for one in found)
    return _page(request, "reasons", {"bars": bars, "failed": failed})


@require_safe
@for_staff(May.READ_LOGS)
def accrual(request: HttpRequest) -> HttpResponse:
    """Registrations by site and part against the target of the trial."""
    sites = _sites(request)
    counted = figures.accrual(_lines(request), sites=[one.code for one in _chosen(request, sites)])
    return _page(request, "accrual", {"standing": tallies.standing(counted, sites)})


@require_safe
@for_staff()
def key_list_page(request: HttpRequest) -> HttpResponse:
    """Which patient a number stands for; for the site's own staff alone."""
    found = key_list.keys(TRIAL, scope_of(request).site_ids)
    return _page(request, "key-list", {"keys": keys.present(found)})


@require_safe
@for_staff()
def key_list_file(request: HttpRequest, form: str) -> HttpResponse:
    rows = keys.table(key_list.keys(TRIAL, scope_of(request).site_ids))
    now = timezone.now()
    about = [("Confidential", "names patients"), ("Made by", _name(request)), ("Made", _utc(now))]
    _note(request, "key-list", form, len(rows), {})
    return _file(f"confidential-key-list-{TRIAL}", form, keys.HEADS, rows, about, now)


def _page(
    request: HttpRequest, report: str, page: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    sites = _sites(request)
    chosen = _chosen(request, sites)
    about = {
        "report": report,
        "nct_id": TRIAL,
        "sites": sites if len(sites) > 1 else (),
        "chosen_site": chosen[0].code if len(chosen) == 1 < len(sites) else "",
        "here": chosen[0].name if len(chosen) == 1 else f"All {len(sites)} sites",
        "keeps_keys": bool(scope_of(request).site_ids),
        "as_of": day(timezone.localdate()),
    }
    return render(request, f"reports/{report}.html", {**about, **page}, status=status)


def _sites(request: HttpRequest) -> list[Site]:
    """Sites whose logs may be read."""
    return list(Site.objects.filter(pk__in=scope_of(request).sites_where(May.READ_LOGS)))


def _chosen(request: HttpRequest, sites: list[Site]) -> list[Site]:
    return [one for one in sites if one.code == request.GET.get("site")] or sites


def _asked(request: HttpRequest) -> lines_of.Asked:
    codes = frozenset(site.code for site in _sites(request))
    criteria = frozenset(one.id for one in protocols.get(TRIAL).criteria)
    return lines_of.asked(request.GET, sites=codes, criteria=criteria)


def _lines(request: HttpRequest) -> list[LogLine]:
    return lines_of.counted(TRIAL, lines_of.Asked(site=_asked(request).site))


def _file(
    name: str,
    form: str,
    heads: Iterable[object],
    rows: list[list[Cell]],
    about: list[tuple[str, str]],
    now: datetime,
) -> HttpResponse:
    titles = [str(head) for head in heads]
    if form == "csv":
        return _attached(as_csv(titles, rows), f"{name}.csv", "text/csv; charset=utf-8")
    made = as_xlsx(titles, rows, title=name, about=about, made=now)
    return _attached(made, f"{name}.xlsx", XLSX)


def _attached(made: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(made, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _note(request: HttpRequest, report: str, form: str, rows: int, filters: dict[str, str]) -> None:
    who = request.user.pk
    say_of(request, form=form, rows=rows, filter=filters)
    exported.info("exported", report=report, form=form, rows=rows, filters=filters, account=who)


def _name(request: HttpRequest) -> str:
    assert isinstance(request.user, Account)
    return request.user.name or request.user.username


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
