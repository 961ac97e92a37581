"""Retests: what was repeated after a failure, why, and both in the screening log: criteria and codes, no words."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.database_roles import APPLICATION_ROLE, append_only
from trialscreen.institution.row_security import row_security
from trialscreen.institution.scope import LOG_SETTING

_CODES = ("specimen", "method", "course", "lapsed", "corrected", "other")
_COLUMN = """,
    COALESCE(again.retests, '[]'::jsonb) AS retests"""
_JOIN = """LEFT JOIN LATERAL (
    SELECT jsonb_agg(
        jsonb_build_object('criterion', one.criterion, 'reason', said.reason) ORDER BY one.id
    ) AS retests
    FROM eligibility_retest one
    LEFT JOIN LATERAL (
        SELECT given.reason
        FROM eligibility_retestreason given
        WHERE given.screening_id = one.screening_id AND given.criterion = one.criterion
        ORDER BY given.id DESC
        LIMIT 1
    ) said ON true
    WHERE one.screening_id = s.id
) again ON true
"""


def _view(column: str = "", join: str = "") -> str:
    """The view of the log, with or without the column."""
    return f"""
VIEW eligibility_screening_log WITH (security_barrier) AS
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
    r.subject_number{column}
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
{join}WHERE s.site_id = ANY (
    (SELECT string_to_array(NULLIF(current_setting('{LOG_SETTING}', true), ''), ','))::bigint[]
);
REVOKE INSERT, UPDATE, DELETE ON eligibility_screening_log FROM {APPLICATION_ROLE}
"""  # noqa: S608 - names of our own modules


_WITH = "CREATE OR REPLACE " + _view(_COLUMN, _JOIN)
_WITHOUT = "DROP VIEW eligibility_screening_log; CREATE " + _view()


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0011_worklist_orders"),
        ("institution", "0007_ended_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Retest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("criterion", models.CharField(max_length=60)),
                ("verdict", models.CharField(max_length=20)),
                ("found_at", models.DateTimeField(auto_now_add=True)),
                (
                    "screening",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retests",
                        to="eligibility.screening",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institution.site",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("screening", "criterion"), name="retest_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RetestReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("criterion", models.CharField(max_length=60)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("specimen", "Specimen unsuitable or mishandled"),
                            ("method", "Fault of the measurement or the examination"),
                            ("course", "The patient’s condition has changed since"),
                            ("lapsed", "The earlier result was too old to count"),
                            ("corrected", "The earlier record was incomplete or wrong"),
                            ("other", "Another reason, in words"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("results", models.JSONField()),
                ("by_name", models.CharField(max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "screening",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retest_reasons",
                        to="eligibility.screening",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institution.site",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["screening", "criterion", "-id"], name="retest_reason")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", list(_CODES))),
                        name="retest_reason_coded",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(reason="other") | ~models.Q(text=""),
                        name="retest_reason_in_words",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(by_name=""), name="retest_reason_by_somebody"
                    ),
                ],
            },
        ),
        *row_security("eligibility_retest"),
        *row_security("eligibility_retestreason"),
        *append_only("eligibility_retest"),
        *append_only("eligibility_retestreason"),
        migrations.RunSQL(_WITH, _WITHOUT),
        migrations.AddField("logline", "retests", models.JSONField(default=list)),
    ]
