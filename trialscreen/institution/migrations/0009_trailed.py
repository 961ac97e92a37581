"""Who may do what, and who said so, leaves a trail from now on. Secrets stand in it as sums."""

from __future__ import annotations

from django.conf import settings
from django.db import migrations

from trialscreen.institution.trail.triggers import trailed

HIDDEN = {
    "institution_account": ("password",),
    "oauth2_provider_application": ("client_secret",),
    "oauth2_provider_accesstoken": ("token", "token_checksum"),
}
TABLES = (
    *HIDDEN,
    "auth_group",
    "auth_group_permissions",
    "institution_account_groups",
    "institution_account_user_permissions",
    "institution_apigrant",
    "institution_delegation",
    "institution_principalinvestigator",
    "institution_site",
    "institution_staffrole",
)


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0008_trail"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
        ("oauth2_provider", "0001_initial"),
    ]
    operations = [
        operation
        for table in TABLES
        for operation in trailed(table, site="", patient="", hidden=HIDDEN.get(table, ()))
    ]
