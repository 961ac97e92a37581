"""Hospital record systems that ask by CDS Hooks, their keys, and what came of the cards they were given."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.administration.row_security import open_to_administrators
from trialscreen.institution.database_roles import append_only
from trialscreen.institution.row_security import key_with_site, row_security, same_site
from trialscreen.institution.trail.triggers import trailed

TABLES = ("eligibility_recordsystem", "eligibility_recordsystemkey", "eligibility_cardfeedback")
SYSTEM, KEY, FEEDBACK = TABLES


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0021_sent_back"),
        ("institution", "0017_client_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordSystem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("issuer", models.CharField(max_length=500)),
                ("name", models.CharField(max_length=100)),
                ("contact", models.CharField(max_length=200)),
                ("stores", models.BooleanField(default=False)),
                ("added_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "added_by",
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
            ],
            options={
                "ordering": ("name", "pk"),
            },
        ),
        migrations.CreateModel(
            name="CardFeedback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("card", models.UUIDField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[("accepted", "accepted"), ("overridden", "overridden")],
                        max_length=10,
                    ),
                ),
                ("outcome_at", models.DateTimeField()),
                ("reason_system", models.CharField(blank=True, max_length=300)),
                ("reason_code", models.CharField(blank=True, max_length=100)),
                ("comment", models.TextField(blank=True)),
                ("received_at", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institution.site",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="eligibility.recordsystem",
                    ),
                ),
            ],
            options={
                "ordering": ("-received_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="RecordSystemKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kid", models.CharField(max_length=200)),
                ("algorithm", models.CharField(max_length=5)),
                ("members", models.JSONField()),
                ("thumbprint", models.CharField(max_length=64)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "added_by",
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
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keys",
                        to="eligibility.recordsystem",
                    ),
                ),
            ],
            options={
                "ordering": ("since", "pk"),
            },
        ),
        migrations.AddConstraint(
            model_name="recordsystem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("site", "issuer"),
                name="recordsystem_issuer_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardfeedback",
            constraint=models.UniqueConstraint(
                fields=("site", "system", "card", "outcome", "outcome_at"), name="cardfeedback_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="cardfeedback",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ("accepted", "overridden"))),
                name="cardfeedback_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordsystemkey",
            constraint=models.UniqueConstraint(
                fields=("site", "system", "kid"), name="recordsystemkey_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="recordsystemkey",
            constraint=models.UniqueConstraint(
                fields=("site", "thumbprint"), name="recordsystemkey_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="recordsystemkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("algorithm__in", ("RS384", "ES384"))),
                name="recordsystemkey_algorithm",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordsystemkey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until", None), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="recordsystemkey_ends_later",
            ),
        ),
        *(operation for table in TABLES for operation in row_security(table)),
        *(operation for table in TABLES for operation in open_to_administrators(table)),
        *key_with_site(SYSTEM),
        *same_site(KEY, system_id=SYSTEM),
        *same_site(FEEDBACK, system_id=SYSTEM),
        *append_only(SYSTEM, updates=("stores", "ended_at")),
        *append_only(KEY, updates=("until",)),
        *append_only(FEEDBACK),
        *trailed(SYSTEM, patient=""),
        *trailed(KEY, patient=""),
        *trailed(FEEDBACK, patient="", hidden=("comment",)),
    ]
