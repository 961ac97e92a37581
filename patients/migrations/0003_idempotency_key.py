"""Keys of requests that may be sent twice, kept per site like everything else."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from trialscreen.institution.row_security import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0003_application_role"),
        ("patients", "0002_row_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asker", models.CharField(max_length=200)),
                ("key", models.CharField(max_length=255)),
                ("request", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                        fields=("site", "asker", "key"), name="idempotency_key_once_per_asker"
                    )
                ],
            },
        ),
        *row_security("patients_idempotencykey"),
    ]
