"""The page and the interface refuse the same thing in the same words: each is asked the same, and both are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from eligibility.actions import Look, confirm, rescreen
from eligibility.actions import notes as noting
from eligibility.models import SitePart, TrialPart
from patients.models import Patient
from tests.api.stored.conftest import Asker
from tests.refusals.clinic import Clinic, everything, tried
from tests.refusals.pages import words
from tests.workflow.staffed import PASSWORD, PROTOCOL
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.institution.tokens import issue_token

pytestmark = pytest.mark.django_db

API = "/api/v1/screenings/"


def _nothing(clinic: Clinic) -> None:
    """As the clinic stands."""


@dataclass(frozen=True)
class Case:
    """One refusal: who does what with which screening, what both say of it."""

    what: str
    act: str
    of: str
    said: str
    page: int = 409
    api: int = 409
    by: str = "coordinator"
    typed: Mapping[str, Any] = field(default_factory=dict)
    """Of the form and of the body alike, but for the versions."""
    body: Mapping[str, Any] | None = None
    """Of the body, where the names differ."""
    before: Callable[[Clinic], None] = _nothing
    version: int | None = None
    record: int | None = None


CONSENT = {"part": "A", "consent_version": "3.0", "consent_on": "2026-01-05"}


def _full(**of: Any) -> Callable[[Clinic], None]:
    def fill(clinic: Clinic) -> None:
        TrialPart.objects.filter(**of).update(ceiling=TrialPart.objects.get(**of).registered)

    return fill


def _closed(**of: Any) -> Callable[[Clinic], None]:
    return lambda clinic: _update(TrialPart, of, clinic)


def _update(table: Any, of: Mapping[str, Any], clinic: Clinic) -> None:
    table.objects.filter(**of).update(closed_on=clinic.today)


def _confirmed_by_the_investigator(clinic: Clinic) -> None:
    held = clinic.held["in_screening"]
    seen = Look(held.version, Patient.objects.get(pk=held.patient_id).record_version)
    confirm(held.pk, by=clinic.team.investigates, protocol=PROTOCOL, on=clinic.today, seen=seen)


def _screened_again(clinic: Clinic) -> None:
    held = clinic.held["closed"]
    by = clinic.team.coordinates
    rescreen(held.pk, by=by, protocol=PROTOCOL, on=clinic.today, seen=held.version, note="Clumped")


def _site_closed(clinic: Clinic) -> None:
    Site.objects.filter(pk=clinic.site.pk).update(closed_on=clinic.today)


CASES = (
    Case("twice", "start", "in_screening", "This screening is “In screening”; it has to be"),
    Case("of one that is over", "start", "closed", "This screening is over: Ineligible."),
    Case(
        "of another version", "start", "candidate", "Somebody else has changed", api=412, version=7
    ),
    Case("too early", "confirm", "candidate", "it has to be “In screening” for this."),
    Case(
        "without delegation", "confirm", "in_screening", "does not name you for", 403, 403, "second"
    ),
    Case("of a record that moved", "confirm", "in_screening", "record", record=1),
    Case(
        "as a coordinator",
        "sign",
        "confirmed",
        "Only an investigator",
        403,
        403,
        typed={"password": PASSWORD},
    ),
    Case(
        "with another password",
        "sign",
        "confirmed",
        "That is not your password",
        422,
        403,
        "investigator",
        {"password": "a guess"},
    ),
    Case(
        "of one's own",
        "sign",
        "in_screening",
        "Nobody signs what they have confirmed",
        403,
        403,
        "investigator",
        {"password": PASSWORD},
        before=_confirmed_by_the_investigator,
    ),
    Case(
        "without a reason",
        "decline",
        "confirmed",
        "Say why",
        422,
        by="investigator",
        typed={"note": " "},
    ),
    Case("not signed", "register", "confirmed", "it has to be “Signed” for this.", typed=CONSENT),
    Case(
        "without consent",
        "register",
        "signed",
        "Nobody is registered without consent",
        422,
        typed={"part": "A"},
    ),
    Case(
        "with consent to come",
        "register",
        "signed",
        "The day of consent lies in the future.",
        422,
        typed={**CONSENT, "consent_on": "2199-01-01"},
    ),
    Case(
        "into no part",
        "register",
        "signed",
        "The trial has no such part.",
        422,
        typed={**CONSENT, "part": ""},
    ),
    Case(
        "into a closed trial",
        "register",
        "signed",
        "The trial is not open for registration.",
        typed=CONSENT,
        before=_closed(name=""),
    ),
    Case(
        "into a closed part",
        "register",
        "signed",
        "Part A is not open.",
        422,
        typed=CONSENT,
        before=_closed(name="A"),
    ),
    Case(
        "into a full trial",
        "register",
        "signed",
        "The trial is full",
        typed=CONSENT,
        before=_full(name=""),
    ),
    Case(
        "into a full part",
        "register",
        "signed",
        "Part A is full",
        422,
        typed=CONSENT,
        before=_full(name="A"),
    ),
    Case(
        "without a place here",
        "register",
        "signed",
        "All places of this site are taken.",
        422,
        typed=CONSENT,
        before=lambda clinic: _no_place_here(),
    ),
    Case(
        "at a closed site",
        "register",
        "signed",
        "The site is not open for screening.",
        typed=CONSENT,
        before=_site_closed,
    ),
    Case(
        "that nothing fails",
        "close",
        "candidate",
        "No criterion fails",
        422,
        typed={"way": "ineligible/failed-criteria"},
        body={"state": "ineligible", "reason": "failed-criteria"},
    ),
    Case(
        "without a reason",
        "close",
        "candidate",
        "Choose one of the listed reasons.",
        422,
        typed={"way": ""},
        body={"state": "lost", "reason": ""},
    ),
    Case(
        "twice",
        "close",
        "closed",
        "This screening is over: Ineligible.",
        typed={"way": "lost/moved"},
        body={"state": "lost", "reason": "moved"},
    ),
    Case(
        "without a reason",
        "rescreen",
        "closed",
        "Say why the patient is screened again.",
        422,
        typed={"note": "..."},
    ),
    Case(
        "still open",
        "rescreen",
        "candidate",
        "This screening is still open.",
        typed={"note": "Clumped"},
    ),
    Case(
        "of one that is registered",
        "rescreen",
        "registered",
        "The patient is registered.",
        typed={"note": "Clumped"},
    ),
    Case(
        "twice",
        "rescreen",
        "closed",
        "A later screening has followed this one.",
        typed={"note": "Clumped"},
        before=_screened_again,
    ),
)


def _no_place_here() -> None:
    SitePart.objects.update(ceiling=1)


def asker(clinic: Clinic, name: str) -> Asker:
    return Asker(issue_token(clinic.people[name], expires=timezone.now() + timedelta(hours=1)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.act} {case.what}")
def test_page_and_interface_refuse_in_the_same_words(clinic: Clinic, case: Case) -> None:
    held = clinic.held[case.of]
    with tried():
        program, browser = asker(clinic, case.by), clinic.browser(case.by)
        with use_sites([clinic.site.pk]):
            case.before(clinic)
            held.refresh_from_db()
            record = Patient.objects.get(pk=held.patient_id).record_version
        version = held.version if case.version is None else case.version
        seen = record if case.record is None else case.record
        before = everything(clinic)
        page = browser.post(
            f"/screenings/{held.pk}/{case.act}/", {**case.typed, "version": version, "record": seen}
        )
        body = dict(case.typed if case.body is None else case.body)
        body |= {"record_version": seen} if case.act in ("confirm", "sign") else {}
        answer = program.post(f"{API}{held.pk}/{case.act}/", body, If_Match=f'"{version}"')
        after = everything(clinic)
    held = clinic.held[case.of]
    with use_sites([clinic.site.pk]):
        held.refresh_from_db()
    told = answer.json()
    assert (page.status_code, answer.status_code) == (case.page, case.api), (words(page), told)
    assert case.said in told["detail"]
    assert told["detail"] in words(page)
    assert told["errors"][0]["detail"] == told["detail"]
    assert after == before


@pytest.mark.parametrize(
    ("closed", "text", "said", "page", "api"),
    [
        (False, "", "Write what the note says.", 422, 422),
        (False, "  ", "Write what the note says.", 422, 422),
        (True, "Late", "This note is closed: write a new one.", 422, 409),
    ],
)
def test_notes_are_refused_in_the_same_words(
    clinic: Clinic, closed: bool, text: str, said: str, page: int, api: int
) -> None:
    held = clinic.held["candidate"]
    at = f"{held.pk}/notes/{clinic.note.pk}/answers/"
    with tried():
        program, browser = asker(clinic, "coordinator"), clinic.browser("coordinator")
        if closed:
            with use_sites([clinic.site.pk]):
                noting.close(held.pk, clinic.note.pk, by=clinic.team.coordinator, on=clinic.today)
        shown = browser.post(f"/screenings/{at}", {"text": text})
        told = program.post(f"{API}{at}", {"text": text})
    assert (shown.status_code, told.status_code) == (page, api)
    document = told.json()
    assert said in words(shown)
    assert (document.get("errors") or [document])[0]["detail"] == said


@pytest.mark.parametrize("state", ["closed", "site"])
def test_a_candidate_is_refused_in_the_same_words(clinic: Clinic, state: str) -> None:
    of = clinic.held["closed"].patient_id if state == "closed" else clinic.known.pk
    with tried():
        program, browser = asker(clinic, "coordinator"), clinic.browser("coordinator")
        if state == "site":
            _site_closed(clinic)
        shown = browser.post(f"/patients/{of}/screen/")
        told = program.post(API, {"patient": str(of)})
    assert (shown.status_code, told.status_code) == (409, 409)
    assert told.json()["detail"] in words(shown)
