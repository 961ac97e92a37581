"""Row security holds the owner of the tables too.

The keys of `eligibility` come first: PostgreSQL compares the rows that who migrates sees.
"""

from __future__ import annotations

from django.db import migrations

from trialscreen.institution.row_security import forced

TABLES = (
    "patient",
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
    "referencerange",
    "rangechange",
    "idempotencykey",
)


class Migration(migrations.Migration):
    dependencies = [("patients", "0011_same_site")]
    operations = [operation for table in TABLES for operation in forced(f"patients_{table}")]
