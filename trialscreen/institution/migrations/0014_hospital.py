"""Who is who at the hospital's identity provider leaves a trail."""

from __future__ import annotations

from django.db import migrations

from trialscreen.institution.trail.triggers import trailed

HIDDEN = {
    "socialaccount_socialaccount": ("extra_data",),
    "socialaccount_socialapp": ("secret", "key", "settings"),
    "socialaccount_socialtoken": ("token", "token_secret"),
}


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0013_helped_by"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]
    operations = [
        operation
        for table, hidden in HIDDEN.items()
        for operation in trailed(table, site="", patient="", hidden=hidden)
    ]
