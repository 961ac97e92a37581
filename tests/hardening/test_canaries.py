"""Texts that occur nowhere else are put wherever a patient or a secret can be; then every line of the log is read."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import structlog
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.utils import timezone

from eligibility import demonstration, tasks
from eligibility.actions.notes import write
from eligibility.models import Screening
from tests.pages.stored import PROTOCOL, coordinator, make_site, received, today_at
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites
from trialscreen.institution.tokens import issue_token
from trialscreen.wiring import urls as real_urls
from trialscreen.wiring.celery import app
from trialscreen.wiring.logs import logging_configuration

pytestmark = pytest.mark.django_db(transaction=True)
MARK = "kanarek"
TEXTS = ("display", "text", "family", "div", "value", "city", "line", "postalCode")


def canary(place: str) -> str:
    return f"{MARK}-{place}"


def planted(tree: Any, place: str = "") -> Any:
    """The same record, with a canary in every text of it that says nothing to a rule."""
    if isinstance(tree, dict):
        return {
            name: f"{value} {canary(f'{place}.{name}')}"
            if name in TEXTS and isinstance(value, str) and "system" not in tree
            else planted(value, f"{place}.{name}")
            for name, value in tree.items()
        }
    if isinstance(tree, list):
        return [
            f"{each} {canary(f'{place}.{n}')}"
            if isinstance(each, str) and place.endswith(".given")
            else planted(each, f"{place}.{n}")
            for n, each in enumerate(tree)
        ]
    return tree


def bundle(site: Site) -> dict[str, Any]:
    told = json.loads(
        demonstration.to_json(
            demonstration.document("meets-everything", on=today_at(site))["bundle"]
        )
    )
    changed: dict[str, Any] = planted(told)
    for entry in changed["entry"]:
        if entry["resource"]["resourceType"] == "Patient":
            entry["resource"]["identifier"] = [
                {"system": "urn:mrn", "value": canary("identifier")},
                {"system": "urn:health-card", "value": canary("card")},
            ]
            entry["resource"]["telecom"] = [{"system": "phone", "value": canary("phone")}]
    return changed


def fails(request: HttpRequest) -> HttpResponse:
    """Something nobody has thought of goes wrong over a patient, with everything at hand that could be told."""
    name = canary("local")
    try:
        raise KeyError(canary("cause"))
    except KeyError as cause:
        raise ValueError(f"{name} {request.POST} {request.COOKIES}") from cause


urlpatterns = [
    path("fails/", fails),
    path("api/fails/", fails),
    path("", include(real_urls.urlpatterns)),
]
handler403, handler404, handler500 = (
    real_urls.handler403,
    real_urls.handler404,
    real_urls.handler500,
)


@pytest.fixture(params=["json", "plain"])
def written(request: Any, settings: LazySettings) -> Iterator[StringIO]:
    """Everything that any logger says, from DEBUG upwards, in the words in which the application writes it."""
    settings.ROOT_URLCONF = __name__
    text = StringIO()
    made = logging_configuration(level="DEBUG", form=request.param)["formatters"]["structured"]
    handler = logging.StreamHandler(text)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=made["foreign_pre_chain"], processors=made["processors"]
        )
    )
    root = logging.getLogger()
    names = ("django", "django.request", "django_structlog", "celery", "trialscreen", "eligibility")
    before = [(each, each.level) for each in (root, *map(logging.getLogger, names))]
    quiet = [logging.getLogger(name) for name in ("django.db.backends", "django.template")]
    for each, _ in before:
        each.setLevel(logging.DEBUG)
    for each in quiet:  # said at DEBUG alone, which no installation is to be run with
        before.append((each, each.level))
        each.setLevel(logging.INFO)
    root.addHandler(handler)
    yield text
    root.removeHandler(handler)
    for each, level in before:
        each.setLevel(level)


def secrets(person: Any) -> dict[str, str]:
    token = issue_token(person, expires=timezone.now() + timedelta(minutes=5))
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.requirement(37)
def test_no_line_of_any_log_holds_a_patient_or_a_secret(written: StringIO) -> None:
    site = make_site()
    anna = coordinator(site)
    record = bundle(site)
    patient = received(json.dumps(record), site).patient
    app.tasks["eligibility.assess"].apply(args=[str(patient.pk), site.pk])
    tasks.assess_overtaken()
    with use_sites([site.pk]):
        screening = Screening.objects.get(patient=patient)
        write(
            screening.pk,
            criterion="",
            text=canary("note"),
            by=anna,
            protocol=PROTOCOL,
            on=today_at(site),
        )
    pages_are_asked(patient.pk, screening.pk, anna)
    the_interface_is_asked(record, anna, patient.pk)
    tasks_fail(site)
    said = written.getvalue()
    assert len(said.splitlines()) > 20
    assert "ValueError" in said, "the errors that were provoked were not logged at all"
    assert [line[:400] for line in said.splitlines() if MARK in line] == []


def pages_are_asked(patient: Any, screening: Any, anna: Any) -> None:
    browser = Client(raise_request_exception=False)
    browser.post("/sign-in/", {"username": canary("user"), "password": canary("password")})
    browser.force_login(anna)
    for address in (
        f"/patients/?q={canary('search')}",
        f"/worklist/?search={canary('search')}",
        f"/worklist/?q={canary('search')}&cursor={canary('cursor')}",
        f"/patients/{patient}/",
        f"/screenings/{screening}/notes/",
        "/reports/key-list/",
        "/reports/downtime/",
        f"/fails/?name={canary('query')}",
    ):
        browser.get(address, headers={"Referer": f"https://testserver/?q={canary('referer')}"})
    browser.post("/fails/", {"name": canary("posted")}, headers={"Cookie": canary("cookie")})
    browser.post(f"/screenings/{screening}/notes/", {"text": canary("typed"), "criterion": "none"})
    browser.post(f"/patients/{patient}/enter/", {"value": canary("value")})


def the_interface_is_asked(record: Any, anna: Any, patient: Any) -> None:
    caller = Client(raise_request_exception=False)
    headers = secrets(anna)
    for address in ("/api/fails/", "/fhir", "/api/v1/trials/NCT00514085/evaluate/"):
        for body in (json.dumps(record), f'{{"{canary("broken")}', json.dumps({"bundle": record})):
            caller.post(address, body, content_type="application/json", headers=headers)
    wrong = {"Authorization": f"Bearer {canary('token')}"}
    caller.get(f"/api/v1/patients/{patient}/results/", headers=wrong)
    caller.get(f"/api/v1/patients/?identifier={canary('asked')}", headers=headers)
    told = {"grant_type": "client_credentials", "client_id": "x", "client_secret": canary("secret")}
    caller.post("/o/token/", told)


def tasks_fail(site: Site) -> None:
    """A task that fails over a record, and a message that no task understands."""
    app.tasks["eligibility.assess"].apply(args=[canary("argument"), site.pk])
    logging.getLogger("eligibility.tasks").error(
        "assessment failed", exc_info=ValueError(canary("message"))
    )


@pytest.mark.requirement(38)
def test_nobody_writes_a_line_of_the_log_or_steers_a_terminal(written: StringIO) -> None:
    browser = Client(raise_request_exception=False)
    evil = 'x\r\n\x1b[2J\x9b31m\u2028{"level": "info", "event": "signed"}\u202e'
    browser.get(f"/patients/{evil}/")
    browser.get("/", headers={"User-Agent": evil, "X-Request-ID": evil})
    browser.post("/sign-in/", {"username": evil, "password": "something long enough"})
    logging.getLogger("trialscreen").warning("named %s", evil)
    structlog.stdlib.get_logger("trialscreen").warning("named", name=evil, inside={evil: [evil]})
    said = written.getvalue()
    assert "\\u001b" in said
    for line in said.split("\n")[:-1]:
        assert not [each for each in line if ord(each) < 32 or 127 <= ord(each) < 160]
        assert not set(line) & set("\u2028\u202e")
        assert not line.startswith('{"level": "info", "event": "signed"}')


@pytest.mark.requirement(37)
def test_a_task_names_the_request_that_asked_for_it(written: StringIO) -> None:
    """The id goes with the message and is bound before the task runs, as a worker does it."""
    from django_structlog.celery import receivers

    sender = receivers.CeleryReceiver()
    with structlog.contextvars.bound_contextvars(request_id="the-request-that-asked"):
        headers: dict[str, Any] = {}
        sender.receiver_before_task_publish(headers=headers)
    told = str(headers)
    assert "the-request-that-asked" in told
