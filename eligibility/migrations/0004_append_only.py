"""A protocol version is immutable, and an assessment is filed once."""

from __future__ import annotations

from django.db import migrations

from trialscreen.institution.database_roles import append_only, never_deleted


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0003_glance")]
    operations = [
        *never_deleted("eligibility_trial"),
        *append_only("eligibility_protocolversion"),
        *append_only("eligibility_assessment"),
    ]
