"""Administrators read and state the reference ranges of a site, by which no patient becomes visible."""

from __future__ import annotations

from django.db import migrations

from trialscreen.institution.administration.row_security import open_to_administrators


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0009_search"),
        ("institution", "0011_administration"),
    ]
    operations = [
        *open_to_administrators("patients_referencerange"),
        *open_to_administrators("patients_rangechange"),
    ]
