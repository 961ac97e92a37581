"""What publishing changes is told first, in numbers that come true, and old verdicts and signatures stay."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from eligibility import protocols, tasks
from eligibility.actions import confirm, publish, register
from eligibility.actions.deciding import Look
from eligibility.actions.foreseeing import ask_impact
from eligibility.actions.screenings import start
from eligibility.models import (
    Assessment,
    Determination,
    Deviation,
    ProtocolVersion,
    Screening,
    State,
    Voiding,
)
from eligibility.policies import NotNow
from eligibility.rules.protocol import Protocol
from tests.pages.test_opening import staff
from tests.pages.test_pages import text_of
from tests.rules.amended import PROTOCOL, with_platelets
from tests.versions import steps
from tests.workflow.staffed import ON, Staffed, candidate, staffed
from tests.workflow.test_journey import signed
from trialscreen.institution.models import Account, Role, Site
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
COHORT = ("meets-everything", "local-codes", "other-units", "on-every-line")
"""Frozen: their records do not change while the criteria do."""
FAR = with_platelets("2027-02-01.1", 900)
"""A limit that nobody of the cohort reaches."""


@pytest.fixture
def toronto(db: None) -> Site:
    return Site.objects.create(
        code="toronto",
        name="T",
        city="Toronto",
        time_zone="America/Toronto",
        opened_on="2026-01-01",
    )


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Protocol:
    monkeypatch.setitem(protocols._AMENDED, PROTOCOL.trial, (FAR,))
    monkeypatch.setattr(tasks, "today_at", lambda _: ON)
    monkeypatch.setattr("eligibility.actions.foreseeing.timezone.localdate", lambda *_, **__: ON)
    return FAR


@pytest.fixture
def here(toronto: Site) -> Staffed:
    with use_sites([toronto.pk]):
        return staffed("toronto")


@pytest.fixture
def cohort(here: Staffed) -> list[Screening]:
    with use_sites([here.site.pk]):
        return [candidate(key, here.site, source=key) for key in COHORT]


def statuses(version: ProtocolVersion, site: Site) -> dict[Any, str]:
    with use_sites([site.pk]):
        filed = Assessment.objects.filter(protocol_version=version)
        return dict(filed.values_list("patient_id", "status"))


@pytest.mark.requirement(78)
def test_the_numbers_that_were_told_come_true(
    cohort: list[Screening], here: Staffed, far: Protocol, sasha: Account, imogen: Account
) -> None:
    first = publish(PROTOCOL)
    version = steps.reviewed(far, by=sasha, reviewer=imogen)
    told = steps.foreseen(version, by=sasha).counts
    assert told is not None
    before = on_record(first, here.site)
    steps.in_force(version, by=sasha)
    assert tasks.assess_overtaken() == len(statuses(first, here.site))
    was, now = statuses(first, here.site), statuses(version, here.site)
    open_ones = {one.patient_id for one in cohort}
    moved = {one: now[one] for one in open_ones if now[one] != was[one]}
    assert told["candidates"] == len(open_ones)
    assert told["unchanged"] == len(open_ones) - len(moved)
    assert told["becomes"] == {
        status: list(moved.values()).count(status) for status in told["becomes"]
    }
    assert moved, "the limit was meant to change something"
    assert told["criteria"].keys() == {"platelets"}
    assert told["sites"]["toronto"]["candidates"] == told["candidates"]
    after = on_record(first, here.site)
    assert after == before, "verdicts on record stay as they were"


def on_record(version: ProtocolVersion, site: Site) -> list[Any]:
    """Every assessment under a version, whole."""
    with use_sites([site.pk]):
        filed = Assessment.objects.filter(protocol_version=version).order_by("pk")
        return list(filed.values())


@pytest.mark.requirement(78)
def test_nothing_is_published_before_its_impact_was_counted(
    here: Staffed, far: Protocol, sasha: Account, imogen: Account
) -> None:
    from eligibility.actions.publishing import put_in_force

    version = steps.reviewed(far, by=sasha, reviewer=imogen)
    asked = ask_impact(version, by=sasha)
    assert ask_impact(version, by=sasha) == asked, "asked twice is asked once"
    with pytest.raises(NotNow, match="Have its impact counted first"):
        put_in_force(version, signatures="keep", reason="Now", by=sasha, seen=3)
    assert tasks.foresee() == 1
    assert tasks.foresee() == 0
    put_in_force(version, signatures="keep", reason="Now", by=sasha, seen=3)
    with pytest.raises(NotNow, match="Only what is not published yet"):
        ask_impact(version, by=sasha)


@pytest.mark.requirement(78)
@pytest.mark.parametrize(("chosen", "voided"), [("keep", 0), ("recheck", 1)])
def test_confirmations_are_voided_where_the_publisher_chooses_it_alone(
    here: Staffed,
    far: Protocol,
    sasha: Account,
    imogen: Account,
    chosen: str,
    voided: int,
) -> None:
    with use_sites([here.site.pk]):
        held = candidate("meets-everything", here.site)
        start(held.pk, by=here.coordinates, on=ON, seen=held.version)
        held.refresh_from_db()
        look = Look(held.version, held.patient.record_version)
        confirm(held.pk, by=here.coordinates, protocol=PROTOCOL, on=ON, seen=look)
    version = steps.reviewed(far, by=sasha, reviewer=imogen)
    counted = steps.foreseen(version, by=sasha).counts
    assert counted is not None
    assert counted["standing"] == 1
    steps.in_force(version, by=sasha, signatures=chosen)
    tasks.assess_overtaken()
    with use_sites([here.site.pk]):
        held.refresh_from_db()
        assert Voiding.objects.count() == voided
        assert held.state == (State.IN_SCREENING if voided else State.CONFIRMED)
        assert Determination.objects.get().covers["digest"] == PROTOCOL.digest()
        for one in Voiding.objects.all():
            assert "Version 2027-02-01.1 of the criteria asks for a new check." in str(one.changes)


def test_the_page_tells_numbers_and_nobody(
    cohort: list[Screening], here: Staffed, far: Protocol, sasha: Account
) -> None:
    version = steps.submitted(far, by=sasha)
    page = f"/trials/{PROTOCOL.trial}/versions/{version.version}/"
    admin = Client()
    admin.force_login(sasha)
    assert admin.post(f"{page}impact/")["Location"] == page
    assert "counted in the background" in text_of(admin.get(page).text)
    assert admin.get(f"/api/v1{page}impact/").json()["counts"] is None
    tasks.foresee()
    shown = text_of(admin.get(page).text)
    assert f"Of {len(cohort)} open candidates" in shown
    assert "Toronto" in shown
    assert admin.get(f"/api/v1{page}impact/").json()["sentence"] in shown
    assert admin.post(f"/api/v1{page}impact/").status_code == 202
    monitor = Client()
    monitor.force_login(staff("robin", Role.MONITOR))
    assert monitor.post(f"{page}impact/").status_code == 403
    assert monitor.post(f"/api/v1{page}impact/").status_code == 403


@pytest.mark.requirement(78)
def test_a_signature_that_stays_is_registered_under_its_own_version(
    here: Staffed, far: Protocol, sasha: Account, imogen: Account
) -> None:
    with use_sites([here.site.pk]):
        held = signed(here)
    version = steps.reviewed(far, by=sasha, reviewer=imogen)
    steps.in_force(version, by=sasha)
    tasks.assess_overtaken()
    assert statuses(version, here.site)[held.patient_id] == "ineligible"
    with use_sites([here.site.pk]):
        held.refresh_from_db()
        register(
            held.pk, by=here.coordinates, protocol=far, on=ON, seen=held.version, part="A",
            consent_version="1", consent_on=ON,
        )  # fmt: skip
        held.refresh_from_db()
        assert held.state == State.REGISTERED
        assert Deviation.objects.count() == 0
