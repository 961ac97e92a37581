"""Signing in and out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse


class SignIn(LoginView):
    """As every form that cannot be used, one that signs nobody in is answered with 422."""

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        answer = super().form_invalid(form)
        answer.status_code = 422
        return answer


sign_in = SignIn.as_view(
    template_name="accounts/sign_in.html",
    redirect_authenticated_user=True,
    extra_context={
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "most_hours": settings.SESSION_MAX_HOURS,
    },
)
sign_out = LogoutView.as_view(next_page="sign-in")
