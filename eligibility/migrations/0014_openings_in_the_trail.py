"""Where a trial is open is the institution's to answer for: its administrators read these entries of every site's chain.

No other entry of a site's chain is shown by that setting, and no row of any patient.
"""

from __future__ import annotations

from django.db import migrations

SITES = """site_id = ANY (
    (SELECT string_to_array(NULLIF(current_setting('trialscreen.sites', true), ''), ','))::bigint[]
)"""
INSTITUTION = "(SELECT current_setting('trialscreen.institution', true)) = 'on'"
POLICY = "ALTER POLICY only_the_sites_in_use ON institution_trailentry USING ({} OR ({} AND {}))"
OPENINGS = "subject IN ('eligibility_sitepart', 'eligibility_openingchange')"


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0013_trailed"),
        ("institution", "0008_trail"),
    ]
    operations = [
        migrations.RunSQL(
            POLICY.format(SITES, f"(site_id IS NULL OR {OPENINGS})", INSTITUTION),
            POLICY.format(SITES, "site_id IS NULL", INSTITUTION),
        ),
    ]
