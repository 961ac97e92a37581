"""What the worklist sorts and searches by: the day that is due, and what a screening is found by."""

from __future__ import annotations

from datetime import date
from typing import Any

import django.db.models.functions.comparison
from django.db import migrations, models
from django.db.models import Case, Value, When

from eligibility.sought import sought_by
from trialscreen.institution.database_roles import append_only

FHIR_ID = "urn:trialscreen:fhir-id"
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
)
"""What of an episode may change; the day that is due follows from these."""


def _fill(apps: Any, _editor: Any) -> None:
    demographics = apps.get_model("patients", "Demographics")
    identifiers = apps.get_model("patients", "PatientIdentifier")
    for screening in apps.get_model("eligibility", "Screening").objects.iterator():
        of = {"patient_id": screening.patient_id}
        who = demographics.objects.filter(superseded_version=None, **of).first()
        held = identifiers.objects.filter(**of).exclude(system=FHIR_ID).order_by("pk")
        screening.sought_by = sought_by(
            given=who.given_name if who else "",
            family=who.family_name if who else "",
            birth=(who.birth_first, who.birth_last) if who else (None, None),
            identifiers=held.values_list("value", flat=True),
        )
        screening.save(update_fields=["sought_by"])


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0007_screening_log"), ("patients", "0006_range_changes")]

    operations = [
        migrations.AddField(
            model_name="screening",
            name="sought_by",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="screening",
            name="due",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Coalesce(
                    Case(When(status="not_yet", then="earliest"), default="window_last"),
                    Value(date.max),
                ),
                output_field=models.DateField(),
            ),
        ),
        *append_only("eligibility_screening", updates=_LIVING),
        migrations.RunPython(_fill, migrations.RunPython.noop),
    ]
