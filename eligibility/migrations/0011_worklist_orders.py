"""What the worklist sorts by age with, and what it counts its tabs from: all of them in one look at an index."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery

from trialscreen.institution.database_roles import append_only

_LIVING = (
    "state",
    "version",
    "assignee_id",
    "assessment_id",
    "status",
    "repeatable",
    "earliest",
    "window_last",
    "sought_by",
    "born",
)
"""What of an episode may change; the day that is due follows from these."""
_OPEN = Q(state__in=["candidate", "in_screening", "confirmed", "signed"])


def _fill(apps: Any, _editor: Any) -> None:
    demographics = apps.get_model("patients", "Demographics").objects
    known = demographics.filter(superseded_version=None, birth_first__isnull=False)
    apps.get_model("eligibility", "Screening").objects.filter(
        patient__in=known.values("patient")
    ).update(
        born=Subquery(known.filter(patient=OuterRef("patient")).values("birth_first")[:1]),
    )


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0010_worklist_indexes"), ("patients", "0006_range_changes")]

    operations = [
        migrations.AddField(
            model_name="screening", name="born", field=models.DateField(default=date.max)
        ),
        *append_only("eligibility_screening", updates=_LIVING),
        migrations.RemoveIndex(model_name="screening", name="screening_tallied"),
        migrations.AddIndex(
            model_name="screening",
            index=models.Index(
                fields=["site", "trial", "state", "status", "repeatable", "window_last"],
                name="screening_tallied",
            ),
        ),
        migrations.AddIndex(
            model_name="screening",
            index=models.Index(
                condition=_OPEN,
                fields=["site", "trial", "born", "number", "id"],
                name="screening_born",
            ),
        ),
        # Closing windows are counted with the other tabs now.
        migrations.RemoveIndex(model_name="screening", name="screening_window"),
        migrations.RunPython(_fill, migrations.RunPython.noop),
    ]
