"""What the trail says, for an inspector: of a patient, of one criterion, of the institution; and as a file."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from eligibility import histories, listing, protocols
from eligibility.forms import HistoryForm
from eligibility.listing import Candidate
from eligibility.past import turns
from eligibility.presenters import deeds, past, people
from eligibility.presenters import histories as told
from eligibility.presenters.entering import answers
from eligibility.presenters.events import titles_of
from eligibility.reports.trail import write_csv
from eligibility.snapshots import NoSuchPatient
from trialscreen.institution.access import for_staff
from trialscreen.institution.conduct import Conduct, for_conduct
from trialscreen.institution.models import Account, Site
from trialscreen.institution.scope import scope_of
from trialscreen.institution.trail import reading
from trialscreen.institution.trail.actions import Word, note
from trialscreen.institution.trail.exporting import sealed, write_lines

TRIAL = "NCT00514085"
CONTENT = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


class History(NamedTuple):
    """Which entries a page or a file is about, and what is asked of them."""

    where: Q
    groups: Mapping[str, Q]
    form: HistoryForm
    zone: ZoneInfo

    @property
    def filtered(self) -> Q:
        asked = self.form.asked()
        found = self.where & reading.on_days(asked["first"], asked["last"], self.zone)
        if asked["kind"]:
            found &= self.groups[asked["kind"]]
        return found & Q(account_id=asked["person"]) if asked["person"] else found

    def asked(self) -> dict[str, str]:
        """The filter, as an address says it."""
        asked = self.form.asked().items()
        return {name: str(value) for name, value in asked if value and name != "before"}


@require_safe
@for_staff()
def patient_history(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Everything that happened to a patient's record and screenings, and who looked, the last first."""
    held, history = _of_patient(request, patient)
    return _page(request, "patient", history, {"who": _who(held)})


@require_safe
@for_staff()
def patient_history_file(request: HttpRequest, patient: UUID, form: str) -> HttpResponse:
    """The same under the same filter, as a table or with its seals."""
    held, history = _of_patient(request, patient)
    about = {"site": held.patient.site_id, "patient": patient, "about": "patient"}
    return _file(request, history, form, "patient-history", key=str(patient), **about)


@require_safe
@for_staff()
def criterion_history(request: HttpRequest, patient: UUID, criterion: str) -> HttpResponse:
    """How the verdict on one criterion came about, and what was said and saved there."""
    held, protocol = _held(request, patient), protocols.get(TRIAL)
    titles, zone = titles_of(protocol), held.patient.site.zone
    if criterion not in titles:
        raise Http404(criterion)
    where = histories.of_criterion(patient, criterion)
    named = reading.people(where)
    history = _history(request, where, histories.OF_A_PATIENT, zone, named)
    filed = past.present(turns(patient, protocol=protocol), protocol=protocol, zone=zone)
    page = {"title": titles[criterion], "criterion": criterion, "turns": filed.get(criterion, ())}
    return _page(request, "criterion", history, page | {"who": _who(held)})


@require_safe
@for_conduct(Conduct.MANAGE)
def security_trail(request: HttpRequest) -> HttpResponse:
    """The institution's own entries, for administrators: accounts, roles, sign-ins, refusals. No row of any patient."""
    with reading.use_institution():
        return _page(request, "institution", _of_institution(request), {})


@require_safe
@for_conduct(Conduct.MANAGE)
def security_trail_file(request: HttpRequest, form: str) -> HttpResponse:
    with reading.use_institution():
        return _file(request, _of_institution(request), form, "security-trail", about="trail")


def _of_patient(request: HttpRequest, patient: UUID) -> tuple[Candidate, History]:
    held = _held(request, patient)
    where, zone = histories.of_patient(patient), held.patient.site.zone
    named = reading.people(where)
    return held, _history(request, where, histories.OF_A_PATIENT, zone, named)


def _of_institution(request: HttpRequest) -> History:
    where = Q(site_id=None) | Q(subject__in=histories.OPENINGS)
    zone = ZoneInfo(settings.TIME_ZONE)
    named = list(Account.objects.order_by("name", "pk").values_list("pk", "name"))
    return _history(request, where, histories.OF_THE_INSTITUTION, zone, named)


def _held(request: HttpRequest, patient: UUID) -> Candidate:
    try:
        return listing.candidate(patient, sites=scope_of(request).site_ids)
    except NoSuchPatient:
        raise Http404(patient) from None


def _history(
    request: HttpRequest,
    where: Q,
    groups: Mapping[str, Q],
    zone: ZoneInfo,
    named: list[tuple[int, str]],
) -> History:
    kinds = [(name, deeds.GROUPS[name]) for name in groups]
    form = HistoryForm(request.GET, kinds=kinds, people=named)
    return History(where, groups, form, zone)


def _who(held: Candidate) -> dict[str, Any]:
    return {
        "patient": held.patient.pk,
        "initials": people.initials(held.given, held.family),
        "name": people.full_name(held.given, held.family),
        "site": people.place(held.patient.site),
    }


def _page(request: HttpRequest, kind: str, history: History, page: dict[str, Any]) -> HttpResponse:
    found = reading.page(history.filtered, before=history.form.asked()["before"])
    protocol = protocols.get(TRIAL)
    names = told.Names(
        accounts=dict(Account.objects.values_list("pk", "name")),
        sites=dict(Site.objects.values_list("pk", "name")),
        criteria=titles_of(protocol),
        answers={
            (one.id, name): str(words) for one in protocol.criteria for name, words in answers(one)
        },
    )
    asked = history.asked()
    context = {
        "form": history.form,
        "deeds": told.present(found.entries, zone=history.zone, names=names),
        "filtered": bool(asked),
        "exported": f"?{urlencode(asked)}" if asked else "",
        "older": f"?{urlencode(asked | {'before': found.older})}" if found.older else "",
        "newest": history.form.asked()["before"] is None,
        "zone": history.zone.key,
    }
    status = 422 if history.form.errors else 200
    return render(request, f"histories/{kind}.html", context | page, status=status)


def _file(request: HttpRequest, history: History, form: str, name: str, **of: Any) -> HttpResponse:
    """Written whole before it is sent, to a file of the system: what is taken out is counted and told first."""
    if history.form.errors:
        return HttpResponse(status=422)
    asked, now = history.asked(), timezone.now()
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the answer that sends it
    entries = sealed(history.filtered)
    if form == "csv":
        rows = write_csv(file, entries)
    else:
        by = "" if request.user.is_anonymous else str(request.user.pk)
        rows = write_lines(file, entries, {"made": now.isoformat(), "account": by, "filter": asked})
    file.seek(0)
    circumstances = {"page": f"{name}-file", "form": form, "rows": rows, "filter": asked}
    note(Word.EXPORTED, circumstances=circumstances, **of)
    response = FileResponse(file, as_attachment=True, filename=f"confidential-{name}.{form}")
    response["Content-Type"] = CONTENT[form]
    response["Cache-Control"] = "private, no-store"
    return cast("HttpResponse", response)  # which the doors hand on as it is
