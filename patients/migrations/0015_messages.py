"""HL7 v2 messages as they arrived, who may send them, and what came of each try to apply them."""

from __future__ import annotations

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations import RunSQL

from trialscreen.institution.administration.row_security import open_to_administrators
from trialscreen.institution.database_roles import APPLICATION_ROLE, append_only
from trialscreen.institution.row_security import key_with_site, row_security, same_site
from trialscreen.institution.trail.triggers import trailed

UNPLACED = "patients_unplacedmessage"
SHOWN = "id, received_at, way, peer, client, application, facility, kind, size, digest"
"""Of a message that belongs to no site yet the application reads that it came, and never what it says."""


class Migration(migrations.Migration):
    dependencies = [
        ("institution", "0016_repeated_acts"),
        ("patients", "0014_local_codes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageSender",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("application", models.CharField(max_length=200)),
                ("facility", models.CharField(blank=True, max_length=200)),
                ("laboratory", models.CharField(blank=True, max_length=200)),
                ("source", models.CharField(max_length=100)),
                ("client", models.CharField(blank=True, max_length=200)),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("certificate", models.CharField(blank=True, max_length=64)),
                ("charset", models.CharField(default="ASCII", max_length=20)),
                ("authorities", models.JSONField(blank=True, default=dict)),
                ("registered_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "registered_by",
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
                        related_name="+",
                        to="institution.site",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReceivedMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                ("received_on", models.DateField()),
                ("way", models.CharField(max_length=10)),
                ("peer", models.CharField(blank=True, max_length=60)),
                ("certificate", models.CharField(blank=True, max_length=64)),
                ("client", models.CharField(blank=True, max_length=200)),
                ("application", models.CharField(blank=True, max_length=200)),
                ("facility", models.CharField(blank=True, max_length=200)),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("control_id", models.CharField(blank=True, max_length=200)),
                ("raw", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("outcome", models.CharField(max_length=10)),
                (
                    "patient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "repeats",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="again",
                        to="patients.receivedmessage",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="patients.messagesender",
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
        ),
        migrations.CreateModel(
            name="MessageAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("why", models.CharField(max_length=10)),
                ("client", models.CharField(blank=True, max_length=200)),
                ("outcome", models.CharField(max_length=10)),
                ("acknowledged", models.CharField(blank=True, max_length=2)),
                ("faults", models.JSONField(default=list)),
                ("remarks", models.JSONField(default=list)),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.delivery",
                    ),
                ),
                (
                    "merge",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patientmerge",
                    ),
                ),
                (
                    "person",
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
                        related_name="+",
                        to="institution.site",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="patients.receivedmessage",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UnplacedMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("way", models.CharField(max_length=10)),
                ("peer", models.CharField(blank=True, max_length=60)),
                ("client", models.CharField(blank=True, max_length=200)),
                ("application", models.CharField(blank=True, max_length=200)),
                ("facility", models.CharField(blank=True, max_length=200)),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("size", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("raw", models.BinaryField()),
            ],
            options={
                "indexes": [models.Index(fields=["-received_at"], name="unplaced_by_time")],
            },
        ),
        migrations.AddConstraint(
            model_name="messagesender",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("site", "name"),
                name="sender_by_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagesender",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("site", "application", "facility"),
                name="sender_by_header",
            ),
        ),
        migrations.AddConstraint(
            model_name="messagesender",
            constraint=models.CheckConstraint(
                condition=models.Q(("application", ""), _negated=True), name="sender_has_a_header"
            ),
        ),
        migrations.AddIndex(
            model_name="receivedmessage",
            index=models.Index(fields=["site", "-id"], name="messages_of_site"),
        ),
        migrations.AddIndex(
            model_name="receivedmessage",
            index=models.Index(fields=["site", "outcome", "-id"], name="messages_by_outcome"),
        ),
        migrations.AddIndex(
            model_name="receivedmessage",
            index=models.Index(fields=["patient", "kind", "id"], name="messages_of_patient"),
        ),
        migrations.AddConstraint(
            model_name="receivedmessage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("repeats", None), models.Q(("control_id", ""), _negated=True)),
                fields=("site", "sender", "control_id"),
                name="message_once_per_sender",
            ),
        ),
        migrations.AddConstraint(
            model_name="receivedmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ("applied", "noted", "duplicate", "refused"))),
                name="message_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="messageattempt",
            constraint=models.UniqueConstraint(
                fields=("message", "number"), name="attempt_by_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="messageattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ("applied", "noted", "duplicate", "refused"))),
                name="attempt_outcome",
            ),
        ),
        *row_security("patients_messagesender"),
        *open_to_administrators("patients_messagesender"),
        *append_only("patients_messagesender", updates=("ended_at",)),
        *trailed("patients_messagesender", patient=""),
        *key_with_site("patients_messagesender"),
        *row_security("patients_receivedmessage"),
        *append_only("patients_receivedmessage", updates=("outcome", "patient_id", "sender_id")),
        *trailed("patients_receivedmessage", hidden=("raw",)),
        *key_with_site("patients_receivedmessage"),
        *same_site(
            "patients_receivedmessage",
            sender_id="patients_messagesender",
            repeats_id="patients_receivedmessage",
            patient_id="patients_patient",
        ),
        *row_security("patients_messageattempt"),
        *append_only("patients_messageattempt"),
        *trailed("patients_messageattempt", patient=""),
        *same_site(
            "patients_messageattempt",
            message_id="patients_receivedmessage",
            delivery_id="patients_delivery",
            merge_id="patients_patientmerge",
        ),
        *append_only(UNPLACED),
        RunSQL(
            f"REVOKE SELECT ON {UNPLACED} FROM {APPLICATION_ROLE};"
            f"GRANT SELECT ({SHOWN}) ON {UNPLACED} TO {APPLICATION_ROLE}",
            f"GRANT SELECT ON {UNPLACED} TO {APPLICATION_ROLE}",
        ),
        *trailed(UNPLACED, site="", patient="", hidden=("raw",)),
    ]
