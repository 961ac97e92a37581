"""Files of many patients, their lines while they are worked on, and what was refused of them."""

from __future__ import annotations

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.database_roles import append_only, never_deleted
from trialscreen.institution.row_security import key_with_site, row_security, same_site
from trialscreen.institution.trail.triggers import trailed


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0016_repeated_acts"),
        ("patients", "0015_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.CharField(max_length=100)),
                ("system", models.CharField(blank=True, max_length=300)),
                (
                    "kind",
                    models.CharField(
                        choices=[("csv", "Results as CSV"), ("ndjson", "FHIR resources as NDJSON")],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Waiting to be checked"),
                            ("checking", "Being checked"),
                            ("checked", "To approve"),
                            ("approved", "Waiting to be stored"),
                            ("running", "Being stored"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("discarded", "Discarded"),
                            ("failed", "Could not be read"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("client", models.CharField(blank=True, max_length=200)),
                ("approved_at", models.DateTimeField(null=True)),
                ("approved_client", models.CharField(blank=True, max_length=200)),
                ("received_on", models.DateField(null=True)),
                ("cancel_asked_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("file", models.PositiveIntegerField(default=0)),
                ("at_line", models.PositiveBigIntegerField(default=0)),
                ("received", models.PositiveBigIntegerField(default=0)),
                ("stored", models.PositiveBigIntegerField(default=0)),
                ("unchanged", models.PositiveBigIntegerField(default=0)),
                ("refused", models.PositiveBigIntegerField(default=0)),
                ("patients", models.PositiveBigIntegerField(default=0)),
                (
                    "ignored_columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), default=list, size=None
                    ),
                ),
                ("failure", models.CharField(blank=True, max_length=500)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
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
            ],
        ),
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(blank=True, max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), default=list, size=None
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="patients.import",
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
            name="ImportLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file", models.PositiveIntegerField()),
                ("line", models.PositiveBigIntegerField()),
                ("subject", models.CharField(blank=True, max_length=310)),
                ("key", models.CharField(blank=True, max_length=610)),
                ("text", models.TextField()),
                ("row", models.TextField(blank=True)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="patients.import",
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
            name="ImportPiece",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file", models.PositiveIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pieces",
                        to="patients.import",
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
            name="ImportRefusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file", models.PositiveIntegerField()),
                ("line", models.PositiveBigIntegerField()),
                ("text", models.TextField()),
                ("faults", models.JSONField()),
                ("after_approval", models.BooleanField(default=False)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refusals",
                        to="patients.import",
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
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["site", "-created_at"], name="imports_of_site"),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(
                condition=models.Q(("state__in", ("uploaded", "checking", "approved", "running"))),
                fields=["site"],
                name="imports_to_work_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    (
                        "received",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("stored"), "+", models.F("unchanged")
                            ),
                            "+",
                            models.F("refused"),
                        ),
                    ),
                    _connector="OR",
                ),
                name="import_accounts_for_every_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("approved", "running", "done")), _negated=True),
                    models.Q(("approved_at__isnull", False), ("received_on__isnull", False)),
                    _connector="OR",
                ),
                name="import_stored_once_approved",
            ),
        ),
        migrations.AddIndex(
            model_name="importfile",
            index=models.Index(fields=["site", "digest"], name="import_file_by_digest"),
        ),
        migrations.AddConstraint(
            model_name="importfile",
            constraint=models.UniqueConstraint(
                fields=("site", "job", "number"), name="import_file_once"
            ),
        ),
        migrations.AddIndex(
            model_name="importline",
            index=models.Index(
                fields=["job", "subject", "file", "line"], name="import_line_of_patient"
            ),
        ),
        migrations.AddIndex(
            model_name="importline",
            index=models.Index(
                condition=models.Q(("subject", "")),
                fields=["job", "key"],
                name="import_line_shared",
            ),
        ),
        migrations.AddConstraint(
            model_name="importpiece",
            constraint=models.UniqueConstraint(
                fields=("site", "job", "file", "number"), name="import_piece_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="importrefusal",
            constraint=models.UniqueConstraint(
                fields=("site", "job", "file", "line"), name="import_line_refused_once"
            ),
        ),
        *row_security("patients_import"),
        *never_deleted("patients_import"),
        *trailed("patients_import", patient=""),
        *key_with_site("patients_import"),
        *row_security("patients_importfile"),
        *append_only("patients_importfile", updates=("columns",)),
        *trailed("patients_importfile", patient=""),
        *same_site("patients_importfile", job_id="patients_import"),
        *row_security("patients_importrefusal"),
        *append_only("patients_importrefusal"),
        *trailed("patients_importrefusal", patient="", hidden=("text", "faults")),
        *same_site("patients_importrefusal", job_id="patients_import"),
        # These two hold work to be done, and are emptied as it is done.
        *row_security("patients_importpiece"),
        *same_site("patients_importpiece", job_id="patients_import"),
        *row_security("patients_importline"),
        *same_site("patients_importline", job_id="patients_import"),
    ]
