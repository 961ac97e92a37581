"""What was recorded is neither edited nor deleted: a later row supersedes it, and the columns that say so are listed."""

from __future__ import annotations

from django.db import migrations

from trialscreen.institution.database_roles import append_only

ENDS = {
    "patient": ["record_version"],
    "patientidentifier": [],
    "demographics": ["superseded_version"],
    "delivery": [],
    "receivedresource": [],
    "labresult": ["superseded_version"],
    "observation": ["superseded_version"],
    "histology": ["superseded_version"],
    "condition": ["superseded_version"],
    "priortherapy": ["superseded_version"],
    "lesion": ["superseded_version"],
    "specimen": ["superseded_version"],
    "studyparticipation": ["superseded_version"],
    "recordnotice": ["superseded_version"],
    "attestation": [],
    "setaside": ["lifted_version"],
    "referencerange": ["valid_to"],
    # Written with its request, completed with the answer.
    "idempotencykey": ["status", "headers", "body"],
}


class Migration(migrations.Migration):
    dependencies = [("patients", "0003_idempotency_key")]
    operations = [
        operation
        for table, columns in ENDS.items()
        for operation in append_only(f"patients_{table}", updates=columns)
    ]
