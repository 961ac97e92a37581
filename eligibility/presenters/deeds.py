"""What stands in the trail, in words of the clinic: names of tables and pages stay behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from eligibility.presenters.words import Words

THINGS: Final[Mapping[str, tuple[Words, Words]]] = {
    "patients_patient": (_("patient"), _("patients")),
    "patients_patientidentifier": (_("identifier"), _("identifiers")),
    "patients_demographics": (_("name and birth date"), _("names and birth dates")),
    "patients_delivery": (_("delivery of data"), _("deliveries of data")),
    "patients_receivedresource": (_("record as received"), _("records as received")),
    "patients_labresult": (_("laboratory result"), _("laboratory results")),
    "patients_observation": (_("observation"), _("observations")),
    "patients_histology": (_("histology"), _("histologies")),
    "patients_condition": (_("condition"), _("conditions")),
    "patients_priortherapy": (_("earlier treatment"), _("earlier treatments")),
    "patients_lesion": (_("lesion"), _("lesions")),
    "patients_specimen": (_("specimen"), _("specimens")),
    "patients_studyparticipation": (_("study"), _("studies")),
    "patients_recordnotice": (_("unrecognised record"), _("unrecognised records")),
    "patients_attestation": (_("answer of a person"), _("answers of people")),
    "patients_setaside": (_("record set aside"), _("records set aside")),
    "patients_patientmerge": (_("record of the same person"), _("records of the same person")),
    "patients_mergereversal": (_("reversal of a merge"), _("reversals of merges")),
    "patients_referencerange": (_("reference range"), _("reference ranges")),
    "patients_rangechange": (_("change of reference ranges"), _("changes of reference ranges")),
    "eligibility_assessment": (_("assessment"), _("assessments")),
    "eligibility_screening": (_("screening"), _("screenings")),
    "eligibility_event": (_("step of the screening"), _("steps of the screening")),
    "eligibility_determination": (_("confirmation"), _("confirmations")),
    "eligibility_signoff": (_("signature"), _("signatures")),
    "eligibility_voiding": (_("end of a confirmation"), _("ends of confirmations")),
    "eligibility_registration": (_("registration"), _("registrations")),
    "eligibility_deviation": (_("deviation"), _("deviations")),
    "eligibility_note": (_("note"), _("notes")),
    "eligibility_retest": (_("repeated result"), _("repeated results")),
    "eligibility_retestreason": (_("reason of a repeat"), _("reasons of repeats")),
    "eligibility_sitepolicy": (_("policy of the site"), _("policies of the site")),
    "eligibility_sitepart": (_("opening at a site"), _("openings at sites")),
    "eligibility_trialpart": (_("part of the trial"), _("parts of the trial")),
    "eligibility_siteapproval": (_("approval at a site"), _("approvals at sites")),
    "eligibility_openingchange": (_("change of an opening"), _("changes of openings")),
    "eligibility_trial": (_("trial"), _("trials")),
    "eligibility_protocolversion": (_("version of the criteria"), _("versions of the criteria")),
    "eligibility_versionevent": (
        _("step of a version of the criteria"),
        _("steps of versions of the criteria"),
    ),
    "eligibility_versionimpact": (_("impact of a version"), _("impacts of versions")),
    "institution_account": (_("account"), _("accounts")),
    "institution_staffrole": (_("role"), _("roles")),
    "institution_site": (_("site"), _("sites")),
    "institution_delegation": (_("delegation"), _("delegations")),
    "institution_principalinvestigator": (
        _("principal investigator"),
        _("principal investigators"),
    ),
    "institution_apigrant": (_("grant of an API client"), _("grants of API clients")),
    "institution_apiclient": (_("API client"), _("API clients")),
    "institution_invitation": (_("invitation"), _("invitations")),
    "institution_rolereview": (_("review of roles"), _("reviews of roles")),
    "oauth2_provider_application": (_("API client"), _("API clients")),
    "oauth2_provider_accesstoken": (_("API token"), _("API tokens")),
    "mfa_authenticator": (_("second factor"), _("second factors")),
    "account_emailaddress": (_("e-mail address"), _("e-mail addresses")),
}
"""One of it and several, by its table."""
DONE: Final[Mapping[str, Words]] = {
    "insert": _("added"),
    "update": _("changed"),
    "delete": _("deleted"),
    "truncate": _("emptied"),
}
SUPERSEDED: Final = _("no longer current")
COUNTS_AGAIN: Final = _("counts again")
ACTS: Final[Mapping[str, Words]] = {
    "viewed": _("Looked at"),
    "searched": _("Searched"),
    "exported": _("Taken out as a file"),
    "printed": _("Printed"),
    "evaluated": _("Evaluated"),
    "confirmed": _("Confirmed"),
    "signed": _("Signed"),
    "declined": _("Signature declined"),
    "registered": _("Registered"),
    "refused": _("Refused"),
    "signed-in": _("Signed in"),
    "signed-out": _("Signed out"),
    "sign-in-failed": _("Sign-in failed"),
    "signing-failed": _("Signing failed"),
}
PAGES: Final[Mapping[str, Words]] = {
    "patient": _("the page of the patient"),
    "patients": _("the list of patients"),
    "screening": _("the screening"),
    "screening-act": _("a step of the screening"),
    "screening-notes": _("notes"),
    "retests": _("repeated results"),
    "entry": _("the forms of a criterion"),
    "enter": _("a form of a criterion"),
    "enter-record": _("the form of a record"),
    "worklist": _("the worklist"),
    "my-notes": _("notes to answer"),
    "filed-checklist": _("the checklist"),
    "treatment-calendar": _("the treatment calendar"),
    "treatment-calendar-file": _("the treatment calendar"),
    "screening-log": _("the screening log"),
    "screening-log-file": _("the screening log"),
    "key-list": _("the key list"),
    "key-list-file": _("the key list"),
    "patient-history": _("the history of the patient"),
    "patient-history-file": _("the history of the patient"),
    "criterion-history": _("the history of a criterion"),
    "security-trail": _("the institution’s trail"),
    "security-trail-file": _("the institution’s trail"),
}
"""Others by their own names, which are words."""
FIELDS: Final[Mapping[str, Words]] = {
    "record_version": _("version of the record"),
    "superseded_version": _("superseded with version"),
    "is_active": _("may sign in"),
    "first_day": _("first day"),
    "last_day": _("last day"),
    "by_name": _("by"),
    "wording_digest": _("wording"),
    "registered_on": _("day of registration"),
    "consent_on": _("consent of"),
    "is_superuser": _("may everything"),
}
"""Of the others the name itself is what it says."""
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "patients_delivery": ("source", "client", "reason", "record_version"),
    "patients_receivedresource": ("type", "source", "is_correction"),
    "patients_patientidentifier": ("value", "source"),
    "patients_demographics": ("given_name", "family_name", "birth_first", "sex"),
    "patients_attestation": (
        *("criterion", "answer", "detail", "stated_on", "by_name", "source", "source_dated"),
        "note",
    ),
    "patients_setaside": ("ref", "reason", "note"),
    "patients_patientmerge": ("merged_id", "reason", "confirmation", "source_document"),
    "patients_mergereversal": ("merge_id", "reason"),
    "eligibility_assessment": ("status", "on", "record_version"),
    "eligibility_screening": ("number", "episode", "state"),
    "eligibility_event": ("transition", "from_state", "to_state", "reason", "note"),
    "eligibility_determination": ("by_name",),
    "eligibility_signoff": ("by_name", "meaning"),
    "eligibility_registration": (
        *("subject_number", "registered_on", "consent_version", "consent_on"),
    ),
    "eligibility_deviation": ("criterion", "text", "occurred_on"),
    "eligibility_note": ("criterion", "text"),
    "eligibility_retest": ("criterion", "verdict"),
    "eligibility_retestreason": ("criterion", "reason", "text"),
    "eligibility_openingchange": ("reason",),
    "eligibility_versionevent": ("act", "after", "signatures", "reason"),
    "eligibility_sitepart": ("opened_on", "closed_on", "ceiling"),
    "eligibility_trialpart": ("name", "opened_on", "closed_on", "ceiling"),
    "institution_account": ("name", "username"),
    "institution_staffrole": ("account_id", "role", "site_id", "first_day", "last_day"),
    "institution_site": ("name", "city", "opened_on"),
    "institution_delegation": ("account_id", "duty", "site_id", "first_day", "last_day"),
    "institution_principalinvestigator": ("account_id", "site_id", "first_day"),
    "institution_apigrant": ("site_id", "allowed"),
    "oauth2_provider_application": ("name", "client_id"),
}
"""What of a new row is worth saying; facts have words of their own."""
UNTOLD: Final = frozenset(
    {
        *("id", "digest", "fact", "glance", "answer", "covers", "found", "results", "canonical"),
        *("sought_by", "born", "due", "earliest", "window_last", "repeatable", "assessment_id"),
        *("read_with", "version", "status", "last_login"),
    }
)
"""What changes along with something that is told anyway, or is no matter of people."""
GROUPS: Final[Mapping[str, Words]] = {
    "record": _("The record"),
    "answers": _("Answers and records set aside"),
    "screening": _("The screening"),
    "verdicts": _("Assessments"),
    "looks": _("Who looked"),
    "taken": _("Files and prints"),
    "sign-ins": _("Signing in and out"),
    "refusals": _("Refusals"),
    "accounts": _("Accounts"),
    "roles": _("Roles and delegations"),
    "clients": _("API clients"),
    "sites": _("Sites"),
    "openings": _("Trials and openings"),
}
