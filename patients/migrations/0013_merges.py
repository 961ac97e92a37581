"""Two patients of a site recorded as one person, and the taking back of that."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.database_roles import append_only
from trialscreen.institution.row_security import key_with_site, row_security, same_site
from trialscreen.institution.trail.triggers import trailed


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0015_definer"),
        ("patients", "0012_forced"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PatientMerge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("client", models.CharField(blank=True, max_length=200)),
                ("reason", models.CharField(max_length=500)),
                ("source_document", models.CharField(blank=True, max_length=300)),
                (
                    "differences",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("confirmation", models.CharField(blank=True, max_length=500)),
                (
                    "names_apart",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100), default=list, size=None
                    ),
                ),
                ("survivor_version", models.PositiveBigIntegerField()),
                ("merged_version", models.PositiveBigIntegerField()),
                ("reversed_at", models.DateTimeField(null=True)),
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
                    "merged",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
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
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MergeReversal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("client", models.CharField(blank=True, max_length=200)),
                ("reason", models.CharField(max_length=500)),
                ("survivor_version", models.PositiveBigIntegerField()),
                ("merged_version", models.PositiveBigIntegerField()),
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
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
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
                    "merge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="patients.patientmerge",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="patientmerge",
            index=models.Index(
                condition=models.Q(("reversed_at", None)),
                fields=["survivor"],
                name="merged_into_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="patientmerge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reversed_at", None)),
                fields=("site", "merged"),
                name="merged_into_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="patientmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("survivor", models.F("merged")), _negated=True),
                name="merged_with_another_patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="patientmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="merge_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="patientmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("differences", []),
                    models.Q(("confirmation", ""), _negated=True),
                    _connector="OR",
                ),
                name="merge_despite_differences_is_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="patientmerge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("by__isnull", False), models.Q(("client", ""), _negated=True), _connector="OR"
                ),
                name="merged_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="mergereversal",
            constraint=models.UniqueConstraint(fields=("site", "merge"), name="reversed_once"),
        ),
        migrations.AddConstraint(
            model_name="mergereversal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="reversal_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="mergereversal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("by__isnull", False), models.Q(("client", ""), _negated=True), _connector="OR"
                ),
                name="reversed_by_somebody",
            ),
        ),
        *row_security("patients_patientmerge"),
        *append_only("patients_patientmerge", updates=("reversed_at",)),
        *trailed("patients_patientmerge", patient="survivor_id"),
        *key_with_site("patients_patientmerge"),
        *same_site(
            "patients_patientmerge", survivor_id="patients_patient", merged_id="patients_patient"
        ),
        *row_security("patients_mergereversal"),
        *append_only("patients_mergereversal"),
        *trailed("patients_mergereversal"),
        *same_site(
            "patients_mergereversal",
            patient_id="patients_patient",
            merge_id="patients_patientmerge",
        ),
    ]
