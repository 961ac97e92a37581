"""Row security holds the owner of the tables too."""

from __future__ import annotations

from django.db import migrations

from trialscreen.institution.row_security import forced

TABLES = (
    "assessment",
    "sitepolicy",
    "screening",
    "event",
    "note",
    "determination",
    "signoff",
    "voiding",
    "registration",
    "deviation",
    "retest",
    "retestreason",
    "sitepart",
    "openingchange",
    "siteapproval",
)


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0017_same_site")]
    operations = [operation for table in TABLES for operation in forced(f"eligibility_{table}")]
