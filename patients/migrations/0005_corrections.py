"""Corrections and withdrawals say who made them and why; keys of old requests can be purged, and nothing else can.

The application's role has no right to delete a row. It may call one function, which runs with the right of the
owner and deletes keys of one site alone, at most so many at a time, and none younger than a day.
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.database_roles import APPLICATION_ROLE, append_only

PURGE = "patients_purge_idempotency_keys"
SIGNATURE = "(bigint, timestamptz, integer)"
MAKE_PURGE = """
CREATE FUNCTION patients_purge_idempotency_keys(of_site bigint, before timestamptz, most integer)
RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM public.patients_idempotencykey WHERE id IN (
            SELECT id FROM public.patients_idempotencykey
             WHERE site_id = of_site AND created_at < LEAST(before, now() - interval '1 day')
             ORDER BY created_at LIMIT most FOR UPDATE SKIP LOCKED
        ) RETURNING 1
    ) SELECT count(*)::integer FROM gone
$$
"""
LIFTED = ["lifted_version", "lifted_at", "lifted_client", "lifted_by_id", "lifted_note"]


def _person() -> models.ForeignKey:
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0003_application_role"),
        ("patients", "0004_append_only"),
    ]

    operations = [
        migrations.AddField(
            "delivery",
            "reason",
            models.CharField(blank=True, max_length=500, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "receivedresource", "is_correction", models.BooleanField(default=False)
        ),
        migrations.AddField(
            "setaside",
            "client",
            models.CharField(blank=True, max_length=200, default=""),
            preserve_default=False,
        ),
        migrations.AlterField("setaside", "by", _person()),
        migrations.AddField("setaside", "lifted_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "setaside",
            "lifted_client",
            models.CharField(blank=True, max_length=200, default=""),
            preserve_default=False,
        ),
        migrations.AddField("setaside", "lifted_by", _person()),
        migrations.AddField(
            "setaside",
            "lifted_note",
            models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "setaside",
            models.CheckConstraint(
                condition=models.Q(
                    ("by__isnull", False), models.Q(("client", ""), _negated=True), _connector="OR"
                ),
                name="set_aside_by_somebody",
            ),
        ),
        migrations.AddIndex(
            "idempotencykey",
            models.Index(fields=["site", "created_at"], name="idempotency_key_by_age"),
        ),
        migrations.RunSQL(
            [
                MAKE_PURGE,
                f"REVOKE ALL ON FUNCTION {PURGE}{SIGNATURE} FROM PUBLIC",
                f"GRANT EXECUTE ON FUNCTION {PURGE}{SIGNATURE} TO {APPLICATION_ROLE}",
            ],
            f"DROP FUNCTION {PURGE}{SIGNATURE}",
        ),
        *append_only("patients_setaside", updates=LIFTED),
    ]
