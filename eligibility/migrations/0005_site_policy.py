"""A site's policy, and what each assessment was made with: the code, the site's ranges and its policy."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.database_roles import append_only
from trialscreen.institution.row_security import row_security

_PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0004_append_only"),
        ("institution", "0003_application_role"),
        ("patients", "0006_range_changes"),
    ]
    operations = [
        migrations.CreateModel(
            name="SitePolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("effective_from", models.DateField()),
                ("values", models.JSONField()),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=_PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=_PROTECT, related_name="+", to="institution.site"),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=_PROTECT, related_name="site_policies", to="eligibility.trial"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "site policies",
                "indexes": [
                    models.Index(
                        fields=["site", "trial", "-effective_from", "-id"],
                        name="site_policy_in_force",
                    )
                ],
            },
        ),
        migrations.AddField("assessment", "made_with", models.CharField(default="", max_length=80)),
        migrations.AddField(
            "assessment", "ranges_version", models.PositiveBigIntegerField(default=0)
        ),
        migrations.AddField(
            "assessment",
            "policy",
            models.ForeignKey(
                null=True, on_delete=_PROTECT, related_name="+", to="eligibility.sitepolicy"
            ),
        ),
        migrations.RemoveConstraint("assessment", "assessed_once"),
        migrations.AddConstraint(
            "assessment",
            models.UniqueConstraint(
                fields=(
                    "patient",
                    "protocol_version",
                    "record_version",
                    "on",
                    "made_with",
                    "ranges_version",
                    "policy",
                ),
                name="assessed_once",
                nulls_distinct=False,
            ),
        ),
        *row_security("eligibility_sitepolicy"),
        *append_only("eligibility_sitepolicy"),
    ]
