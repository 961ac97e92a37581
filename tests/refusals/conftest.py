from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.refusals.clinic import Clinic, open_clinic


@pytest.fixture(scope="package")
def clinic(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Clinic]:
    """Made once: every try is undone, and in the end all of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield open_clinic()
        transaction.set_rollback(True)
