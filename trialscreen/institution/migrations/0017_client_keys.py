"""Public keys of API clients, the tokens they have shown, and SMART scopes in grants."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import trialscreen.institution.models.grants
from trialscreen.institution.database_roles import append_only
from trialscreen.institution.trail.triggers import trailed


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0016_repeated_acts"),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClientKey",
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
                ("thumbprint", models.CharField(max_length=64, unique=True)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("since", "pk"),
            },
        ),
        migrations.CreateModel(
            name="ShownToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shown_by", models.CharField(max_length=100)),
                ("digest", models.CharField(max_length=64)),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="apigrant",
            name="apigrant_scopes_are_known",
        ),
        migrations.AddField(
            model_name="apiclient",
            name="proof",
            field=models.CharField(
                choices=[
                    ("secret", "its secret"),
                    ("keys", "its keys"),
                    ("either", "its secret or its keys"),
                ],
                default="secret",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="apigrant",
            name="scopes",
            field=models.CharField(
                max_length=2000, validators=[trialscreen.institution.models.grants.validate_scopes]
            ),
        ),
        migrations.AddConstraint(
            model_name="apiclient",
            constraint=models.CheckConstraint(
                condition=models.Q(("proof__in", ("secret", "keys", "either"))),
                name="apiclient_proof",
            ),
        ),
        migrations.AddConstraint(
            model_name="apigrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "scopes__regex",
                        "^(patients\\.read|patients\\.write|eligibility\\.read|logs\\.read|system/(\\*|[A-Z][A-Za-z]{1,63})\\.(?=[cruds])c?r?u?d?s?)( (patients\\.read|patients\\.write|eligibility\\.read|logs\\.read|system/(\\*|[A-Z][A-Za-z]{1,63})\\.(?=[cruds])c?r?u?d?s?))*$",
                    )
                ),
                name="apigrant_scopes_are_known",
                violation_error_message="A grant names at least one scope, and only known ones.",
            ),
        ),
        migrations.AddField(
            model_name="clientkey",
            name="added_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="clientkey",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="keys",
                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="showntoken",
            constraint=models.UniqueConstraint(
                fields=("shown_by", "digest"), name="shown_token_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="clientkey",
            constraint=models.UniqueConstraint(
                fields=("application", "kid"), name="clientkey_name_once_for_a_client"
            ),
        ),
        migrations.AddConstraint(
            model_name="clientkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("algorithm__in", ("RS384", "ES384"))),
                name="clientkey_algorithm",
            ),
        ),
        migrations.AddConstraint(
            model_name="clientkey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until", None), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="clientkey_ends_later",
            ),
        ),
        *append_only("institution_clientkey", updates=("until",)),
        *trailed("institution_clientkey", site="", patient=""),
    ]
