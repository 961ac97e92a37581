"""Without an approval of the ethics board nobody is confirmed or registered: none was recorded, or it has run out."""

from __future__ import annotations

from collections.abc import Iterator
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
from tests.eligibility.stored import make_site
from tests.workflow.staffed import ON, PROTOCOL, Staffed, candidate, staffed
from tests.workflow.test_journey import seen, signed
from trialscreen.institution.models import Account, Role, StaffRole
from trialscreen.institution.scope import use_sites

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NEVER = "No approval of the ethics board is on record here: nobody is confirmed or registered until an administrator"
SENTENCE = f"No approval of the ethics board holds here on {ON.isoformat()}: nobody is confirmed"


@pytest.fixture
def team(db: None) -> Iterator[Staffed]:
    """A site of which no approval was ever recorded."""
    site = make_site()
    with use_sites([site.pk]):
        yield staffed(site.code, approval=False)


@pytest.fixture
def sasha(db: None) -> Account:
    account = Account.objects.create_user("sasha", name="Sasha")
    StaffRole.objects.create(account=account, role=Role.ADMINISTRATOR, first_day=date(2026, 1, 1))
    return account


def approved(
    team: Staffed,
    by: Account,
    until: date | None,
    reference: str = "1",
    kind: str = SiteApproval.ETHICS,
) -> SiteApproval:
    return record_approval(
        site=team.site,
        trial=team.trial,
        kind=kind,
        reference=f"REB {reference}",
        approved_on=date(2026, 1, 5),
        expires_on=until,
        by=by,
        at=timezone.now(),
    )


def signed_once(team: Staffed, by: Account) -> Screening:
    """Signed while an approval held, which is withdrawn since."""
    earlier = approved(team, by, None, reference="0")
    held = signed(team)
    SiteApproval.objects.filter(pk=earlier.pk).update(
        withdrawn_on=ON - 9 * DAY, withdrawn_reason="ended"
    )
    return held


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


@pytest.mark.requirement(79)
def test_where_none_was_ever_recorded_nobody_is_confirmed_or_registered(
    team: Staffed, sasha: Account
) -> None:
    held = candidate("meets-everything", team.site)
    start(held.pk, by=team.coordinates, on=ON, seen=1)
    with pytest.raises(NotNow, match=NEVER) as refused:
        confirmed(held, team)
    assert refused.value.code == "approval"
    held.refresh_from_db()
    assert held.state == State.IN_SCREENING
    shown = refusals(held, by=team.coordinates, answer={"criteria": [], "to_confirm": []}, on=ON)
    assert NEVER in shown[Act.CONFIRM]
    assert {NEVER in said for said in why_not_parts(held, on=ON).values()} == {True}
    # What the institution approves is kept beside it, and opens nothing.
    approved(team, sasha, None, kind=SiteApproval.INSTITUTION)
    with pytest.raises(NotNow, match=NEVER):
        confirmed(held, team)
    approved(team, sasha, None)
    confirmed(held, team)
    assert held.state == State.CONFIRMED


def test_an_approval_of_another_site_opens_nothing_here(team: Staffed, sasha: Account) -> None:
    held = candidate("meets-everything", team.site)
    start(held.pk, by=team.coordinates, on=ON, seen=1)
    other = make_site("montreal")
    with use_sites([other.pk]):
        approved(team._replace(site=other), sasha, None)
    with use_sites([team.site.pk, other.pk]), pytest.raises(NotNow, match=NEVER):
        confirmed(held, team)


def test_its_last_day_still_counts_and_the_next_does_not(team: Staffed, sasha: Account) -> None:
    held = signed_once(team, sasha)
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
    held = signed_once(team, sasha)
    one = approved(team, sasha, None)
    at = timezone.now()
    withdraw_approval(one, reason="Suspended by the board", by=sasha, at=at)
    SiteApproval.objects.filter(pk=one.pk).update(withdrawn_on=ON)
    with pytest.raises(NotNow, match=SENTENCE):
        registered(held, team)


def test_only_the_ethics_board_s_own_counts(team: Staffed, sasha: Account) -> None:
    approved(team, sasha, None)
    held = signed(team)
    approved(team, sasha, ON - DAY, kind=SiteApproval.INSTITUTION)
    registered(held, team)


def test_it_is_warned_of_thirty_days_ahead(team: Staffed, sasha: Account) -> None:
    until = ON + 30 * DAY
    first = approved(team, sasha, until)
    assert warned([], on=ON, opened=False) is None
    missing = warned([], on=ON, opened=True)
    assert missing is not None
    assert str(missing.label).startswith("No approval of the ethics board is on record")
    assert warned([first], on=ON - DAY, opened=True) is None
    soon = warned([first], on=ON, opened=True)
    assert soon is not None
    assert soon.label == (
        "The ethics board’s approval REB 1 holds until 25 Dec 2026; after that day nobody is "
        "confirmed or registered."
    )
    over = warned([first], on=until + DAY, opened=True)
    assert over is not None
    assert "holds any more" in str(over.label)
    later = approved(team, sasha, until + 40 * DAY, reference="2")
    assert warned([first, later], on=ON, opened=True) is None
    for_good = approved(team, sasha, None, reference="3")
    assert warned([first, for_good], on=until + DAY, opened=True) is None
