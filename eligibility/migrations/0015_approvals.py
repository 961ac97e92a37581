"""Approvals of a trial at a site; and what a site sets of the policy is read and set by administrators."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.administration.row_security import open_to_administrators
from trialscreen.institution.database_roles import append_only
from trialscreen.institution.row_security import row_security
from trialscreen.institution.trail.triggers import trailed


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0014_openings_in_the_trail"),
        ("institution", "0012_sign_in"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SiteApproval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ethics", "Research ethics board"),
                            ("institution", "Institution"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reference", models.CharField(max_length=100)),
                ("approved_on", models.DateField()),
                ("expires_on", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("withdrawn_on", models.DateField(null=True)),
                ("withdrawn_reason", models.CharField(blank=True, max_length=500)),
                (
                    "recorded_by",
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
                        related_name="+",
                        to="institution.site",
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to="eligibility.trial",
                    ),
                ),
            ],
            options={
                "ordering": ("-approved_on", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("ethics", "institution")),
                            models.Q(("reference", ""), _negated=True),
                        ),
                        name="approval_has_kind_and_reference",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_on", None),
                            ("expires_on__gte", models.F("approved_on")),
                            _connector="OR",
                        ),
                        name="approval_expires_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_on", None), ("withdrawn_reason", "")),
                            models.Q(
                                ("withdrawn_on__isnull", False),
                                models.Q(("withdrawn_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="approval_withdrawn_for_a_reason",
                    ),
                ],
            },
        ),
        *row_security("eligibility_siteapproval"),
        *open_to_administrators("eligibility_siteapproval"),
        *append_only("eligibility_siteapproval", updates=("withdrawn_on", "withdrawn_reason")),
        *trailed("eligibility_siteapproval", patient=""),
        *open_to_administrators("eligibility_sitepolicy"),
    ]
