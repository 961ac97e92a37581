"""What a version of a site's local codes would change; and which version an assessed record was read with."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.database_roles import append_only
from trialscreen.institution.row_security import row_security, same_site
from trialscreen.institution.trail.triggers import trailed

_IMPACT = "eligibility_localcodesimpact"


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0019_telling"),
        ("institution", "0016_repeated_acts"),
        ("patients", "0014_local_codes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="assessment",
            name="local_codes_version",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="LocalCodesImpact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("against", models.PositiveIntegerField(default=0)),
                ("by_name", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField(null=True)),
                (
                    "asked_by",
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
                        related_name="impacts",
                        to="patients.localcodesversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counts", None), ("finished_at", None)),
                            models.Q(("counts__isnull", False), ("finished_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="map_impact_counted_when_finished",
                    )
                ],
            },
        ),
        *row_security(_IMPACT),
        *append_only(_IMPACT, updates=["finished_at", "counts"]),
        *same_site(_IMPACT, version_id="patients_localcodesversion"),
        *trailed(_IMPACT, patient=""),
    ]
