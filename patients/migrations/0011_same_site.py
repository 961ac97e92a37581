"""What refers to a patient or a delivery refers to one of its own site; what sees more than who asks is the definer's."""

from __future__ import annotations

from django.db import migrations

from trialscreen.institution.database_roles import definer_may, definer_sees, given_to_definer
from trialscreen.institution.row_security import every_site, key_with_site, same_site

OF_A_PATIENT = (
    "patientidentifier",
    "demographics",
    "delivery",
    "receivedresource",
    "labresult",
    "observation",
    "histology",
    "condition",
    "priortherapy",
    "lesion",
    "specimen",
    "studyparticipation",
    "recordnotice",
    "attestation",
    "setaside",
)


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0015_definer"),
        ("patients", "0010_ranges_by_administrators"),
    ]
    operations = [
        *every_site(),
        *key_with_site("patients_patient"),
        *key_with_site("patients_delivery"),
        *(
            operation
            for table in OF_A_PATIENT
            for operation in same_site(f"patients_{table}", patient_id="patients_patient")
        ),
        *same_site("patients_receivedresource", delivery_id="patients_delivery"),
        # The search for people.
        *definer_may(
            "patients_demographics",
            "SELECT (patient_id, site_id, given_name, family_name, superseded_version)",
        ),
        *definer_may("patients_patientidentifier", "SELECT (patient_id, site_id, value)"),
        *definer_sees("patients_demographics"),
        *definer_sees("patients_patientidentifier"),
        given_to_definer("FUNCTION patients_sought(text[], text, integer)"),
        # Old keys of requests: found, locked and deleted, never made or changed.
        *definer_may(
            "patients_idempotencykey",
            "SELECT (id, site_id, created_at)",
            "UPDATE (created_at)",
            "DELETE",
        ),
        *definer_sees(
            "patients_idempotencykey", what="ALL", test="USING (true) WITH CHECK (false)"
        ),
        given_to_definer("FUNCTION patients_purge_idempotency_keys(bigint, timestamptz, integer)"),
    ]
