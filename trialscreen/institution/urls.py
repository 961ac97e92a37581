"""Addresses of signing in, and of the tokens of API clients."""

from __future__ import annotations

from django.urls import include, path
from oauth2_provider.views import RevokeTokenView, TokenView

from trialscreen.institution import views

tokens = [
    path("token/", TokenView.as_view(), name="token"),
    path("revoke-token/", RevokeTokenView.as_view(), name="revoke-token"),
]

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("o/", include((tokens, "oauth2_provider"))),
]
