"""A row of the workflow refers to rows of its own site alone; and the screening log is the definer's.

What the log reads is granted to the definer column by column: no name, no identifier, no free text.
"""

from __future__ import annotations

from django.db import migrations

from trialscreen.institution.database_roles import definer_may, definer_sees, given_to_definer
from trialscreen.institution.row_security import every_site, key_with_site, same_site

_ASSESSMENT, _SCREENING = "eligibility_assessment", "eligibility_screening"
_EVENT, _DETERMINATION = "eligibility_event", "eligibility_determination"
_SIGN_OFF, _NOTE, _POLICY = "eligibility_signoff", "eligibility_note", "eligibility_sitepolicy"
REFERRED_TO = (_ASSESSMENT, _SCREENING, _EVENT, _DETERMINATION, _SIGN_OFF, _NOTE, _POLICY)
REFERENCES = {
    _ASSESSMENT: {"patient_id": "patients_patient", "policy_id": _POLICY},
    _SCREENING: {
        "patient_id": "patients_patient",
        "assessment_id": _ASSESSMENT,
        "previous_id": _SCREENING,
    },
    _EVENT: {"screening_id": _SCREENING},
    _NOTE: {"screening_id": _SCREENING, "parent_id": _NOTE},
    _DETERMINATION: {
        "screening_id": _SCREENING,
        "assessment_id": _ASSESSMENT,
        "event_id": _EVENT,
    },
    _SIGN_OFF: {"determination_id": _DETERMINATION, "event_id": _EVENT},
    "eligibility_voiding": {"determination_id": _DETERMINATION, "event_id": _EVENT},
    "eligibility_registration": {
        "screening_id": _SCREENING,
        "sign_off_id": _SIGN_OFF,
        "event_id": _EVENT,
    },
    "eligibility_deviation": {"screening_id": _SCREENING},
    "eligibility_retest": {"screening_id": _SCREENING},
    "eligibility_retestreason": {"screening_id": _SCREENING},
}
OF_A_SITE = {
    _SCREENING: "id, site_id, patient_id, trial_id, assessment_id, previous_id, number, episode,"
    " opened_on, state, status, repeatable",
    _ASSESSMENT: "id, protocol_version_id, verdicts",
    _EVENT: "screening_id, sequence, transition, at, reason, detail",
    _DETERMINATION: "id, screening_id, at",
    _SIGN_OFF: "determination_id, at",
    "eligibility_voiding": "determination_id",
    "eligibility_registration": "screening_id, part_id, registered_on, subject_number",
    "eligibility_deviation": "screening_id",
    "eligibility_retest": "id, screening_id, criterion",
    "eligibility_retestreason": "id, screening_id, criterion, reason",
}
"""What the log reads of tables with row security."""
OF_THE_HOUSE = {
    "institution_site": "id, code, time_zone",
    "eligibility_trial": "id, number",
    "eligibility_protocolversion": "id, digest",
    "eligibility_trialpart": "id, name",
}


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0016_versions_with_persons"),
        ("institution", "0015_definer"),
        ("patients", "0011_same_site"),
    ]
    # PostgreSQL compares the rows that who migrates sees, and by then it would see none.
    run_before = [("patients", "0012_forced")]

    operations = [
        *every_site(),
        *(operation for table in REFERRED_TO for operation in key_with_site(table)),
        *(
            operation
            for table, references in REFERENCES.items()
            for operation in same_site(table, **references)
        ),
        *(
            operation
            for table, columns in (OF_A_SITE | OF_THE_HOUSE).items()
            for operation in definer_may(table, f"SELECT ({columns})")
        ),
        # The search for people reads others of its columns.
        *definer_may("patients_demographics", "SELECT (sex, birth_first, birth_last)"),
        *(operation for table in OF_A_SITE for operation in definer_sees(table)),
        given_to_definer("VIEW eligibility_screening_log"),
    ]
