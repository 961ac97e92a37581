"""The screening log as a view without identifiers, for whom the sites' patients do not exist."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from trialscreen.institution.database_roles import APPLICATION_ROLE
from trialscreen.institution.scope import LOG_SETTING

# A view reads with the rights of its owner, whom row security does not hold: which sites it shows is therefore its own
# last condition. As a security barrier it is asked before anything that a query adds.
_MAKE = f"""
CREATE VIEW eligibility_screening_log WITH (security_barrier) AS
SELECT
    format('%s/%s/%s', t.number, i.code, s.number) AS key,
    s.site_id,
    t.number AS trial,
    s.number,
    s.episode,
    before.number AS previous_number,
    EXISTS (SELECT FROM eligibility_screening n WHERE n.previous_id = s.id) AS followed,
    CASE
        WHEN age.least IS NULL OR age.most IS NULL THEN NULL
        WHEN age.least <> age.most THEN NULL
        ELSE age.least
    END AS age_from,
    CASE WHEN d.sex IN ('female', 'male', 'other') THEN d.sex ELSE 'unknown' END AS sex,
    s.opened_on,
    (e.started AT TIME ZONE i.time_zone)::date AS started_on,
    (k.confirmed AT TIME ZONE i.time_zone)::date AS confirmed_on,
    (k.signed AT TIME ZONE i.time_zone)::date AS signed_on,
    r.registered_on,
    (c.at AT TIME ZONE i.time_zone)::date AS closed_on,
    e.voided,
    (SELECT count(*) FROM eligibility_deviation x WHERE x.screening_id = s.id) AS deviations,
    s.state,
    s.status,
    s.repeatable,
    COALESCE(c.reason, '') AS reason,
    c.detail -> 'criteria' AS failed,
    COALESCE(a.verdicts, '') AS verdicts,
    COALESCE(v.digest, '') AS digest,
    COALESCE(part.name, '') AS part,
    r.subject_number
FROM eligibility_screening s
JOIN institution_site i ON i.id = s.site_id
JOIN eligibility_trial t ON t.id = s.trial_id
LEFT JOIN patients_demographics d ON d.patient_id = s.patient_id AND d.superseded_version IS NULL
LEFT JOIN eligibility_screening before ON before.id = s.previous_id
LEFT JOIN eligibility_assessment a ON a.id = s.assessment_id
LEFT JOIN eligibility_protocolversion v ON v.id = a.protocol_version_id
LEFT JOIN eligibility_registration r ON r.screening_id = s.id
LEFT JOIN eligibility_trialpart part ON part.id = r.part_id
LEFT JOIN LATERAL (
    SELECT
        min(one.at) FILTER (WHERE one.transition = 'start') AS started,
        count(*) FILTER (WHERE one.transition = 'void') AS voided
    FROM eligibility_event one
    WHERE one.screening_id = s.id
) e ON true
LEFT JOIN LATERAL (
    SELECT one.at, one.reason, one.detail
    FROM eligibility_event one
    WHERE one.screening_id = s.id AND one.transition = 'close'
    ORDER BY one.sequence DESC
    LIMIT 1
) c ON true
LEFT JOIN LATERAL (
    SELECT one.at AS confirmed, sign.at AS signed
    FROM eligibility_determination one
    LEFT JOIN eligibility_signoff sign ON sign.determination_id = one.id
    WHERE one.screening_id = s.id
        AND NOT EXISTS (SELECT FROM eligibility_voiding w WHERE w.determination_id = one.id)
    ORDER BY one.id DESC
    LIMIT 1
) k ON true
LEFT JOIN LATERAL (
    SELECT min(band.low) AS least, max(band.low) AS most
    FROM (VALUES (d.birth_first), (d.birth_last)) AS birth (on_day)
    CROSS JOIN LATERAL (
        SELECT date_part('year', age(s.opened_on, birth.on_day))::int AS years
    ) lived
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN lived.years < 18 THEN 0
            WHEN lived.years < 30 THEN 18
            WHEN lived.years >= 90 THEN 90
            ELSE lived.years / 10 * 10
        END AS low
    ) band
    WHERE d.birth_first IS NOT NULL AND d.birth_last IS NOT NULL
) age ON true
WHERE s.site_id = ANY (
    (SELECT string_to_array(NULLIF(current_setting('{LOG_SETTING}', true), ''), ','))::bigint[]
);
REVOKE INSERT, UPDATE, DELETE ON eligibility_screening_log FROM {APPLICATION_ROLE}
"""  # noqa: S608 - names of our own modules


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0006_screenings"),
        ("institution", "0006_read_logs"),
        ("patients", "0006_range_changes"),
    ]

    operations = [
        migrations.RunSQL(_MAKE, "DROP VIEW eligibility_screening_log"),
        migrations.CreateModel(
            name="LogLine",
            fields=[
                ("key", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("trial", models.CharField(max_length=20)),
                ("number", models.PositiveIntegerField()),
                ("episode", models.PositiveSmallIntegerField()),
                ("previous_number", models.PositiveIntegerField(null=True)),
                ("followed", models.BooleanField()),
                ("age_from", models.PositiveSmallIntegerField(null=True)),
                ("sex", models.CharField(max_length=10)),
                ("opened_on", models.DateField()),
                ("started_on", models.DateField(null=True)),
                ("confirmed_on", models.DateField(null=True)),
                ("signed_on", models.DateField(null=True)),
                ("registered_on", models.DateField(null=True)),
                ("closed_on", models.DateField(null=True)),
                ("voided", models.PositiveIntegerField()),
                ("deviations", models.PositiveIntegerField()),
                ("state", models.CharField(max_length=20)),
                ("status", models.CharField(max_length=20)),
                ("repeatable", models.BooleanField()),
                ("reason", models.CharField(max_length=60)),
                ("failed", models.JSONField(null=True)),
                ("verdicts", models.CharField(max_length=60)),
                ("digest", models.CharField(max_length=80)),
                ("part", models.CharField(max_length=10)),
                ("subject_number", models.PositiveIntegerField(null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="institution.site",
                    ),
                ),
            ],
            options={
                "db_table": "eligibility_screening_log",
                "managed": False,
                "ordering": ("site__code", "number"),
            },
        ),
    ]
