"""What PostgreSQL does to keep the trail: functions of the owner's, which the application cannot change.

Each runs with the owner's rights (SECURITY DEFINER), because the application may not write the trail. None trusts the
application for more than who acts and why; the rows, the moment, the database user and the order are PostgreSQL's own.
"""

from __future__ import annotations

from typing import Final

ACTING: Final = "trialscreen.acting"
"""The setting that says who acts: a JSON object with account, by, client, why, origin, address, request."""

INSTITUTION_SETTING: Final = "trialscreen.institution"
"""The setting that lets the entries of the institution's own chain be read; administrators' pages set it."""

CANONICAL: Final = """jsonb_build_array(e.id, e.site_id, e.transaction,
    to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.kind, e.subject, e.key, e.patient_id, e.old,
    e.new, e.account_id, e.by_name, e.client, e.why, e.origin, e.address, e.request, e.database_user)::text"""
"""An entry `e` as the text that is sealed. `verifying` asks for the same text and hashes it by itself."""

SEALED_AT: Final = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""

HIDE: Final = """
CREATE FUNCTION trail_hide(given jsonb, hidden text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY hidden LOOP
        IF given ->> name IS NOT NULL THEN
            given := jsonb_set(given, ARRAY[name], to_jsonb(
                'sha256:' || encode(sha256(convert_to(given ->> name, 'UTF8')), 'hex')));
        END IF;
    END LOOP;
    RETURN given;
END
$$
"""

WRITE: Final = """
CREATE FUNCTION trail_write(
    site bigint, what text, about text, which text, patient uuid, before jsonb, after jsonb
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    acting jsonb := coalesce(nullif(current_setting('trialscreen.acting', true), ''), '{}')::jsonb;
    ours bigint := pg_current_xact_id()::text::bigint;
BEGIN
    INSERT INTO institution_trailentry (site_id, transaction, at, kind, subject, key, patient_id, old, new,
        account_id, by_name, client, why, origin, address, request, database_user)
    VALUES (site, ours, clock_timestamp(), what, about, coalesce(which, ''), patient, before, after,
        (acting ->> 'account')::bigint, left(coalesce(acting ->> 'by', ''), 200),
        left(coalesce(acting ->> 'client', ''), 200), coalesce(acting ->> 'why', ''),
        left(coalesce(acting ->> 'origin', ''), 200), left(coalesce(acting ->> 'address', ''), 60),
        left(coalesce(acting ->> 'request', ''), 60), session_user);
    INSERT INTO institution_traillink (chain, transaction, digest, hash) VALUES (coalesce(site, 0), ours, '', '')
    ON CONFLICT (transaction, chain) WHERE sequence IS NULL DO NOTHING;
END
$$
"""

ROWS: Final = """
CREATE FUNCTION trail_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    pk text := TG_ARGV[0];
    site_column text := TG_ARGV[1];
    patient_column text := TG_ARGV[2];
    hidden text[] := string_to_array(TG_ARGV[3], ',');
    b jsonb;
    a jsonb;
    was jsonb;
    becomes jsonb;
    either jsonb;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM trail_write(NULL, 'truncate', TG_TABLE_NAME, '', NULL, NULL, NULL);
        RETURN NULL;
    ELSIF TG_OP = 'INSERT' THEN
        FOR a IN SELECT to_jsonb(n) FROM new_rows n LOOP
            PERFORM trail_write((a ->> site_column)::bigint, 'insert', TG_TABLE_NAME, a ->> pk,
                (a ->> patient_column)::uuid, NULL, trail_hide(a, hidden));
        END LOOP;
    ELSIF TG_OP = 'DELETE' THEN
        FOR b IN SELECT to_jsonb(o) FROM old_rows o LOOP
            PERFORM trail_write((b ->> site_column)::bigint, 'delete', TG_TABLE_NAME, b ->> pk,
                (b ->> patient_column)::uuid, trail_hide(b, hidden), NULL);
        END LOOP;
    ELSE
        -- A key that raw SQL has changed is one row gone and another come.
        FOR b, a IN
            SELECT o.r, n.r FROM (SELECT to_jsonb(x) AS r FROM old_rows x) o
            FULL JOIN (SELECT to_jsonb(x) AS r FROM new_rows x) n ON o.r ->> pk = n.r ->> pk
        LOOP
            CONTINUE WHEN a = b;
            either := coalesce(a, b);
            IF a IS NULL OR b IS NULL THEN
                was := trail_hide(b, hidden);
                becomes := trail_hide(a, hidden);
            ELSE
                SELECT jsonb_object_agg(key, value) INTO was FROM jsonb_each(b) WHERE a -> key IS DISTINCT FROM value;
                SELECT jsonb_object_agg(key, value) INTO becomes
                FROM jsonb_each(a) WHERE b -> key IS DISTINCT FROM value;
                was := trail_hide(was, hidden);
                becomes := trail_hide(becomes, hidden);
            END IF;
            PERFORM trail_write((either ->> site_column)::bigint,
                CASE WHEN a IS NULL THEN 'delete' WHEN b IS NULL THEN 'insert' ELSE 'update' END,
                TG_TABLE_NAME, either ->> pk, (either ->> patient_column)::uuid, was, becomes);
        END LOOP;
    END IF;
    RETURN NULL;
END
$$
"""

SEAL: Final = f"""
CREATE FUNCTION trail_seal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head institution_trailhead%ROWTYPE;
    held record;
    moment timestamptz;
    sealed text;
BEGIN
    -- The heads of all chains of this transaction, in one order, so that no two transactions wait for each other.
    INSERT INTO institution_trailhead (chain, sequence, hash)
    SELECT chain, 0, '' FROM institution_traillink
    WHERE transaction = NEW.transaction AND sequence IS NULL ORDER BY chain
    ON CONFLICT (chain) DO NOTHING;
    PERFORM 1 FROM institution_trailhead
    WHERE chain IN (
        SELECT chain FROM institution_traillink WHERE transaction = NEW.transaction AND sequence IS NULL
    ) ORDER BY chain FOR NO KEY UPDATE;
    SELECT * INTO head FROM institution_trailhead WHERE chain = NEW.chain;
    SELECT min(e.id) AS first, max(e.id) AS last, count(*) AS entries,
        encode(sha256(convert_to(coalesce(string_agg({CANONICAL}, E'\\n' ORDER BY e.id), ''), 'UTF8')), 'hex') AS digest
    INTO held FROM institution_trailentry e
    WHERE e.transaction = NEW.transaction AND coalesce(e.site_id, 0) = NEW.chain
        AND e.id > coalesce((
            SELECT max(l.last_entry) FROM institution_traillink l
            WHERE l.transaction = NEW.transaction AND l.chain = NEW.chain AND l.sequence IS NOT NULL
        ), 0);
    IF held.entries = 0 THEN
        DELETE FROM institution_traillink WHERE id = NEW.id;
        RETURN NULL;
    END IF;
    moment := clock_timestamp();
    sealed := encode(sha256(convert_to(concat_ws('|', NEW.chain, head.sequence + 1, NEW.transaction, held.first,
        held.last, held.entries, {SEALED_AT.format("moment")}, held.digest, head.hash), 'UTF8')), 'hex');
    UPDATE institution_traillink SET sequence = head.sequence + 1, first_entry = held.first, last_entry = held.last,
        entries = held.entries, sealed_at = moment, digest = held.digest, hash = sealed WHERE id = NEW.id;
    UPDATE institution_trailhead SET sequence = head.sequence + 1, hash = sealed WHERE chain = NEW.chain;
    RETURN NULL;
END
$$
"""

SEAL_AT_COMMIT: Final = """
CREATE CONSTRAINT TRIGGER trail_sealed AFTER INSERT ON institution_traillink
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trail_seal()
"""

NOTE: Final = """
CREATE FUNCTION trail_note(site bigint, what text, about text, which text, patient uuid, circumstances jsonb)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF what IN ('insert', 'update', 'delete', 'truncate') OR what !~ '^[a-z][a-z-]{1,38}$' THEN
        RAISE EXCEPTION 'not the word of an act: %', what;
    END IF;
    PERFORM trail_write(site, what, about, which, patient, NULL, circumstances);
END
$$
"""

# Who could call these could write what never happened.
ONLY_FOR_TRIGGERS: Final = """
REVOKE ALL ON FUNCTION trail_write(bigint, text, text, text, uuid, jsonb, jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION trail_hide(jsonb, text[]) FROM PUBLIC
"""
