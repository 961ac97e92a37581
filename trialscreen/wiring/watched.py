"""Which answers leave an entry in the trail, and of what: everybody's looking, searching, taking out and being refused.

What is changed leaves its entries by itself, in the database. Who has looked is known here alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from uuid import UUID

import structlog
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from eligibility.models import Screening
from patients.api.fhir.doors import uuid_or_none
from patients.models import FhirVersion, Patient
from trialscreen.institution.scope import scope_of, tell_sites
from trialscreen.institution.sessions import BY_ITSELF
from trialscreen.institution.smart_scopes import sites_for_any
from trialscreen.institution.trail.acting import identify
from trialscreen.institution.trail.actions import Word, note, noting_later, said_of, said_whom

SEARCHES: Final = ("q", "find", "search", "identifier")
"""Parameters by which people are looked for: that it was done is noted, never what was typed."""
NOT_WATCHED: Final = frozenset(
    {
        *(
            "fhir-metadata",
            "health-live",
            "health-ready",
            "metrics",
            "schema",
            "api-docs",
            "api-problems",
            "gallery",
        ),
        *("sign-in", "sign-out", "token", "revoke-token", "home", "smart-configuration"),
        *("my-account", "second-factor", "session-state", "signed-in-again", "usersessions_list"),
        *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
        *("trial", "api-trials", "api-trial", "api-criteria"),
        *("patient-history-file", "security-trail-file"),
    }
)
"""Public knowledge, and what leaves an entry of its own."""
WORDS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "filed-checklist": Word.PRINTED,
        "treatment-calendar-file": Word.EXPORTED,
        "screening-log-file": Word.EXPORTED,
        "key-list-file": Word.EXPORTED,
        "import-refused-file": Word.EXPORTED,
        "downtime": Word.PRINTED,
        "downtime-file": Word.EXPORTED,
        "evaluate": Word.EVALUATED,
        "api-evaluate": Word.EVALUATED,
        "api-eligibility": Word.EVALUATED,
        "fhir-search": Word.SEARCHED,
    }
)
_REFUSED: Final = (401, 403, 404)

log = structlog.get_logger(__name__)


class _Whom(NamedTuple):
    """Whose chain, and which patient."""

    site: int | None = None
    patient: UUID | None = None


def watched(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Any:
    """Middleware: note what was looked at before the answer goes out; what cannot be noted is not shown."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with noting_later() as waiting:
            response = get_response(request)
        for told in waiting:
            note(**told)
        if _is_known(request):
            if response.status_code in _REFUSED:
                _note_refusal(request, response.status_code)
            elif response.status_code < 300:
                _note_look(request)
        return response

    return middleware


def _is_known(request: HttpRequest) -> bool:
    """A person or a client: whoever is nobody can have seen nothing."""
    scope = scope_of(request)
    if scope.account is None and not scope.client:
        return False
    identify(scope)
    return True


def _note_look(request: HttpRequest) -> None:
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    word = WORDS.get(name, Word.VIEWED)
    asks = request.method == "POST" and word in (Word.EVALUATED, Word.SEARCHED)
    reads = request.method == "GET" or asks
    if match is None or name in NOT_WATCHED or not reads or BY_ITSELF in request.headers:
        return
    if name == "fhir-type" and request.method == "GET":
        word = Word.SEARCHED
    if word is Word.VIEWED and any(request.GET.get(each) for each in SEARCHES):
        word = Word.SEARCHED
    scope = scope_of(request)
    sites = scope.site_ids | sites_for_any(scope)
    found = _of_whom(match.kwargs, sites)
    site, patient = said_whom(request)
    if patient is not None and "patient" not in found:
        found = {**found, "patient": patient}
    about, key = _subject(found)
    whom = _Whom(site, patient) if patient is not None else _whom(found, sites)
    asked = {"filters": sorted(request.GET)} if request.GET else {}
    note(
        word,
        about=about or name,
        key=key,
        site=whom.site,
        patient=whom.patient,
        circumstances={"page": name} | asked | said_of(request),
    )


def _note_refusal(request: HttpRequest, status: int) -> None:
    match = request.resolver_match
    about, key = _subject(match.kwargs if match else {})
    page = (match.url_name or match.route) if match else ""
    try:
        note(
            Word.REFUSED,
            about=about or "page",
            key=key,
            circumstances={"page": page, "status": status},
        )
    except Exception:  # the refusal stands, and the log has it
        log.exception("refusal_not_noted", status=status)


def _subject(found: Mapping[str, Any]) -> tuple[str, str]:
    for about in ("screening", "patient"):
        if about in found:
            return about, str(found[about])
    return "", ""


def _of_whom(found: Mapping[str, Any], sites: frozenset[int]) -> Mapping[str, Any]:
    """What an address names; of a record over FHIR the patient whose record it is."""
    if not {"kind", "record"} <= found.keys():
        return found
    with transaction.atomic():
        tell_sites(sites)
        patient = _whose_record(found["kind"], uuid_or_none(found["record"]), sites)
    return found if patient is None else {**found, "patient": patient}


def _whose_record(kind: str, record: UUID | None, sites: frozenset[int]) -> UUID | None:
    """The patient whom a record over FHIR is about: one that was sent, or a screening."""
    if record is None:
        return None
    sent = FhirVersion.objects.filter(record=record, type=kind, site_id__in=sites)
    patient = sent.values_list("patient", flat=True).first()
    if patient is None and kind == "ResearchSubject":
        held = Screening.objects.filter(pk=record, site_id__in=sites)
        patient = held.values_list("patient", flat=True).first()
    return patient


def _whom(found: Mapping[str, Any], sites: frozenset[int]) -> _Whom:
    if not found.keys() & {"screening", "patient"}:
        return _Whom(site=next(iter(sites)) if len(sites) == 1 else None)
    row: tuple[int, UUID] | None
    with transaction.atomic():
        tell_sites(sites)
        if "screening" in found:
            screenings = Screening.objects.filter(pk=found["screening"], site_id__in=sites)
            row = screenings.values_list("site_id", "patient_id").first()
        else:
            patients = Patient.objects.filter(pk=found["patient"], site_id__in=sites)
            row = patients.values_list("site_id", "pk").first()
    return _Whom() if row is None else _Whom(*row)
