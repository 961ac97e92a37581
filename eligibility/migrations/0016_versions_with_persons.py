"""Who brought, reviewed and published a version of the criteria, and what its publication would change in numbers."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.database_roles import append_only
from trialscreen.institution.trail.triggers import trailed


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0015_approvals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VersionEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("act", models.CharField(max_length=10)),
                (
                    "before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "Draft"),
                            ("reviewed", "Reviewed"),
                            ("published", "Published"),
                            ("retired", "Retired"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("reviewed", "Reviewed"),
                            ("published", "Published"),
                            ("retired", "Retired"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "signatures",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                "keep",
                                "They stay: patients go on under the version they were signed under.",
                            ),
                            (
                                "recheck",
                                "They are void: each patient is confirmed and signed again.",
                            ),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField()),
                ("by_name", models.CharField(max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eligibility.trial",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="eligibility.protocolversion",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
                "indexes": [models.Index(fields=["version", "-number"], name="version_event_last")],
                "constraints": [
                    models.UniqueConstraint(fields=("trial", "number"), name="version_event_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("by_name", ""), _negated=True),
                        ),
                        name="version_event_says_who_and_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VersionImpact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by_name", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField(null=True)),
                (
                    "against",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eligibility.protocolversion",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="impacts",
                        to="eligibility.protocolversion",
                    ),
                ),
            ],
            options={
                "ordering": ("-pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counts", None), ("finished_at", None)),
                            models.Q(("counts__isnull", False), ("finished_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="impact_counted_when_finished",
                    )
                ],
            },
        ),
        *append_only("eligibility_versionevent"),
        *trailed("eligibility_versionevent", site="", patient=""),
        *append_only("eligibility_versionimpact", updates=("finished_at", "counts")),
        *trailed("eligibility_versionimpact", site="", patient=""),
    ]
