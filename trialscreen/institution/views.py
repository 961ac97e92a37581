"""Signing in and out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView

sign_in = LoginView.as_view(
    template_name="accounts/sign_in.html",
    redirect_authenticated_user=True,
    extra_context={
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "most_hours": settings.SESSION_MAX_HOURS,
    },
)
sign_out = LogoutView.as_view(next_page="sign-in")
