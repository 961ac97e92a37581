"""How a client shows who it is when it asks for a token: by its secret, or for some hours by the one before."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator

from trialscreen.institution.models import ApiClient


class Secrets(OAuth2Validator):
    """As the package does it; besides, a deactivated client is nobody, and an old secret lasts until its end."""

    def _load_application(self, client_id: str, request: Any) -> Any:
        application = super()._load_application(client_id, request)
        if application is not None and _kept(application, ended=True) is not None:
            request.client = None
            return None
        return application

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        if super().authenticate_client(request, *args, **kwargs):
            return True
        application: Any = getattr(request, "client", None)
        if application is None:
            return False
        kept = _kept(application, ended=False)
        if kept is None or kept.old_until is None or kept.old_until <= timezone.now():
            return False
        # Both ways of sending a secret are compared with the client that was loaded for this request.
        now, application.client_secret = application.client_secret, kept.old_secret
        try:
            return bool(super().authenticate_client(request, *args, **kwargs))
        finally:
            application.client_secret = now


def _kept(application: Any, *, ended: bool) -> ApiClient | None:
    held = ApiClient.objects.filter(application_id=application.pk, ended_at__isnull=not ended)
    return held.first()
