"""Every resource that was received has an address over FHIR, and codes by which it is found."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from trialscreen.institution.database_roles import append_only
from trialscreen.institution.row_security import key_with_site, row_security, same_site


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0016_repeated_acts"),
        ("patients", "0016_imports"),
    ]

    operations = [
        migrations.CreateModel(
            name="FhirVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("record", models.UUIDField()),
                ("number", models.PositiveBigIntegerField()),
                ("part", models.PositiveIntegerField(default=0)),
                ("source", models.CharField(max_length=100)),
                ("type", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=600)),
                ("at", models.DateTimeField()),
                ("status", models.CharField(blank=True, max_length=60)),
                ("first", models.DateTimeField(null=True)),
                ("last", models.DateTimeField(null=True)),
                ("current", models.BooleanField()),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "resource",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="as_version",
                        to="patients.receivedresource",
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
            name="FhirToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("type", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=20)),
                ("system", models.CharField(blank=True, max_length=300)),
                ("value", models.CharField(max_length=300)),
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
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to="patients.fhirversion",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="fhirversion",
            index=models.Index(fields=["record", "number"], name="fhir_version_of_record"),
        ),
        migrations.AddIndex(
            model_name="fhirversion",
            index=models.Index(
                condition=models.Q(("current", True)),
                fields=["patient", "type", "id"],
                name="fhir_of_patient",
            ),
        ),
        migrations.AddIndex(
            model_name="fhirversion",
            index=models.Index(
                condition=models.Q(("current", True)),
                fields=["site", "type", "id"],
                name="fhir_of_type",
            ),
        ),
        migrations.AddIndex(
            model_name="fhirversion",
            index=models.Index(
                condition=models.Q(("current", True)),
                fields=["site", "type", "status", "id"],
                name="fhir_by_status",
            ),
        ),
        migrations.AddIndex(
            model_name="fhirversion",
            index=models.Index(
                condition=models.Q(("current", True)),
                fields=["site", "type", "first"],
                name="fhir_by_first",
            ),
        ),
        migrations.AddIndex(
            model_name="fhirversion",
            index=models.Index(
                condition=models.Q(("current", True)),
                fields=["site", "type", "last"],
                name="fhir_by_last",
            ),
        ),
        migrations.AddIndex(
            model_name="fhirversion",
            index=models.Index(
                condition=models.Q(("current", True)),
                fields=["site", "type", "at"],
                name="fhir_by_change",
            ),
        ),
        migrations.AddConstraint(
            model_name="fhirversion",
            constraint=models.UniqueConstraint(
                fields=("patient", "record", "number", "part"), name="fhir_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="fhirversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("current", True)),
                fields=("patient", "record"),
                name="fhir_one_current",
            ),
        ),
        migrations.AddIndex(
            model_name="fhirtoken",
            index=models.Index(fields=["version", "name"], name="fhir_token_of_version"),
        ),
        migrations.AddIndex(
            model_name="fhirtoken",
            index=models.Index(
                fields=["site", "type", "name", "value", "system", "version"], name="fhir_token"
            ),
        ),
        migrations.AddIndex(
            model_name="patientidentifier",
            index=models.Index(fields=["site", "value"], name="identifier_by_value"),
        ),
        # What was received before gets its addresses when its facts are next read (patients.actions.derive).
        *row_security("patients_fhirversion"),
        *append_only("patients_fhirversion", updates=("current",)),
        *key_with_site("patients_receivedresource"),
        *key_with_site("patients_fhirversion"),
        *same_site(
            "patients_fhirversion",
            patient_id="patients_patient",
            resource_id="patients_receivedresource",
        ),
        *row_security("patients_fhirtoken"),
        *append_only("patients_fhirtoken"),
        *same_site(
            "patients_fhirtoken",
            patient_id="patients_patient",
            version_id="patients_fhirversion",
        ),
    ]
