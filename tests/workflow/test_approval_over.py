"""An approval of the ethics board that has run out: nobody is confirmed or registered from the next day on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from eligibility.actions import confirm, register, start
from eligibility.actions.approving import record_approval, withdraw_approval
from eligibility.models import Screening, SiteApproval, State
from eligibility.policies import NotNow
from eligibility.possible import refusals, why_not_parts
from eligibility.presenters.approved import warned
from eligibility.workflow import Act
from tests.workflow.staffed import ON, PROTOCOL, Staffed, candidate
from tests.workflow.test_journey import seen, signed
from trialscreen.institution.models import Account, Role, StaffRole

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SENTENCE = f"No approval of the ethics board holds here on {ON.isoformat()}: nobody is confirmed"


@pytest.fixture
def sasha(db: None) -> Account:
    account = Account.objects.create_user("sasha", name="Sasha")
    StaffRole.objects.create(account=account, role=Role.ADMINISTRATOR, first_day=date(2026, 1, 1))
    return account


def approved(team: Staffed, by: Account, until: date | None, reference: str = "1") -> SiteApproval:
    return record_approval(
        site=team.site,
        trial=team.trial,
        kind=SiteApproval.ETHICS,
        reference=f"REB {reference}",
        approved_on=date(2026, 1, 5),
        expires_on=until,
        by=by,
        at=timezone.now(),
    )


def registered(held: Screening, team: Staffed) -> None:
    register(
        held.pk,
        by=team.coordinates,
        protocol=PROTOCOL,
        on=ON,
        seen=held.version,
        part="A",
        consent_version="3.0",
        consent_on=ON,
    )


def confirmed(held: Screening, team: Staffed) -> None:
    confirm(held.pk, by=team.coordinates, protocol=PROTOCOL, on=ON, seen=seen(held))
    held.refresh_from_db()


def test_its_last_day_still_counts_and_the_next_does_not(team: Staffed, sasha: Account) -> None:
    held = signed(team)
    first = approved(team, sasha, ON - DAY)
    with pytest.raises(NotNow, match=SENTENCE):
        registered(held, team)
    assert SENTENCE in why_not_parts(held, on=ON)["A"]
    assert why_not_parts(held, on=ON - DAY) == {"A": "", "B": ""}
    assert first.holds(on=ON - DAY)
    approved(team, sasha, ON, reference="2")
    registered(held, team)
    held.refresh_from_db()
    assert held.state == State.REGISTERED


def test_nobody_is_confirmed_either(team: Staffed, sasha: Account) -> None:
    held = candidate("meets-everything", team.site)
    start(held.pk, by=team.coordinates, on=ON, seen=1)
    approved(team, sasha, ON - DAY)
    with pytest.raises(NotNow, match=SENTENCE) as refused:
        confirmed(held, team)
    assert refused.value.code == "approval"
    held.refresh_from_db()
    assert held.state == State.IN_SCREENING
    shown = refusals(held, by=team.coordinates, answer={"criteria": [], "to_confirm": []}, on=ON)
    assert SENTENCE in shown[Act.CONFIRM]
    approved(team, sasha, None, reference="2")
    confirmed(held, team)
    assert held.state == State.CONFIRMED


def test_one_that_was_withdrawn_holds_no_longer(team: Staffed, sasha: Account) -> None:
    held = signed(team)
    one = approved(team, sasha, None)
    at = timezone.now()
    withdraw_approval(one, reason="Suspended by the board", by=sasha, at=at)
    SiteApproval.objects.filter(pk=one.pk).update(withdrawn_on=ON)
    with pytest.raises(NotNow, match=SENTENCE):
        registered(held, team)


def test_only_the_ethics_board_s_own_counts(team: Staffed, sasha: Account) -> None:
    held = signed(team)
    record_approval(
        site=team.site,
        trial=team.trial,
        kind=SiteApproval.INSTITUTION,
        reference="I 1",
        approved_on=date(2026, 1, 5),
        expires_on=ON - DAY,
        by=sasha,
        at=timezone.now(),
    )
    registered(held, team)


def test_it_is_warned_of_thirty_days_ahead(team: Staffed, sasha: Account) -> None:
    until = ON + 30 * DAY
    first = approved(team, sasha, until)
    assert warned([], on=ON) is None
    assert warned([first], on=ON - DAY) is None
    soon = warned([first], on=ON)
    assert soon is not None
    assert soon.label == (
        "The ethics board’s approval REB 1 holds until 25 Dec 2026; after that day nobody is "
        "confirmed or registered."
    )
    over = warned([first], on=until + DAY)
    assert over is not None
    assert "holds any more" in str(over.label)
    later = approved(team, sasha, until + 40 * DAY, reference="2")
    assert warned([first, later], on=ON) is None
    assert warned([first, approved(team, sasha, None, reference="3")], on=until + DAY) is None
