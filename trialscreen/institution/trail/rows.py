"""How the changes of rows are written: all those of one statement in one statement.

The function takes the place of `functions.ROWS`, which wrote them one by one; what is written is the same.
"""

from __future__ import annotations

from typing import Final

_COLUMNS = """site_id, transaction, at, kind, subject, key, patient_id, old, new,
            account_id, by_name, client, why, origin, address, request, database_user"""
_ACTING = """(acting ->> 'account')::bigint, left(coalesce(acting ->> 'by', ''), 200),
                left(coalesce(acting ->> 'client', ''), 200), coalesce(acting ->> 'why', ''),
                left(coalesce(acting ->> 'origin', ''), 200), left(coalesce(acting ->> 'address', ''), 60),
                left(coalesce(acting ->> 'request', ''), 60), session_user"""
_LINKED = """INSERT INTO institution_traillink (chain, transaction, digest, hash)
        SELECT DISTINCT coalesce(site_id, 0), ours, '', '' FROM written ORDER BY 1
        ON CONFLICT (transaction, chain) WHERE sequence IS NULL DO NOTHING"""


def _whole(kind: str, rows: str, old: str, new: str) -> str:
    return f"""
        WITH written AS (
            INSERT INTO institution_trailentry ({_COLUMNS})
            SELECT (r ->> site_column)::bigint, ours, clock_timestamp(), '{kind}', TG_TABLE_NAME,
                coalesce(r ->> pk, ''), (r ->> patient_column)::uuid, {old}, {new}, {_ACTING}
            FROM (SELECT to_jsonb(x) AS r FROM {rows} x) each
            RETURNING site_id
        )
        {_LINKED};"""  # noqa: S608


_HIDDEN = "CASE WHEN hidden = '{{}}' THEN {0} ELSE trail_hide({0}, hidden) END"

ROWS_AT_ONCE: Final = f"""
CREATE OR REPLACE FUNCTION trail_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    pk text := TG_ARGV[0];
    site_column text := TG_ARGV[1];
    patient_column text := TG_ARGV[2];
    hidden text[] := string_to_array(TG_ARGV[3], ',');
    acting jsonb := coalesce(nullif(current_setting('trialscreen.acting', true), ''), '{{}}')::jsonb;
    ours bigint := pg_current_xact_id()::text::bigint;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM trail_write(NULL, 'truncate', TG_TABLE_NAME, '', NULL, NULL, NULL);
    ELSIF TG_OP = 'INSERT' THEN
        {_whole("insert", "new_rows", "NULL", _HIDDEN.format("r"))}
    ELSIF TG_OP = 'DELETE' THEN
        {_whole("delete", "old_rows", _HIDDEN.format("r"), "NULL")}
    ELSE
        -- A key that raw SQL has changed is one row gone and another come.
        WITH written AS (
            INSERT INTO institution_trailentry ({_COLUMNS})
            SELECT (either ->> site_column)::bigint, ours, clock_timestamp(),
                CASE WHEN a IS NULL THEN 'delete' WHEN b IS NULL THEN 'insert' ELSE 'update' END, TG_TABLE_NAME,
                coalesce(either ->> pk, ''), (either ->> patient_column)::uuid,
                {_HIDDEN.format("was")}, {_HIDDEN.format("becomes")}, {_ACTING}
            FROM (
                SELECT a, b, coalesce(a, b) AS either,
                    CASE WHEN a IS NULL THEN b WHEN b IS NULL THEN NULL ELSE (
                        SELECT jsonb_object_agg(key, value) FROM jsonb_each(b) WHERE a -> key IS DISTINCT FROM value
                    ) END AS was,
                    CASE WHEN b IS NULL THEN a WHEN a IS NULL THEN NULL ELSE (
                        SELECT jsonb_object_agg(key, value) FROM jsonb_each(a) WHERE b -> key IS DISTINCT FROM value
                    ) END AS becomes
                FROM (SELECT to_jsonb(x) AS b FROM old_rows x) o
                FULL JOIN (SELECT to_jsonb(x) AS a FROM new_rows x) n ON o.b ->> pk = n.a ->> pk
                WHERE a IS DISTINCT FROM b
            ) each
            RETURNING site_id
        )
        {_LINKED};
    END IF;
    RETURN NULL;
END
$$
"""  # noqa: S608
