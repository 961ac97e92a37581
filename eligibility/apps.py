from __future__ import annotations

from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    name = "eligibility"
    label = "eligibility"
    verbose_name = "Eligibility"

    def ready(self) -> None:
        """Hear of every change of a record, and have the protocols checked."""
        from django.core.checks import Tags, register

        from eligibility import checks, protocols, publication
        from eligibility.actions.telling import something_to_tell
        from eligibility.receivers import (
            ask_for_assessment,
            ask_for_telling,
            ask_what_is_under_way,
            ask_who_sets_aside,
        )
        from patients.signals import before_merging, before_setting_aside, record_changed

        protocols.choose_by(publication.choose)
        something_to_tell.connect(ask_for_telling, dispatch_uid="eligibility.tell")
        record_changed.connect(ask_for_assessment, dispatch_uid="eligibility.assess")
        before_setting_aside.connect(ask_who_sets_aside, dispatch_uid="eligibility.set-aside")
        before_merging.connect(ask_what_is_under_way, dispatch_uid="eligibility.merge")
        register(checks.versions_are_published)
        register(checks.versions_agree_with_the_database, Tags.database)
