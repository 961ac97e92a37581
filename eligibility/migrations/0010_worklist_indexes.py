"""What the worklist counts and pages by: PostgreSQL reads both in the order of an index, and counts from one alone."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

_OPEN = Q(state__in=["candidate", "in_screening", "confirmed", "signed"])


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0009_opening_changes")]

    operations = [
        migrations.RemoveIndex(model_name="screening", name="screening_tab"),
        migrations.AddIndex(
            model_name="screening",
            index=models.Index(
                fields=["site", "trial", "state", "status", "repeatable"], name="screening_tallied"
            ),
        ),
        migrations.AddIndex(
            model_name="screening",
            index=models.Index(
                condition=_OPEN,
                fields=["site", "trial", "due", "number", "id"],
                name="screening_due",
            ),
        ),
    ]
