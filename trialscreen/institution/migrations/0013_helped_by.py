"""Who has helped somebody with a password or a second factor, so that nobody alone gives both."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0012_sign_in"),
    ]
    operations = [
        migrations.AddField(
            model_name="account",
            name="helped_by",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
