"""Two sites with people, and screenings in every state at the first: what the tries are made against."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core import signing
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from eligibility import demonstration
from eligibility.actions import Actor, Look, assign, close, confirm, register, rescreen, sign, start
from eligibility.actions import notes as noting
from eligibility.models import Screening, State
from patients.models import LabResult, Patient, SetAside
from tests.eligibility.stored import make_site
from tests.pages.stored import bare, received
from tests.workflow.staffed import PASSWORD, PROTOCOL, Staffed, candidate, person, staffed
from trialscreen.institution.actions import delegate
from trialscreen.institution.conduct import use_conduct
from trialscreen.institution.models import Account, Duty, Role, Site, StaffRole
from trialscreen.institution.scope import tell_sites, use_sites

TRIAL = PROTOCOL.trial
BESIDE = frozenset({"django_session", "django_migrations", "patients_unplacedmessage"})
TRAIL = "institution_trail"
"""What is written of every request, also of a refused one; and a session keeps the notice for the next page. What is in
a message of nobody known the application cannot read (tests/hl7v2)."""


@dataclass
class Clinic:
    """Everything that a try needs."""

    team: Staffed
    elsewhere: Site
    today: date
    people: dict[str, Account]
    held: dict[str, Screening] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    known: Any = None
    """A patient of whom nothing but the name, one result and one set aside is on record."""
    treated: Any = None
    """A patient with a course of a drug that is not long enough ago."""
    result: str = ""
    aside: str = ""
    undo: str = ""
    """What takes back a giving of the candidate to the investigator."""
    note: Any = None
    entry: Any = None

    @property
    def site(self) -> Site:
        return self.team.site

    def key(self, page: str, kind: str) -> str:
        """The key of the first record of that kind that can be corrected at a criterion."""
        if (page, kind) not in self.keys:
            said = self.browser("coordinator").get(page).text
            found = re.search(rf"/correct/({kind}-\d+)/", said)
            assert found is not None, page
            self.keys[page, kind] = found[1]
        return self.keys[page, kind]

    def browser(self, name: str) -> Client:
        """The browser of somebody; of nobody for an empty name."""
        client = Client(raise_request_exception=False)
        if name:
            client.force_login(self.people[name])
        return client


def open_clinic() -> Clinic:
    """The sites, the people, and one screening for each thing that is done with one."""
    site, elsewhere = make_site(), make_site("montreal")
    with use_sites([site.pk]):
        team = staffed(site.code)
    people = {"coordinator": team.coordinator, "investigator": team.investigator}
    people["physician"] = person("olga", Role.INVESTIGATOR, site)
    people["second"] = person("otto", Role.COORDINATOR, site)
    people["elsewhere"] = person("marc", Role.INVESTIGATOR, elsewhere)
    for name, role in (("administrator", Role.ADMINISTRATOR), ("monitor", Role.MONITOR)):
        people[name] = Account.objects.create_user(name, PASSWORD, name=name.title())
        StaffRole.objects.create(account=people[name], role=role, first_day=site.opened_on)
    clinic = Clinic(team, elsewhere, timezone.localdate(timezone=site.zone), people)
    with use_sites([site.pk]):
        _fill(clinic)
    return clinic


def _fill(clinic: Clinic) -> None:
    for state in ("candidate", "in_screening", "confirmed", "signed", "registered"):
        held = candidate("meets-everything", clinic.site, on=clinic.today, source=state)
        clinic.held[state] = _moved(clinic, held, state)
    ended = candidate("newer-version", clinic.site, on=clinic.today, source="ended")
    close(
        ended.pk,
        by=clinic.team.coordinates,
        protocol=PROTOCOL,
        on=clinic.today,
        seen=ended.version,
        to=State.INELIGIBLE,
        reason="failed-criteria",
        note="",
    )
    clinic.held["closed"] = ended
    clinic.held["repeated"] = _repeated(clinic)
    drug = demonstration.bundle("adjuvant-three-months-ago", on=clinic.today)
    clinic.treated = received(demonstration.to_json(drug), clinic.site).patient
    clinic.known = received(bare("1", given="Amélie", family="Gagnon"), clinic.site).patient
    first = clinic.held["candidate"]
    had = assign(
        [first.pk], to=clinic.team.investigator.pk, by=clinic.team.coordinator, on=clinic.today,
        sites=[clinic.site.pk],
    )  # fmt: skip
    given = {"to": clinic.team.investigator.pk, "before": {str(first.pk): had[first.pk]}}
    clinic.undo = signing.dumps(given, salt="eligibility.worklist.undo")
    platelets = LabResult.objects.filter(patient=first.patient_id, analyte="platelets").latest("pk")
    clinic.result = f"labresult-{platelets.pk}"
    _put_aside(clinic, ended)
    clinic.note = noting.write(
        first.pk,
        criterion="platelets",
        text="Which laboratory?",
        by=clinic.team.investigator,
        protocol=PROTOCOL,
        on=clinic.today,
    )
    clinic.entry = delegate(
        site=clinic.site,
        trial=TRIAL,
        account=clinic.team.coordinator,
        duty=Duty.CONFIRM,
        first_day=clinic.today,
        by=clinic.team.investigator,
    )


def _repeated(clinic: Clinic) -> Screening:
    """Screened again after a failure, with another result since."""
    first = candidate("newer-version", clinic.site, on=clinic.today, source="repeated")
    by, on = clinic.team.coordinates, clinic.today
    failed: dict[str, Any] = {"to": State.INELIGIBLE, "reason": "failed-criteria", "note": ""}
    close(first.pk, by=by, protocol=PROTOCOL, on=on, seen=first.version, **failed)
    first.refresh_from_db()
    rescreen(first.pk, by=by, protocol=PROTOCOL, on=on, seen=first.version, note="Clumped")
    at = f"/patients/{first.patient_id}/criteria/platelets/results/"
    typed = {
        "collected": on.isoformat(),
        "value-platelets": "231",
        "unit-platelets": "10*9/L",
    }
    assert clinic.browser("coordinator").post(at, typed).status_code == 302
    return Screening.objects.get(previous=first)


def _put_aside(clinic: Clinic, held: Screening) -> None:
    result = LabResult.objects.filter(patient=held.patient_id, analyte="neutrophils").latest("pk")
    browser = clinic.browser("coordinator")
    at = f"/patients/{held.patient_id}/criteria/granulocytes/set-aside/"
    typed = {"record": f"labresult-{result.pk}", "reason": "not-meant", "note": "Another sample"}
    assert browser.post(at, typed).status_code == 302
    clinic.aside = str(SetAside.objects.latest("pk").pk)


def _moved(clinic: Clinic, held: Screening, state: str) -> Screening:
    """Move an episode on until it is in that state."""
    anna, ines = clinic.team.coordinates, clinic.team.investigates
    until = ["candidate", "in_screening", "confirmed", "signed", "registered"].index(state)
    steps: list[Callable[[dict[str, Any]], object]] = [
        lambda on: start(held.pk, by=anna, **on),
        lambda on: _confirm(held, anna, **on),
        lambda on: sign(
            held.pk,
            by=ines,
            password=PASSWORD,
            protocol=PROTOCOL,
            at=timezone.now(),
            **on,
        ),
        lambda on: register(
            held.pk,
            by=anna,
            protocol=PROTOCOL,
            part="A",
            consent_version="3.0",
            consent_on=clinic.today,
            **on,
        ),
    ]
    for step in steps[:until]:
        step({"on": clinic.today, "seen": held.version})
        held.refresh_from_db()
    return held


def _confirm(held: Screening, by: Actor, *, on: date, seen: int) -> None:
    record = Patient.objects.get(pk=held.patient_id).record_version
    confirm(held.pk, by=by, protocol=PROTOCOL, on=on, seen=Look(seen, record))


@contextmanager
def tried() -> Iterator[None]:
    """A try, of which nothing is left."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _counts(table: str) -> bool:
    return table not in BESIDE and not table.startswith(TRAIL)


def everything(clinic: Clinic) -> dict[str, str]:
    """Every row of every table, each table as a number of rows and a sum over what stands in them."""
    every = [clinic.site.pk, clinic.elsewhere.pk]
    with use_conduct(every, every), connection.cursor() as cursor:
        tell_sites(every)
        names = [one for one in connection.introspection.table_names(cursor) if _counts(one)]
        each = (
            f"SELECT '{name}', count(*) || ':' || coalesce(sum(hashtext(t::text)::bigint), 0)"
            f' FROM "{name}" t'
            for name in names
        )
        cursor.execute(" UNION ALL ".join(each))
        return dict(cursor.fetchall())
