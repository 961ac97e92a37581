"""Invitations, kept facts of API clients, reviews of access; and roles that are taken away in the course of a day."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.database_roles import append_only, never_deleted
from trialscreen.institution.trail.triggers import trailed

HELD_ONCE = """
ALTER TABLE institution_staffrole DROP CONSTRAINT staffrole_is_held_once;
ALTER TABLE institution_staffrole
ADD CONSTRAINT staffrole_is_held_once EXCLUDE USING gist (
    int8range(account_id, account_id, '[]') WITH &&,
    int8range(COALESCE(site_id, 0), COALESCE(site_id, 0), '[]') WITH &&,
    int4range(
        array_position(
            ARRAY['coordinator', 'investigator', 'monitor', 'administrator'],
            role::text
        ),
        array_position(
            ARRAY['coordinator', 'investigator', 'monitor', 'administrator'],
            role::text
        ),
        '[]'
    ) WITH &&,
    daterange(first_day, last_day, '[]') WITH &&
) {}
"""
# A role that was taken away today can be given again today.
_UNLESS_TAKEN_AWAY = HELD_ONCE.format("WHERE (ended_at IS NULL)")


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0010_trail_in_sets"),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiClient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("contact", models.CharField(max_length=200)),
                ("secret_since", models.DateTimeField()),
                ("old_secret", models.CharField(blank=True, max_length=255)),
                ("old_until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-made_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="RoleReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("confirmed", "confirmed"), ("ended", "ended")], max_length=10
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.AddField(
            model_name="staffrole",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="staffrole",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True), ("last_day__isnull", False), _connector="OR"
                ),
                name="staffrole_taken_away_on_a_day",
            ),
        ),
        migrations.AddField(
            model_name="apiclient",
            name="application",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="kept",
                to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="rolereview",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="rolereview",
            name="role",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reviews",
                to="institution.staffrole",
            ),
        ),
        migrations.AddConstraint(
            model_name="apiclient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("old_secret", ""), ("old_until", None)),
                    models.Q(
                        models.Q(("old_secret", ""), _negated=True), ("old_until__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="apiclient_old_secret_has_its_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("made_at"))),
                name="invitation_expires_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolereview",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ("confirmed", "ended"))),
                name="rolereview_outcome",
            ),
        ),
        migrations.RunSQL(_UNLESS_TAKEN_AWAY, HELD_ONCE.format("")),
        *append_only("institution_invitation", updates=("used_at", "withdrawn_at")),
        *never_deleted("institution_apiclient"),
        *append_only("institution_rolereview"),
        *trailed("institution_invitation", site="", patient="", hidden=("key_hash",)),
        *trailed("institution_apiclient", site="", patient="", hidden=("old_secret",)),
        *trailed("institution_rolereview", site="", patient=""),
    ]
