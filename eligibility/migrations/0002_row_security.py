"""The assessments of another site do not exist for the application's role."""

from __future__ import annotations

from django.db import migrations

from trialscreen.institution.row_security import row_security


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0001_assessments")]
    operations = row_security("eligibility_assessment")
