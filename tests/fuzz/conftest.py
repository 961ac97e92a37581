"""One invented site with patients in every state, in a transaction that is undone when the module is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from tests.api.stored.conftest import make_client
from tests.isolation.hospitals import EVERY_SCOPE, Hospital, one_hospital
from tests.workflow.staffed import PASSWORD, SINCE
from trialscreen.institution.models import Account, Role, StaffRole
from trialscreen.institution.tokens import issue_token


@dataclass
class Asked:
    """The site, and by role the token of somebody of it; nobody has none."""

    home: Hospital
    tokens: Mapping[str, str]


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """The mark has the database made; when it may be used says `asked`, for a module at once."""


@pytest.fixture(scope="module")
def asked(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Asked]:
    with django_db_blocker.unblock(), transaction.atomic():
        home = one_hospital()
        yield Asked(home, _tokens(home))
        transaction.set_rollback(True)


def _tokens(home: Hospital) -> dict[str, str]:
    people = {"coordinator": home.team.coordinator, "investigator": home.team.investigator}
    for name, role in (("monitor", Role.MONITOR), ("administrator", Role.ADMINISTRATOR)):
        people[name] = Account.objects.create_user(f"some.{name}", PASSWORD, name=f"Some {name}")
        StaffRole.objects.create(account=people[name], role=role, first_day=SINCE)
    until = timezone.now() + timedelta(hours=8)
    tokens = {name: issue_token(one, expires=until) for name, one in people.items()}
    client = make_client("client-everything", home.site, scopes=EVERY_SCOPE)
    return tokens | {"client": client.token, "nobody": ""}
