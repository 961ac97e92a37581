"""Changes of what is open, each with its reason; and who sees and changes openings without seeing a patient."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations import RunSQL

from trialscreen.institution.conduct import MANAGE_SETTING, READ_SETTING
from trialscreen.institution.database_roles import append_only


def _sites(setting: str) -> str:
    listed = f"string_to_array(NULLIF(current_setting('{setting}', true), ''), ',')"
    return f"((SELECT {listed})::bigint[])"


def _policy(name: str, table: str, what: str) -> RunSQL:
    return RunSQL(f"CREATE POLICY {name} ON {table} {what}", f"DROP POLICY {name} ON {table}")


_READ = f"FOR SELECT USING (site_id = ANY ({_sites(READ_SETTING)}))"
_MANAGE = f"site_id = ANY ({_sites(MANAGE_SETTING)})"
# What concerns every site names none: whoever may change one may change that.
_MANAGE_ALL = f"({_MANAGE} OR (site_id IS NULL AND {_sites(MANAGE_SETTING)} IS NOT NULL))"
_SECURITY = (
    # Policies add up: registration goes on to count the places of the sites in use.
    _policy("openings_are_read", "eligibility_sitepart", _READ),
    _policy(
        "openings_are_managed",
        "eligibility_sitepart",
        f"USING ({_MANAGE}) WITH CHECK ({_MANAGE})",
    ),
    RunSQL(
        "ALTER TABLE eligibility_openingchange ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE eligibility_openingchange DISABLE ROW LEVEL SECURITY",
    ),
    _policy(
        "openings_are_read",
        "eligibility_openingchange",
        f"FOR SELECT USING (site_id IS NULL OR site_id = ANY ({_sites(READ_SETTING)}))",
    ),
    _policy(
        "openings_are_managed",
        "eligibility_openingchange",
        f"FOR INSERT WITH CHECK {_MANAGE_ALL}",
    ),
    *append_only("eligibility_openingchange"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0008_worklist"),
        ("institution", "0007_ended_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OpeningChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField()),
                ("reason", models.TextField()),
                ("by_name", models.CharField(max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.AddConstraint(
            model_name="sitepart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_on", None),
                    models.Q(
                        ("closed_on__gte", models.F("opened_on")), ("opened_on__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="site_part_closes_after_it_opens",
            ),
        ),
        migrations.AddConstraint(
            model_name="trialpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_on", None),
                    models.Q(
                        ("closed_on__gte", models.F("opened_on")), ("opened_on__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="part_closes_after_it_opens",
            ),
        ),
        migrations.AddField(
            model_name="openingchange",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="openingchange",
            name="part",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="eligibility.trialpart",
            ),
        ),
        migrations.AddField(
            model_name="openingchange",
            name="site",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="institution.site",
            ),
        ),
        migrations.AddConstraint(
            model_name="openingchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("by_name", ""), _negated=True),
                ),
                name="opening_change_says_who_and_why",
            ),
        ),
        *_SECURITY,
    ]
