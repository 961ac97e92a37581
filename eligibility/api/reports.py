"""Reports over the programming interface: the same numbers as on the pages, and as little of anybody."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility import protocols
from eligibility.api import report_schemas as schemas
from eligibility.models import LogLine
from eligibility.reports import figures, log
from eligibility.reports.figures import Reason, Spread
from eligibility.rules.protocol import Protocol
from patients.api.doors import PAGING, RecordDoor
from patients.api.pages import paged
from trialscreen.institution.models import Site
from trialscreen.institution.rights import May

TRIAL = "NCT00514085"
_FILTERS = ("site", "state", "criterion", "from", "to")


class ReportDoor(RecordDoor):
    """Reads lines of the log of the sites where that is allowed, and nothing of any patient."""

    reading = May.READ_LOGS
    writing = May.READ_LOGS
    http_method_names = ["get", "head", "options"]

    def sites(self) -> list[Site]:
        return list(Site.objects.filter(pk__in=self.site_ids))

    def question(self, *more: str) -> log.Asked:
        """The filters of the address.

        Raises:
            ValidationError: one cannot be read, or names a site whose log may not be read.
        """
        asked = self.parameters(("trial", *more))
        if asked.get("trial", TRIAL) != TRIAL:
            raise ValidationError({"trial": ["There is no such trial."]})
        found = log.asked(
            asked,
            sites=frozenset(site.code for site in self.sites()),
            criteria=frozenset(one.id for one in protocol().criteria),
        )
        if found.unread:
            raise ValidationError({name: ["Not one of those there are."] for name in found.unread})
        return found

    def lines(self) -> list[LogLine]:
        return log.counted(TRIAL, self.question("site"))


class ScreeningLog(ReportDoor):
    """The lines of the log."""

    @extend_schema(**schemas.SCREENING_LOG)
    def get(self, request: Request) -> Response:
        """A page of lines by their key; filters ``?site=&state=&criterion=&from=&to=``."""
        rows = log.lines(TRIAL, self.question(*_FILTERS, *PAGING))
        return paged(request, rows.order_by(), line, order=("key",))


class Consort(ReportDoor):
    """The flow of patients, and how long decisions took."""

    @extend_schema(**schemas.CONSORT)
    def get(self, request: Request) -> Response:
        """Each patient once, by the last of their screenings; ``?site=``."""
        found = self.lines()
        flow, times = figures.flow(found), figures.times(found)
        return Response(
            {
                "trial": TRIAL,
                "patients": flow.patients,
                "screenings": flow.episodes,
                "screened_again": flow.screened_again,
                "closed": dict(flow.closed),
                "closed_before_start": flow.never_started,
                "closed_because": [
                    {"state": state, "reason": reason, "count": count}
                    for (state, reason), count in sorted(flow.reasons.items())
                ],
                "failed": [
                    {"criterion": one, "count": count, "only": flow.failed_only.get(one, 0)}
                    for one, count in sorted(flow.failed.items())
                ],
                "open": dict(flow.open),
                "registered": flow.registered,
                "parts": dict(flow.parts),
                "days_to_decision": {
                    "from_opening": _spread(times.from_opening),
                    "from_start": _spread(times.from_start),
                },
            }
        )


class Reasons(ReportDoor):
    """Why screenings failed."""

    @extend_schema(**schemas.REASONS)
    def get(self, request: Request) -> Response:
        """Criteria of screenings closed as ineligible, the most frequent first; ``?site=``."""
        named = {one.id: one.title for one in protocol().criteria}
        found = figures.reasons(self.lines(), tuple(named))
        return Response(
            {"trial": TRIAL, "results": [_reason(one, named.get(one.criterion)) for one in found]}
        )


class Accrual(ReportDoor):
    """Registrations against the target."""

    @extend_schema(**schemas.ACCRUAL)
    def get(self, request: Request) -> Response:
        """By site and part; ``?site=``."""
        wanted = self.question("site").site
        codes = [one.code for one in self.sites() if wanted in ("", one.code)]
        found = figures.accrual(self.lines(), sites=codes)
        return Response(
            {
                "trial": TRIAL,
                "target": found.target,
                "registered": found.count,
                "parts": found.parts,
                "sites": [
                    {"site": one.site, "registered": one.count, "parts": dict(one.parts)}
                    for one in found.places
                ],
                "by_day": [
                    {"on": on.isoformat(), "registered": total} for on, total in found.by_day
                ],
            }
        )


def protocol() -> Protocol:
    return protocols.get(TRIAL)


def line(one: LogLine) -> dict[str, Any]:
    """One line of the log as JSON-ready data."""
    return {
        "key": one.key,
        "site": one.site.code,
        "number": one.label,
        "episode": one.episode,
        "previous_number": one.previous_number,
        "followed": one.followed,
        "age_from": one.age_from,
        "sex": one.sex,
        "opened_on": one.opened_on.isoformat(),
        **{name: _iso(getattr(one, name)) for name in _DAYS},
        "state": one.state,
        "status": one.status or None,
        "reason": one.reason or None,
        "failed": one.failed or [],
        "part": one.part or None,
        "subject_number": one.subject_number,
        "voided": one.voided,
        "deviations": one.deviations,
        "retests": one.retests,
    }


_DAYS = ("started_on", "confirmed_on", "signed_on", "registered_on", "closed_on")


def _iso(day: Any) -> str | None:
    return day.isoformat() if day is not None else None


def _spread(spread: Spread) -> dict[str, Any]:
    median = f"{spread.median:f}" if spread.median is not None else None
    return {
        "count": spread.count,
        "median": median,
        "shortest": spread.shortest,
        "longest": spread.longest,
    }


def _reason(one: Reason, title: str | None) -> dict[str, Any]:
    return {"criterion": one.criterion, "title": title, "count": one.count, "only": one.only}
