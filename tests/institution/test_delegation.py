"""The delegation log: who answers for a site, what counts, from which day until which, and who may say so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from eligibility.policies import NotAllowed, who_may
from eligibility.workflow import Act
from tests.institution.conftest import OPENED, PASSWORD
from trialscreen.institution.actions import (
    NotDone,
    NotThePrincipal,
    appoint_principal,
    delegate,
    end_delegation,
    enter_delegation,
    name_principal,
    principal_of,
    sign_delegation,
    sign_delegations,
)
from trialscreen.institution.models import (
    Account,
    Delegation,
    Duty,
    PrincipalInvestigator,
    Role,
    Site,
    StaffRole,
)

pytestmark = pytest.mark.django_db

TRIAL = "NCT00514085"
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def staff(username: str, role: Role, site: Site | None, **days: date) -> Account:
    account = Account.objects.create_user(username, PASSWORD, name=username.title())
    StaffRole.objects.create(account=account, role=role, site=site, **{"first_day": OPENED} | days)
    return account


@pytest.fixture
def ines(edmonton: Site) -> Account:
    """Investigator at Edmonton, who answers for the trial there."""
    account = staff("ines", Role.INVESTIGATOR, edmonton)
    name_principal(site=edmonton, trial=TRIAL, account=account, first_day=OPENED)
    return account


@pytest.fixture
def admin() -> Account:
    return staff("admin", Role.ADMINISTRATOR, None)


def entered(site: Site, account: Account, by: Account, **options: Any) -> Delegation:
    told: dict[str, Any] = {
        "duty": Duty.CONFIRM,
        "first_day": TODAY,
        "last_day": None,
        "today": TODAY,
    }
    return enter_delegation(site=site, trial=TRIAL, account=account, by=by, **told | options)


def may_confirm(account: Account, site: Site, on: date) -> bool:
    try:
        who_may(Act.CONFIRM, by=account, site_id=site.pk, trial=TRIAL, on=on)
    except NotAllowed as refusal:
        return refusal.code != "delegation"
    return True


def test_an_entry_counts_once_it_is_signed(edmonton: Site, anna: Account, ines: Account) -> None:
    entry = entered(edmonton, anna, anna)
    assert not may_confirm(anna, edmonton, TODAY)
    sign_delegations([entry.pk], site=edmonton, trial=TRIAL, by=ines, password=PASSWORD, at=NOW)
    assert may_confirm(anna, edmonton, TODAY)
    entry.refresh_from_db()
    assert (entry.signed_by, entry.signed_at) == (ines, NOW)


def test_both_days_count_and_no_other(edmonton: Site, anna: Account, ines: Account) -> None:
    last = TODAY + 9 * DAY
    entry = entered(edmonton, anna, anna, last_day=last)
    sign_delegation(entry, by=ines, at=NOW)
    days = (TODAY - DAY, TODAY, last, last + DAY)
    assert [may_confirm(anna, edmonton, day) for day in days] == [False, True, True, False]


def test_a_duty_is_of_its_own_site_trial_and_person(
    edmonton: Site, montreal: Site, anna: Account, ines: Account
) -> None:
    sign_delegation(entered(edmonton, anna, anna), by=ines, at=NOW)
    StaffRole.objects.create(account=anna, site=montreal, role=Role.COORDINATOR, first_day=OPENED)
    assert not may_confirm(anna, montreal, TODAY)
    assert not may_confirm(ines, edmonton, TODAY)
    with pytest.raises(NotAllowed):
        who_may(Act.CONFIRM, by=anna, site_id=edmonton.pk, trial="NCT00000000", on=TODAY)
    with pytest.raises(NotAllowed):
        who_may(Act.SIGN, by=ines, site_id=edmonton.pk, trial=TRIAL, on=TODAY)


def test_nobody_but_the_principal_signs(edmonton: Site, anna: Account, ines: Account) -> None:
    entry = entered(edmonton, anna, anna)
    other = staff("otto", Role.INVESTIGATOR, edmonton)
    for somebody in (anna, other):
        with pytest.raises(NotThePrincipal):
            sign_delegation(entry, by=somebody, at=NOW)
        with pytest.raises(NotThePrincipal):
            sign_delegations(
                [entry.pk], site=edmonton, trial=TRIAL, by=somebody, password=PASSWORD, at=NOW
            )
    entry.refresh_from_db()
    assert entry.signed_at is None


def test_the_principal_of_another_site_signs_nothing_here(
    edmonton: Site, montreal: Site, anna: Account, ines: Account
) -> None:
    elsewhere = staff("marie", Role.INVESTIGATOR, montreal)
    name_principal(site=montreal, trial=TRIAL, account=elsewhere, first_day=OPENED)
    entry = entered(edmonton, anna, anna)
    with pytest.raises(NotThePrincipal):
        sign_delegation(entry, by=elsewhere, at=NOW)
    with pytest.raises(NotDone, match="changed since"):
        sign_delegations(
            [entry.pk], site=montreal, trial=TRIAL, by=elsewhere, password=PASSWORD, at=NOW
        )


def test_who_was_the_principal_yesterday_signs_no_more(
    edmonton: Site, anna: Account, ines: Account
) -> None:
    next_one = staff("otto", Role.INVESTIGATOR, edmonton)
    name_principal(site=edmonton, trial=TRIAL, account=next_one, first_day=TODAY)
    entry = entered(edmonton, anna, anna)
    with pytest.raises(NotThePrincipal):
        sign_delegation(entry, by=ines, at=NOW)
    # 23:30 of the day before, at the site's own clock.
    sign_delegation(entry, by=ines, at=datetime(2026, 11, 22, 6, 30, tzinfo=UTC))
    assert may_confirm(anna, edmonton, TODAY)


def test_signing_needs_the_password_and_is_all_or_nothing(
    edmonton: Site, anna: Account, ines: Account
) -> None:
    first = entered(edmonton, anna, anna)
    second = entered(edmonton, ines, anna)

    def sign(*entries: int, password: str = PASSWORD) -> None:
        sign_delegations(entries, site=edmonton, trial=TRIAL, by=ines, password=password, at=NOW)

    for password in ("", "a guess"):
        with pytest.raises(NotDone, match="not your password"):
            sign(first.pk, password=password)
    with pytest.raises(NotDone, match="Choose"):
        sign()
    end_delegation(second, last_day=TODAY, by=anna, today=TODAY)
    with pytest.raises(NotDone, match="changed since"):
        sign(first.pk, second.pk)
    assert not Delegation.objects.filter(signed_at__isnull=False).exists()
    sign(first.pk)
    with pytest.raises(NotDone, match="changed since"):
        sign(first.pk)


def test_a_withdrawn_entry_is_never_signed(edmonton: Site, anna: Account, ines: Account) -> None:
    entry = entered(edmonton, anna, anna)
    end_delegation(entry, last_day=TODAY, by=anna, today=TODAY)
    assert sign_delegation(entry, by=ines, at=NOW).signed_at is None
    assert not may_confirm(anna, edmonton, TODAY)
    # The days are free for another.
    assert entered(edmonton, anna, anna).pk != entry.pk


def test_an_ended_entry_stays_and_counts_for_its_days(
    edmonton: Site, anna: Account, ines: Account
) -> None:
    entry = sign_delegation(entered(edmonton, anna, anna), by=ines, at=NOW)
    later = TODAY + 5 * DAY
    ended = end_delegation(entry, last_day=later, by=ines, today=TODAY + 2 * DAY)
    assert (ended.last_day, ended.ended_by) == (later, ines)
    assert ended.ended_at is not None
    assert [may_confirm(anna, edmonton, day) for day in (TODAY, later, later + DAY)] == [
        True,
        True,
        False,
    ]
    with pytest.raises(NotDone, match="has ended"):
        end_delegation(entry, last_day=later + 9 * DAY, by=ines, today=later + DAY)


@pytest.mark.parametrize(("last_day", "code"), [(TODAY - DAY, "past"), (TODAY + 9 * DAY, "longer")])
def test_ending_takes_no_day_away_that_is_over_and_adds_none(
    edmonton: Site, anna: Account, ines: Account, last_day: date, code: str
) -> None:
    entry = entered(edmonton, anna, anna, first_day=OPENED, last_day=TODAY + 9 * DAY)
    sign_delegation(entry, by=ines, at=NOW)
    with pytest.raises(NotDone) as refused:
        end_delegation(entry, last_day=last_day, by=anna, today=TODAY)
    assert refused.value.code == code


def test_only_people_of_the_site_keep_its_log(
    edmonton: Site, montreal: Site, anna: Account, ines: Account, admin: Account, monitor: Account
) -> None:
    entry = entered(edmonton, anna, anna)
    elsewhere = staff("marc", Role.COORDINATOR, montreal)
    for stranger in (admin, monitor, elsewhere):
        with pytest.raises(NotDone, match="people of the site"):
            entered(edmonton, ines, stranger)
        with pytest.raises(NotDone, match="people of the site"):
            end_delegation(entry, last_day=TODAY, by=stranger, today=TODAY)


def test_what_cannot_be_delegated(
    edmonton: Site, montreal: Site, anna: Account, ines: Account, monitor: Account
) -> None:
    elsewhere = staff("marc", Role.COORDINATOR, montreal)
    left = staff("lea", Role.COORDINATOR, edmonton, last_day=TODAY - DAY)
    tried: list[tuple[Account, dict[str, Any], str]] = [
        (anna, {"duty": Duty.SIGN}, "investigator"),
        (elsewhere, {}, "staff"),
        (monitor, {}, "staff"),
        (left, {"first_day": OPENED}, "staff"),
        (anna, {"last_day": TODAY - DAY}, "days"),
        (anna, {"first_day": OPENED, "last_day": TODAY - DAY}, "past"),
    ]
    for account, options, code in tried:
        with pytest.raises(NotDone) as refused:
            entered(edmonton, account, anna, **options)
        assert refused.value.code == code
    assert not Delegation.objects.exists()


def test_one_duty_is_not_entered_twice_for_a_day(
    edmonton: Site, anna: Account, ines: Account
) -> None:
    last = TODAY + 9 * DAY
    entered(edmonton, anna, anna, last_day=last)
    for first_day in (TODAY, last):
        with pytest.raises(NotDone, match="has an entry"):
            entered(edmonton, anna, anna, first_day=first_day)
    entered(edmonton, anna, anna, first_day=last + DAY)
    entered(edmonton, ines, anna)
    assert Delegation.objects.count() == 3


def test_the_one_before_ends_the_day_before(edmonton: Site, ines: Account, admin: Account) -> None:
    otto = staff("otto", Role.INVESTIGATOR, edmonton)
    first_day = TODAY + 10 * DAY
    named = appoint_principal(
        site=edmonton, trial=TRIAL, account=otto, first_day=first_day, by=admin, today=TODAY
    )
    assert named.named_by == admin
    answers = [
        held.account
        for day in (TODAY, first_day - DAY, first_day, first_day + 999 * DAY)
        if (held := principal_of(edmonton, trial=TRIAL, on=day))
    ]
    assert answers == [ines, ines, otto, otto]
    assert principal_of(edmonton, trial=TRIAL, on=OPENED - DAY) is None


def test_who_cannot_be_named(
    edmonton: Site, montreal: Site, anna: Account, ines: Account, admin: Account
) -> None:
    otto = staff("otto", Role.INVESTIGATOR, edmonton)
    elsewhere = staff("marie", Role.INVESTIGATOR, montreal)
    tried: list[tuple[Account, date, Account, str]] = [
        (otto, TODAY, anna, "role"),
        (otto, TODAY, ines, "role"),
        (anna, TODAY, admin, "investigator"),
        (elsewhere, TODAY, admin, "investigator"),
        (otto, OPENED - DAY, admin, "investigator"),
        (otto, TODAY - DAY, admin, "past"),
    ]
    for account, first_day, by, code in tried:
        with pytest.raises(NotDone) as refused:
            appoint_principal(
                site=edmonton, trial=TRIAL, account=account, first_day=first_day, by=by, today=TODAY
            )
        assert refused.value.code == code
    assert PrincipalInvestigator.objects.count() == 1


def test_nobody_is_named_before_or_beside_another(edmonton: Site, ines: Account) -> None:
    otto = staff("otto", Role.INVESTIGATOR, edmonton)
    for first_day in (OPENED, OPENED - DAY):
        with pytest.raises(NotDone, match="from that day or a later one"):
            name_principal(site=edmonton, trial=TRIAL, account=otto, first_day=first_day)
    name_principal(site=edmonton, trial=TRIAL, account=ines, first_day=TODAY)
    assert PrincipalInvestigator.objects.count() == 1


@pytest.mark.parametrize(
    ("days", "refused"),
    [
        ({"first_day": TODAY}, True),
        ({"first_day": OPENED - DAY, "last_day": OPENED}, True),
        ({"first_day": OPENED - 9 * DAY, "last_day": OPENED - DAY}, False),
    ],
)
def test_the_table_holds_one_principal_a_day(
    edmonton: Site,
    montreal: Site,
    anna: Account,
    ines: Account,
    days: dict[str, date],
    refused: bool,
) -> None:
    row = {"trial": TRIAL, "account": anna, **days}
    PrincipalInvestigator.objects.create(site=montreal, **row)
    PrincipalInvestigator.objects.create(site=edmonton, **row | {"trial": "NCT00000000"})
    if refused:
        with pytest.raises(IntegrityError, match="one_principal_on_a_day"), transaction.atomic():
            PrincipalInvestigator.objects.create(site=edmonton, **row)
    else:
        PrincipalInvestigator.objects.create(site=edmonton, **row)


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        ({"last_day": TODAY - DAY}, "delegation_ends_after_it_begins"),
        ({"signed_at": NOW}, "delegation_signed_by_somebody"),
        ({"signed_by": True}, "delegation_signed_by_somebody"),
        ({"ended_at": NOW}, "delegation_ended_by_somebody"),
        ({"ended_by": True}, "delegation_ended_by_somebody"),
        (
            {"signed_by": True, "signed_at": NOW, "ended_by": True, "ended_at": NOW},
            "delegation_ended_on_a_day",
        ),
    ],
)
def test_the_table_refuses(
    edmonton: Site, anna: Account, broken: dict[str, Any], name: str
) -> None:
    people = {key: anna for key, value in broken.items() if value is True}
    row = {"site": edmonton, "trial": TRIAL, "account": anna, "entered_by": anna}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Delegation.objects.create(
            **row, duty=Duty.CONFIRM, **{"first_day": TODAY} | broken | people
        )


def test_a_principal_s_days_are_in_order(edmonton: Site, anna: Account) -> None:
    with (
        pytest.raises(IntegrityError, match=r"principal_ends|range lower bound"),
        transaction.atomic(),
    ):
        PrincipalInvestigator.objects.create(
            site=edmonton, trial=TRIAL, account=anna, first_day=TODAY, last_day=TODAY - DAY
        )


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM institution_delegation",
        "UPDATE institution_delegation SET account_id = entered_by_id",
        "UPDATE institution_delegation SET first_day = '2020-01-01'",
        "UPDATE institution_delegation SET duty = 'sign'",
        "UPDATE institution_delegation SET entered_by_id = 1",
        "DELETE FROM institution_principalinvestigator",
        "UPDATE institution_principalinvestigator SET account_id = 1",
        "UPDATE institution_principalinvestigator SET first_day = '2020-01-01'",
    ],
)
def test_what_is_in_the_log_stays_as_it_was_entered(
    edmonton: Site, anna: Account, ines: Account, statement: str
) -> None:
    delegate(site=edmonton, trial=TRIAL, account=anna, duty=Duty.CONFIRM, first_day=TODAY, by=anna)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
