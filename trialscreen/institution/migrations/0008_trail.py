"""The trail: its tables, the functions that write it, and who may do what with it."""

from __future__ import annotations

from django.db import migrations, models

from trialscreen.institution.database_roles import APPLICATION_ROLE
from trialscreen.institution.trail import functions

TABLES = ("institution_trailentry", "institution_traillink", "institution_trailhead")
OPEN_TO = f"""
ALTER TABLE institution_trailentry ENABLE ROW LEVEL SECURITY;
CREATE POLICY only_the_sites_in_use ON institution_trailentry FOR SELECT TO {APPLICATION_ROLE} USING (
    site_id = ANY ((SELECT string_to_array(NULLIF(current_setting('trialscreen.sites', true), ''), ','))::bigint[])
    OR (site_id IS NULL AND (SELECT current_setting('trialscreen.institution', true)) = 'on')
)
"""
CLOSED = """
DROP POLICY only_the_sites_in_use ON institution_trailentry;
ALTER TABLE institution_trailentry DISABLE ROW LEVEL SECURITY
"""


def made(function: str, signature: str) -> migrations.RunSQL:
    return migrations.RunSQL(function, f"DROP FUNCTION {signature}")


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0007_ended_by"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrailHead",
            fields=[
                ("chain", models.BigIntegerField(primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField()),
                ("hash", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="TrailEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("site_id", models.BigIntegerField(null=True)),
                ("transaction", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=200)),
                ("patient_id", models.UUIDField(null=True)),
                ("old", models.JSONField(null=True)),
                ("new", models.JSONField(null=True)),
                ("account_id", models.BigIntegerField(null=True)),
                ("by_name", models.CharField(max_length=200)),
                ("client", models.CharField(max_length=200)),
                ("why", models.TextField()),
                ("origin", models.CharField(max_length=200)),
                ("address", models.CharField(max_length=60)),
                ("request", models.CharField(max_length=60)),
                ("database_user", models.CharField(max_length=100)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["transaction"], name="trail_transaction"),
                    models.Index(
                        condition=models.Q(("patient_id__isnull", False)),
                        fields=["patient_id", "id"],
                        name="trail_patient",
                    ),
                    models.Index(fields=["site_id", "id"], name="trail_site"),
                    models.Index(fields=["subject", "key", "id"], name="trail_subject"),
                    models.Index(fields=["account_id", "id"], name="trail_account"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrailLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("chain", models.BigIntegerField()),
                ("transaction", models.BigIntegerField()),
                ("sequence", models.BigIntegerField(null=True)),
                ("first_entry", models.BigIntegerField(null=True)),
                ("last_entry", models.BigIntegerField(null=True)),
                ("entries", models.IntegerField(null=True)),
                ("sealed_at", models.DateTimeField(null=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("chain", "sequence"), name="trail_link_sequence"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("sequence", None)),
                        fields=("transaction", "chain"),
                        name="trail_link_is_open_once",
                    ),
                ],
            },
        ),
        *(
            migrations.RunSQL(
                f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {APPLICATION_ROLE}",
                migrations.RunSQL.noop,
            )
            for table in TABLES
        ),
        migrations.RunSQL(OPEN_TO, CLOSED),
        made(functions.HIDE, "trail_hide(jsonb, text[])"),
        made(functions.WRITE, "trail_write(bigint, text, text, text, uuid, jsonb, jsonb)"),
        migrations.RunSQL(functions.ONLY_FOR_TRIGGERS, migrations.RunSQL.noop),
        made(functions.ROWS, "trail_rows()"),
        made(functions.SEAL, "trail_seal()"),
        migrations.RunSQL(
            functions.SEAL_AT_COMMIT, "DROP TRIGGER trail_sealed ON institution_traillink"
        ),
        made(functions.NOTE, "trail_note(bigint, text, text, text, uuid, jsonb)"),
    ]
