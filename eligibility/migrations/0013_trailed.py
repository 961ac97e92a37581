"""What was decided leaves a trail from now on: added, changed or deleted, by whatever SQL."""

from __future__ import annotations

from django.db import migrations

from trialscreen.institution.trail.triggers import trailed

OF_A_SITE = (
    *("determination", "signoff", "voiding", "registration", "event", "deviation", "note"),
    *("retest", "retestreason", "sitepolicy", "sitepart", "openingchange"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0012_retests"),
        ("institution", "0008_trail"),
    ]
    operations = [
        *trailed("eligibility_trial", site="", patient=""),
        # The wording of a version is proven by its digest, which is a column of its own.
        *trailed("eligibility_protocolversion", site="", patient="", hidden=("canonical",)),
        *trailed("eligibility_trialpart", site="", patient=""),
        # An answer is never edited: its sum is enough to prove that.
        *trailed("eligibility_assessment", hidden=("answer",)),
        *trailed("eligibility_screening", hidden=("sought_by",)),
        *(
            operation
            for name in OF_A_SITE
            for operation in trailed(f"eligibility_{name}", patient="")
        ),
    ]
