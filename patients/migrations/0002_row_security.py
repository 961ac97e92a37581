"""The rows of another site do not exist for the application's role."""

from __future__ import annotations

from django.db import migrations

from trialscreen.institution.row_security import row_security

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
)


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_record")]
    operations = [operation for table in TABLES for operation in row_security(f"patients_{table}")]
