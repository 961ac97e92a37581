"""The delegation log, and the principal investigators who sign it."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.database_roles import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0004_api_grant"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delegation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("trial", models.CharField(max_length=20)),
                (
                    "duty",
                    models.CharField(
                        choices=[("confirm", "Confirm eligibility"), ("sign", "Sign eligibility")],
                        max_length=20,
                    ),
                ),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(null=True)),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                ("signed_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to="institution.site",
                    ),
                ),
            ],
            options={
                "ordering": ("site", "trial", "-first_day", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_day", None),
                            ("last_day__gte", models.F("first_day")),
                            _connector="OR",
                        ),
                        name="delegation_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at", None), ("signed_by", None)),
                            models.Q(("signed_at__isnull", False), ("signed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="delegation_signed_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PrincipalInvestigator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("trial", models.CharField(max_length=20)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="principals",
                        to="institution.site",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_day", None),
                            ("last_day__gte", models.F("first_day")),
                            _connector="OR",
                        ),
                        name="principal_ends_after_beginning",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            """
            ALTER TABLE institution_principalinvestigator
            ADD CONSTRAINT one_principal_on_a_day EXCLUDE USING gist (
                int8range(site_id, site_id, '[]') WITH &&,
                -- A range of text is not to be had without an extension; a trial is one number here.
                int8range(hashtext(trial)::bigint, hashtext(trial)::bigint, '[]') WITH &&,
                daterange(first_day, last_day, '[]') WITH &&
            )
            """,
            "ALTER TABLE institution_principalinvestigator DROP CONSTRAINT one_principal_on_a_day",
        ),
        *append_only("institution_principalinvestigator", updates=("last_day",)),
        *append_only("institution_delegation", updates=("last_day", "signed_by_id", "signed_at")),
    ]
