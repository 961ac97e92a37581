"""A version of the criteria that a reviewer has sent back."""

from __future__ import annotations

from django.db import migrations, models

STATES = [
    ("draft", "Draft"),
    ("returned", "Sent back"),
    ("reviewed", "Reviewed"),
    ("published", "Published"),
    ("retired", "Retired"),
]


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0020_local_codes")]

    operations = [
        migrations.AlterField(
            model_name="versionevent",
            name="before",
            field=models.CharField(blank=True, choices=STATES, max_length=10),
        ),
        migrations.AlterField(
            model_name="versionevent",
            name="after",
            field=models.CharField(choices=STATES, max_length=10),
        ),
    ]
