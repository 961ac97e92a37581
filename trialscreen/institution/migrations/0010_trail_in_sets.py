"""A statement's changes enter the trail in one statement; a seal finds the links of its transaction by an index.

And how far each chain was forwarded is kept.
"""

from __future__ import annotations

from django.db import migrations, models

from trialscreen.institution.database_roles import never_deleted
from trialscreen.institution.trail.functions import ROWS
from trialscreen.institution.trail.rows import ROWS_AT_ONCE


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0009_trailed"),
    ]
    operations = [
        migrations.RunSQL(
            ROWS_AT_ONCE, ROWS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        ),
        migrations.AddIndex(
            model_name="traillink",
            index=models.Index(fields=["transaction", "chain"], name="trail_link_transaction"),
        ),
        migrations.CreateModel(
            name="TrailForwarded",
            fields=[
                ("chain", models.BigIntegerField(primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        *never_deleted("institution_trailforwarded"),
    ]
