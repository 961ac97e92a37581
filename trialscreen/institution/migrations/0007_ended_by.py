"""Who ended a delegation, and who named a principal investigator."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.database_roles import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0006_read_logs"),
    ]

    operations = [
        migrations.AddField(
            model_name="delegation",
            name="ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delegation",
            name="ended_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="principalinvestigator",
            name="named_at",
            field=models.DateTimeField(auto_now_add=True, null=True),
        ),
        migrations.AddField(
            model_name="principalinvestigator",
            name="named_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", None)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="delegation_ended_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="delegation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signed_at", None),
                    ("ended_at", None),
                    ("last_day__isnull", False),
                    _connector="OR",
                ),
                name="delegation_ended_on_a_day",
            ),
        ),
        *append_only(
            "institution_delegation",
            updates=("last_day", "signed_by_id", "signed_at", "ended_by_id", "ended_at"),
        ),
    ]
