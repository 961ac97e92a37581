"""What the database refuses about sites, accounts and roles."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from trialscreen.institution.models import Account, Role, Site, StaffRole

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Account:
    return Account.objects.create_user("anna", "not a guess, this one", name="Anna Larose")


def refuses(what: str) -> pytest.RaisesExc[IntegrityError]:
    return pytest.raises(IntegrityError, match=what)


@pytest.mark.requirement(1)
def test_a_user_name_is_given_once_even_after_deactivation(anna: Account) -> None:
    Account.objects.filter(pk=anna.pk).update(is_active=False)
    with pytest.raises(ValidationError, match="already exists"):
        Account.objects.create_user("ANNA ", name="Another Anna")
    with refuses("account_username"), transaction.atomic():
        Account.objects.create(username="anna", name="Another Anna")
    with refuses("small_letters"), transaction.atomic():
        Account.objects.create(username="Anna", name="Another Anna")


def test_an_account_without_a_password_cannot_be_signed_in_to() -> None:
    assert not Account.objects.create_user("robin", name="Robin").has_usable_password()


def test_a_site_closes_after_it_opens(edmonton: Site) -> None:
    assert edmonton.is_open(on=MAY)
    edmonton.closed_on = JUNE
    assert not edmonton.is_open(on=JUNE)
    edmonton.closed_on = edmonton.opened_on
    with refuses("site_closes"), transaction.atomic():
        edmonton.save()


@pytest.mark.parametrize("role", Role)
def test_a_role_has_the_place_of_its_role(role: Role, anna: Account, edmonton: Site) -> None:
    wrong = None if role in {Role.COORDINATOR, Role.INVESTIGATOR} else edmonton
    right = edmonton if wrong is None else None
    with refuses("staffrole_has_the_place"), transaction.atomic():
        StaffRole.objects.create(account=anna, site=wrong, role=role, first_day=MAY)
    StaffRole.objects.create(account=anna, site=right, role=role, first_day=MAY)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MONITOR])
def test_a_role_is_not_held_twice_on_one_day(role: Role, anna: Account, edmonton: Site) -> None:
    site = edmonton if role == Role.COORDINATOR else None

    def hold(first: date, last: date | None) -> None:
        with transaction.atomic():
            StaffRole.objects.create(
                account=anna, site=site, role=role, first_day=first, last_day=last
            )

    hold(MAY, JUNE)
    with refuses("staffrole_is_held_once"):
        hold(JUNE, JULY)
    with refuses("staffrole_is_held_once"):
        hold(date(2026, 5, 10), date(2026, 5, 11))
    hold(date(2026, 6, 2), None)
    with refuses("staffrole_is_held_once"):
        hold(date(2030, 1, 1), date(2030, 1, 2))


def test_another_role_another_person_and_another_site_do_not_collide(
    anna: Account, edmonton: Site, montreal: Site
) -> None:
    robin = Account.objects.create_user("robin", name="Robin")
    for account, site, role in [
        (anna, edmonton, Role.COORDINATOR),
        (anna, edmonton, Role.INVESTIGATOR),
        (anna, montreal, Role.COORDINATOR),
        (robin, edmonton, Role.COORDINATOR),
    ]:
        StaffRole.objects.create(account=account, site=site, role=role, first_day=MAY)


def test_roles_in_force_on_a_day(anna: Account, edmonton: Site) -> None:
    StaffRole.objects.create(
        account=anna, site=edmonton, role=Role.COORDINATOR, first_day=MAY, last_day=JUNE
    )
    held = [StaffRole.objects.on(day).count() for day in (date(2026, 4, 30), MAY, JUNE, JULY)]
    assert held == [0, 1, 1, 0]
