"""Every table leaves a trail, or it is said here why not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
NOT_TRAILED = {
    "django_content_type": "names of models, made by migrations",
    "django_migrations": "Django's own list, which the application cannot change",
    "auth_permission": "names of rights that nothing here asks for",
    "django_admin_log": "the set-up pages change nothing and write nothing there",
    "django_session": "who signed in and out are acts; the rest would be a row for every request",
    "institution_workerpulse": "a sign of life twice a minute",
    "institution_trailentry": "the trail itself",
    "institution_traillink": "the trail itself",
    "institution_trailhead": "the trail itself",
    "institution_trailforwarded": "how far the trail was told elsewhere",
    "oauth2_provider_grant": "no such grant is given: client credentials alone",
    "oauth2_provider_refreshtoken": "no such token is given: client credentials alone",
    "oauth2_provider_idtoken": "no such token is given: client credentials alone",
    "oauth2_provider_devicegrant": "no such grant is given: client credentials alone",
    "eligibility_occurrence": "the outbox: rows are added alone, beside the event that they tell, which has entries",
    "eligibility_dispatch": "how far telling is; what people have sent again has entries, each try is a row that stays",
    "eligibility_attempt": "rows are added alone, by the workers that send",
    "eligibility_endpointhealth": "how an endpoint answers: counted anew at every attempt",
    "institution_showntoken": "that a signed token was shown, forgotten when it has ended; its refusal is an act",
    "institution_repeatedact": "copies of answers, purged after a week; what they did has entries",
    "patients_localcodesentry": "as many as a hospital has codes; the version's entry holds their digest",
    "patients_localcodeschange": "follows from the lines of two versions",
    "patients_importpiece": "a file until its import ends; its digest has an entry, and what is kept of it too",
    "patients_importline": "lines until they are stored or refused, which has entries",
    "patients_fhirversion": "addresses of what was received, made with it; that has entries",
    "patients_fhirtoken": "codes of what was received, made with it; that has entries",
    "patients_idempotencykey": "copies of answers, purged after a day; what they did has entries",
}


@pytest.mark.requirement(27)
@pytest.mark.django_db
def test_every_table_leaves_a_trail_of_every_change() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_object_table, count(DISTINCT event_manipulation) FROM information_schema.triggers"
            " WHERE trigger_name LIKE 'trail_%%' GROUP BY 1"
        )
        shown = dict(cursor.fetchall())
        cursor.execute(
            "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname ~ '^trail_(insert|update|delete|truncate)$' AND t.tgenabled = 'O' GROUP BY 1"
        )
        trailed = dict(cursor.fetchall())
    assert shown.keys() <= trailed.keys() | {"institution_traillink"}
    assert set(trailed.values()) == {4}
    tables = {
        m._meta.db_table for m in apps.get_models(include_auto_created=True) if m._meta.managed
    }
    assert tables | {"django_migrations"} == trailed.keys() | NOT_TRAILED.keys()


@pytest.mark.django_db
def test_secrets_are_hidden_by_columns_that_exist() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, encode(t.tgargs, 'escape') FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname = 'trail_insert'"
        )
        told = {table: arguments.split("\\000")[:4] for table, arguments in cursor.fetchall()}
    for table, (key, site, patient, hidden) in told.items():
        model = next(
            m for m in apps.get_models(include_auto_created=True) if m._meta.db_table == table
        )
        columns = {field.column for field in model._meta.fields}
        asked = {key, site, patient, *hidden.split(",")} - {""}
        assert asked <= columns, table
        assert (site == "site_id") == (
            "site_id" in columns and not table.startswith("institution_")
        ), table
        assert ("patient_id" in columns) == (patient == "patient_id"), table


def test_rows_are_locked_without_their_key() -> None:
    """Or a reference to a held row may wait for who waits for the seal: docs/decisions/trail.md."""
    found = [
        f"{path}: {call}"
        for package in ("trialscreen", "patients", "eligibility")
        for path in (ROOT / package).rglob("*.py")
        for call in re.findall(r"select_for_update\(.{0,40}", path.read_text(), re.DOTALL)
        if "no_key=True" not in call
    ]
    assert found == []
