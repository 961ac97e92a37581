"""Screening logs are read by a right of their own."""

from __future__ import annotations

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0005_delegation"),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="apigrant",
            name="apigrant_scopes_are_known",
        ),
        migrations.AddConstraint(
            model_name="apigrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "scopes__regex",
                        "^(patients\\.read|patients\\.write|eligibility\\.read|logs\\.read)( (patients\\.read|patients\\.write|eligibility\\.read|logs\\.read))*$",
                    )
                ),
                name="apigrant_scopes_are_known",
                violation_error_message="A grant names at least one scope, and only known ones.",
            ),
        ),
    ]
