"""The day of the source of an answer is a field of its own; answers of before keep it in the words of the source."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patients", "0006_range_changes")]
    operations = [
        migrations.AddField(
            model_name="attestation",
            name="source_dated",
            field=models.DateField(null=True),
        ),
    ]
