"""A site's map of its own codes, version by version; and which version a record was read with."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.database_roles import append_only
from trialscreen.institution.row_security import key_with_site, row_security, same_site
from trialscreen.institution.trail.triggers import trailed

_VERSION = "patients_localcodesversion"
TABLES = (_VERSION, *(f"patients_localcodes{part}" for part in ("entry", "event", "change")))


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0016_repeated_acts"),
        ("patients", "0013_merges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="patient",
            name="local_codes_version",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="LocalCodesVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("based_on", models.PositiveIntegerField(default=0)),
                ("digest", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=500)),
                ("by_name", models.CharField(max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "onto",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.localcodesversion",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institution.site",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LocalCodesEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("proposed", "Draft"),
                            ("reviewed", "Reviewed"),
                            ("in-force", "In force"),
                            ("retired", "Superseded"),
                            ("set-aside", "Set aside"),
                        ],
                        max_length=10,
                    ),
                ),
                ("by_name", models.CharField(max_length=200)),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institution.site",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="patients.localcodesversion",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="LocalCodesEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("system", models.CharField(blank=True, max_length=300)),
                ("code", models.CharField(max_length=100)),
                ("display", models.CharField(blank=True, max_length=300)),
                ("target_system", models.CharField(max_length=300)),
                ("target_code", models.CharField(max_length=100)),
                ("comment", models.CharField(blank=True, max_length=500)),
                ("since", models.PositiveIntegerField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institution.site",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="patients.localcodesversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LocalCodesChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("system", models.CharField(blank=True, max_length=300)),
                ("code", models.CharField(max_length=100)),
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
                        fields=("site", "version", "system", "code"), name="map_change_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="localcodesversion",
            constraint=models.UniqueConstraint(fields=("site", "number"), name="map_numbered_once"),
        ),
        migrations.AddConstraint(
            model_name="localcodesversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number__gt", models.F("based_on")),
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("by_name", ""), _negated=True),
                ),
                name="map_says_who_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="localcodesevent",
            constraint=models.UniqueConstraint(
                fields=("site", "version", "after"), name="map_step_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="localcodesevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("after__in", ["proposed", "reviewed", "in-force", "retired", "set-aside"]),
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("by_name", ""), _negated=True),
                ),
                name="map_step_says_who_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="localcodesentry",
            constraint=models.UniqueConstraint(
                fields=("site", "version", "system", "code", "target_system", "target_code"),
                name="map_line_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="localcodesentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ("observation", "condition", "drug", "procedure")),
                    models.Q(("code", ""), _negated=True),
                    models.Q(("target_code", ""), _negated=True),
                    ("since__gt", 0),
                ),
                name="map_line_says_something",
            ),
        ),
        *(operation for table in TABLES for operation in row_security(table)),
        *(operation for table in TABLES for operation in append_only(table)),
        *key_with_site(_VERSION),
        *same_site(_VERSION, onto_id=_VERSION),
        *same_site("patients_localcodesentry", version_id=_VERSION),
        *same_site("patients_localcodesevent", version_id=_VERSION),
        # Lines are as many as a hospital has codes; the version's entry holds their digest.
        *trailed(_VERSION, patient=""),
        *trailed("patients_localcodesevent", patient=""),
        *append_only(
            "patients_patient", updates=["record_version", "read_with", "local_codes_version"]
        ),
        migrations.RunSQL(
            "CREATE INDEX notice_of_a_code ON patients_recordnotice"
            " (site_id, (fact #>> '{of,4}'), (fact #>> '{of,5}')) WHERE superseded_version IS NULL",
            "DROP INDEX notice_of_a_code",
        ),
    ]
