"""What a patient is searched for by, among a million of a site: parts of names and identifiers, and the day of birth.

PostgreSQL keeps row security before every condition that might tell of a row what it may not, and `LIKE` counts as such:
no index serves it under row security. So `patients_sought` looks with the rights of the owner, and for the sites in use
alone, said in it in the same words as in the policies of row security (`trialscreen.institution.row_security`).
"""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower

from trialscreen.institution.database_roles import APPLICATION_ROLE
from trialscreen.institution.scope import SETTING

_ACCENTED = "àâäáãåçèéêëìíîïñòóôöõùúûüýÿ"
_PLAIN = "aaaaaaceeeeiiiinooooouuuuyy"
_NAME = (
    "translate(lower(' ' || left(given_name, 1) || left(family_name, 1) || ' ' || given_name || ' ' || family_name), "
    f"'{_ACCENTED}', '{_PLAIN}')"
)
"""`` ag amelie gagnon``: initials and names in small letters without accents, a space before each."""
_CURRENT = "superseded_version IS NULL"
_SITES = f"string_to_array(NULLIF(current_setting('{SETTING}', true), ''), ',')::bigint[]"

_INDEXES = f"""
CREATE INDEX demographics_sought ON patients_demographics USING gin (({_NAME}) gin_trgm_ops) WHERE {_CURRENT};
CREATE INDEX identifier_sought ON patients_patientidentifier USING gin (lower(value) gin_trgm_ops);
"""
_FUNCTION = f"""
CREATE FUNCTION patients_sought(names text[], identifier text, at_most integer) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    -- Planned with what is looked for in hand: the first pattern is the one that tells most.
    RETURN QUERY EXECUTE $query$
        (SELECT patient_id FROM public.patients_demographics
          WHERE {_CURRENT} AND site_id = ANY ($1) AND {_NAME} LIKE $2 AND {_NAME} LIKE ALL ($3) LIMIT $5)
        UNION
        (SELECT patient_id FROM public.patients_patientidentifier
          WHERE site_id = ANY ($1) AND lower(value) LIKE $4 LIMIT $5)
        LIMIT $5
    $query$ USING {_SITES}, names[1], names, identifier, at_most;
END
$body$;
REVOKE ALL ON FUNCTION patients_sought(text[], text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patients_sought(text[], text, integer) TO {APPLICATION_ROLE};
"""  # noqa: S608 - made of constants alone


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0003_application_role"),
        ("patients", "0008_trailed"),
    ]
    operations = [
        # Trusted: the owner of a database may add it.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        migrations.RunSQL(_INDEXES, "DROP INDEX demographics_sought; DROP INDEX identifier_sought"),
        migrations.RunSQL(_FUNCTION, "DROP FUNCTION patients_sought(text[], text, integer)"),
        migrations.AddIndex(
            model_name="demographics",
            index=models.Index(
                F("site"),
                Lower("family_name"),
                Lower("given_name"),
                F("patient"),
                condition=Q(superseded_version=None),
                name="demographics_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="demographics",
            index=models.Index(
                condition=Q(superseded_version=None),
                fields=["site", "birth_first"],
                name="demographics_born",
            ),
        ),
        migrations.AddIndex(
            model_name="demographics",
            index=models.Index(
                condition=Q(superseded_version=None, birth_first__lt=F("birth_last")),
                fields=["site", "birth_first"],
                name="demographics_born_about",
            ),
        ),
    ]
