"""Second factors and sessions leave a trail; and a password that somebody else chose is known as such."""

from __future__ import annotations

from django.db import migrations, models

from trialscreen.institution.trail.triggers import trailed

HIDDEN = {
    "account_emailaddress": (),
    "account_emailconfirmation": ("key",),
    "mfa_authenticator": ("data",),
    "usersessions_usersession": ("session_key",),
}


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0011_administration"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
    ]
    operations = [
        migrations.AddField(
            model_name="account",
            name="password_set_by_other",
            field=models.BooleanField(default=False),
        ),
        *(
            operation
            for table, hidden in HIDDEN.items()
            for operation in trailed(table, site="", patient="", hidden=hidden)
        ),
    ]
