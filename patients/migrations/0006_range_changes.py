"""Reference ranges are superseded, each change numbered; and a record says with which reading it was read."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from trialscreen.institution.database_roles import append_only
from trialscreen.institution.row_security import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0003_application_role"),
        ("patients", "0005_corrections"),
    ]
    operations = [
        migrations.CreateModel(
            name="RangeChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveBigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("added", "added"),
                            ("ended", "ended"),
                            ("corrected", "corrected"),
                        ],
                        max_length=10,
                    ),
                ),
                ("analyte", models.CharField(max_length=20)),
                ("first", models.DateField(null=True)),
                ("last", models.DateField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institution.site",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("site", "version", "analyte"), name="range_change_numbered_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(("kind__in", ("added", "ended", "corrected"))),
                        name="range_change_kind",
                    ),
                    models.CheckConstraint(
                        condition=Q(("version__gt", 0)), name="range_change_number"
                    ),
                ]
            },
        ),
        migrations.AddField(
            "referencerange",
            "stated",
            models.CharField(blank=True, default="", max_length=60),
            preserve_default=False,
        ),
        migrations.AddField(
            "referencerange", "since_version", models.PositiveBigIntegerField(default=0)
        ),
        migrations.AddField(
            "referencerange", "superseded_version", models.PositiveBigIntegerField(null=True)
        ),
        migrations.AddConstraint(
            "referencerange",
            models.CheckConstraint(
                condition=Q(("superseded_version", None))
                | Q(("superseded_version__gt", F("since_version"))),
                name="range_superseded_later",
            ),
        ),
        migrations.AddConstraint(
            "referencerange",
            models.CheckConstraint(
                condition=Q(("valid_from", None))
                | Q(("valid_to", None))
                | Q(("valid_to__gte", F("valid_from"))),
                name="range_ends_after_it_begins",
            ),
        ),
        migrations.AddField("patient", "read_with", models.CharField(default="", max_length=100)),
        *row_security("patients_rangechange"),
        *append_only("patients_rangechange"),
        # An end is another row now.
        migrations.RunSQL(
            "REVOKE UPDATE (valid_to) ON patients_referencerange FROM trialscreen_app",
            "GRANT UPDATE (valid_to) ON patients_referencerange TO trialscreen_app",
        ),
        *append_only("patients_referencerange", updates=["superseded_version"]),
        *append_only("patients_patient", updates=["record_version", "read_with"]),
    ]
