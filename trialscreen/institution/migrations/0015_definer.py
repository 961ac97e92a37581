"""What works with more rights than who asks does so as a role that owns no table; and the trail's owner is held too.

Row security of the trail's entries holds whoever comes: it is theirs to read of the sites in use, by the policy, and
nobody's to write but the definer's functions.
"""

from __future__ import annotations

from django.db import migrations

from trialscreen.institution.database_roles import (
    APPLICATION_ROLE,
    definer_may,
    definer_role,
    definer_sees,
    given_to_definer,
)
from trialscreen.institution.row_security import forced

ENTRY, LINK, HEAD = "institution_trailentry", "institution_traillink", "institution_trailhead"
READ_BY = f"ALTER POLICY only_the_sites_in_use ON {ENTRY} TO {{}}"


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0014_hospital"),
    ]
    operations = [
        *definer_role(),
        *definer_may(ENTRY, "SELECT", "INSERT"),
        *definer_may(LINK, "SELECT", "INSERT", "UPDATE", "DELETE"),
        *definer_may(HEAD, "SELECT", "INSERT", "UPDATE"),
        *definer_sees(ENTRY),
        *definer_sees(ENTRY, what="INSERT", test="WITH CHECK (true)"),
        # Called by those alone: no one hangs a trigger on a table of their own, and writes what never happened.
        given_to_definer("FUNCTION trail_rows()", callers=["CURRENT_USER"]),
        given_to_definer("FUNCTION trail_seal()", callers=["CURRENT_USER"]),
        given_to_definer(
            "FUNCTION trail_note(bigint, text, text, text, uuid, jsonb)",
            callers=["CURRENT_USER", APPLICATION_ROLE],
        ),
        given_to_definer("FUNCTION trail_write(bigint, text, text, text, uuid, jsonb, jsonb)"),
        given_to_definer("FUNCTION trail_hide(jsonb, text[])"),
        migrations.RunSQL(READ_BY.format("PUBLIC"), READ_BY.format(APPLICATION_ROLE)),
        *forced(ENTRY),
    ]
