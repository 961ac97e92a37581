from django.db import migrations

from trialscreen.institution.database_roles import application_role, never_deleted


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0002_sites_accounts_staff"),
    ]

    operations = [
        *application_role(),
        *never_deleted("institution_account"),
        *never_deleted("institution_site"),
        *never_deleted("institution_staffrole"),
    ]
