"""Others who are told: endpoints, the outbox, and what became of telling it.

Administrators see and change endpoints and what was sent to them; of the outbox, which is about patients, they see nothing.
"""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialscreen.institution.administration.row_security import open_to_administrators
from trialscreen.institution.database_roles import append_only, never_deleted
from trialscreen.institution.row_security import key_with_site, row_security, same_site
from trialscreen.institution.trail.triggers import trailed

_ENDPOINT, _HEALTH, _OCCURRENCE = (
    "eligibility_endpoint",
    "eligibility_endpointhealth",
    "eligibility_occurrence",
)
_DISPATCH, _ATTEMPT, _RESENDING = (
    "eligibility_dispatch",
    "eligibility_attempt",
    "eligibility_resending",
)
TABLES = (_ENDPOINT, _HEALTH, _OCCURRENCE, _DISPATCH, _ATTEMPT, _RESENDING)
OF_ADMINISTRATION = (_ENDPOINT, _HEALTH, _DISPATCH, _ATTEMPT, _RESENDING)
_PROGRESS = (
    "state",
    "tries",
    "due_at",
    "held_until",
    "holder",
    "number",
    "first_tried_at",
    "done_at",
)
_SECURED = [
    *(operation for table in TABLES for operation in row_security(table)),
    *(operation for table in OF_ADMINISTRATION for operation in open_to_administrators(table)),
    *(
        operation
        for table in (_ENDPOINT, _OCCURRENCE, _DISPATCH)
        for operation in key_with_site(table)
    ),
    *same_site(_HEALTH, endpoint_id=_ENDPOINT),
    *same_site(_OCCURRENCE, patient_id="patients_patient", screening_id="eligibility_screening"),
    *same_site(_DISPATCH, endpoint_id=_ENDPOINT, occurrence_id=_OCCURRENCE),
    *same_site(_ATTEMPT, delivery_id=_DISPATCH),
    *same_site(_RESENDING, endpoint_id=_ENDPOINT, delivery_id=_DISPATCH),
    *never_deleted(_ENDPOINT),
    *never_deleted(_HEALTH),
    *append_only(_OCCURRENCE),
    *append_only(_DISPATCH, updates=_PROGRESS),
    *append_only(_ATTEMPT),
    *append_only(_RESENDING),
    *trailed(_ENDPOINT, patient="", hidden=("secret", "old_secret")),
    *trailed(_RESENDING, patient=""),
]


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0018_forced"),
        ("institution", "0016_repeated_acts"),
        ("patients", "0013_merges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("url", models.CharField(max_length=500)),
                ("events", models.JSONField()),
                (
                    "format",
                    models.CharField(
                        choices=[("event", "Event"), ("fhir", "FHIR Subscription notification")],
                        max_length=10,
                    ),
                ),
                ("origin", models.CharField(blank=True, max_length=200)),
                ("secret", models.TextField()),
                ("secret_since", models.DateTimeField()),
                ("old_secret", models.TextField(blank=True)),
                ("old_until", models.DateTimeField(null=True)),
                ("registered_at", models.DateTimeField()),
                ("paused_at", models.DateTimeField(null=True)),
                ("paused_why", models.CharField(blank=True, max_length=300)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "paused_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "registered_by",
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
            ],
        ),
        migrations.CreateModel(
            name="EndpointHealth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("numbered", models.PositiveBigIntegerField(default=0)),
                ("away", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("rests_until", models.DateTimeField(null=True)),
                ("last_success_at", models.DateTimeField(null=True)),
                (
                    "endpoint",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="health",
                        to="eligibility.endpoint",
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
            name="Occurrence",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=40)),
                ("data", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "screening",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eligibility.screening",
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
            name="Dispatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message", models.UUIDField()),
                ("lane", models.UUIDField()),
                ("sequence", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=40)),
                ("made_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("parked", "Parked"),
                            ("dropped", "Not sent: the endpoint was ended"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("held_until", models.DateTimeField(null=True)),
                ("holder", models.UUIDField(null=True)),
                ("number", models.PositiveBigIntegerField(null=True)),
                ("first_tried_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institution.site",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="eligibility.endpoint",
                    ),
                ),
                (
                    "occurrence",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="eligibility.occurrence",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Resending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField(null=True)),
                ("count", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eligibility.dispatch",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="eligibility.endpoint",
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
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("outcome", models.CharField(max_length=20)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("milliseconds", models.PositiveIntegerField()),
                ("next_at", models.DateTimeField(null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institution.site",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="eligibility.dispatch",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["delivery", "id"], name="attempt_of_delivery")],
            },
        ),
        migrations.AddIndex(
            model_name="endpoint",
            index=models.Index(
                condition=models.Q(("ended_at", None)), fields=["site"], name="endpoint_of_site"
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("format__in", ("event", "fhir"))),
                name="endpoint_format_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("old_secret", ""), ("old_until", None)),
                    models.Q(
                        models.Q(("old_secret", ""), _negated=True), ("old_until__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="endpoint_old_secret_has_its_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paused_at", None), ("paused_why", "")),
                    models.Q(
                        ("paused_at__isnull", False), models.Q(("paused_why", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="endpoint_paused_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.UniqueConstraint(
                fields=("patient", "sequence"), name="occurrence_sequence"
            ),
        ),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["endpoint", "due_at"],
                name="dispatch_due",
            ),
        ),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["endpoint", "lane", "sequence"],
                name="dispatch_lane",
            ),
        ),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(fields=["endpoint", "-id"], name="dispatch_listed"),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.UniqueConstraint(
                fields=("endpoint", "message"), name="dispatch_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("waiting", "delivered", "parked", "dropped"))),
                name="dispatch_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="resending",
            constraint=models.CheckConstraint(
                condition=models.Q(("delivery", None), ("since", None), _connector="OR"),
                name="resent_one_or_since",
            ),
        ),
        *_SECURED,
    ]
