from __future__ import annotations

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "patients"
    label = "patients"
    verbose_name = "Patients"

    def ready(self) -> None:
        """No API client goes by the name of a source of ours: said in forms, and before it is saved. And imports that
        wait are told to a worker."""
        from django.db.models.signals import pre_save
        from oauth2_provider.models import get_application_model

        from patients.actions.sources import check_client, refuse_our_names
        from patients.signals import import_waits
        from patients.tasks import ask_for_work

        application = get_application_model()
        application._meta.get_field("client_id").validators.append(refuse_our_names)
        pre_save.connect(check_client, sender=application, dispatch_uid="patients.client-id")
        import_waits.connect(ask_for_work, dispatch_uid="patients.import")
