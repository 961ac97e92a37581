"""What is held of a patient leaves a trail from now on: added, changed or deleted, by whatever SQL."""

from __future__ import annotations

from django.db import migrations

from trialscreen.institution.trail.triggers import trailed

OF_A_PATIENT = (
    *("labresult", "observation", "histology", "condition", "priortherapy", "lesion", "specimen"),
    *("studyparticipation", "recordnotice", "patientidentifier", "demographics", "delivery"),
    *("receivedresource", "attestation", "setaside"),
)
HIDDEN = {
    # Kept as it came, and never edited: its sum is enough to prove that.
    "receivedresource": ("raw",),
}


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0007_date_of_a_source"),
        ("institution", "0008_trail"),
    ]
    operations = [
        *trailed("patients_patient", patient="id"),
        *(
            operation
            for name in OF_A_PATIENT
            for operation in trailed(f"patients_{name}", hidden=HIDDEN.get(name, ()))
        ),
        *trailed("patients_referencerange", patient=""),
        *trailed("patients_rangechange", patient=""),
    ]
