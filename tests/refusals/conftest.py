from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import DjangoDbBlocker

from eligibility import protocols
from tests.refusals.clinic import Clinic, open_clinic
from tests.refusals.connections import WITHIN
from tests.refusals.versions import LATER, bring
from tests.rules.amended import PROTOCOL


@pytest.fixture(scope="package")
def clinic(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Clinic]:
    """Made once: every try is undone, and in the end all of it."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(settings, "WEBHOOK_NETWORKS", WITHIN)
        patched.setitem(protocols._AMENDED, PROTOCOL.trial, LATER)
        clinic = open_clinic()
        bring(clinic.people["administrator"], clinic.people["physician"])
        yield clinic
        transaction.set_rollback(True)
