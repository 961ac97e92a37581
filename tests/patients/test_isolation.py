"""Another site's patient does not exist: not for the models, not for a snapshot, not for plain SQL."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from eligibility import demonstration
from eligibility.actions import assess
from eligibility.models import Assessment
from eligibility.protocols import get
from eligibility.snapshots import NoSuchPatient, take
from patients.actions import Attribution, receive_bundle
from patients.models import CLINICAL, Patient
from trialscreen.institution.models import Site
from trialscreen.institution.scope import use_sites

ON = date(2026, 11, 25)
PROTOCOL = get("NCT00514085")

pytestmark = pytest.mark.django_db


def centre(code: str) -> Site:
    return Site.objects.create(
        code=code, name=code, city=code, time_zone="America/Toronto", opened_on=ON
    )


def test_another_site_does_not_have_the_patient() -> None:
    site, other = centre("toronto"), centre("montreal")
    with use_sites([site.pk]):
        bundle = demonstration.to_json(demonstration.bundle("meets-everything", on=ON))
        receipt = receive_bundle(bundle, site=site, source="ehr", by=Attribution(), received_on=ON)
        assess(receipt.patient.pk, protocol=PROTOCOL, on=ON)
        assert all(table.objects.exists() for table in CLINICAL if table.__name__ == "LabResult")
    with use_sites([other.pk]):
        assert not Patient.objects.exists()
        assert not Assessment.objects.exists()
        assert not any(table.objects.exists() for table in CLINICAL)
        with pytest.raises(NoSuchPatient):
            take(receipt.patient.pk, trial=PROTOCOL.trial)


def test_without_a_site_nothing_exists() -> None:
    site = centre("toronto")
    with use_sites([site.pk]):
        bundle = demonstration.to_json(demonstration.bundle("meets-everything", on=ON))
        receive_bundle(bundle, site=site, source="ehr", by=Attribution(), received_on=ON)
    assert not Patient.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM patients_receivedresource")
        assert cursor.fetchone() == (0,)
