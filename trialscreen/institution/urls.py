"""Addresses of signing in, of one's own account, and of the tokens of API clients.

Names with underscores are those by which allauth looks its own pages up.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from trialscreen.institution import smart
from trialscreen.institution.sign_in import hospital, recover, views

tokens = [
    path("token/", smart.Tokens.as_view(), name="token"),
    path("revoke-token/", smart.Revocations.as_view(), name="revoke-token"),
]

ways_in = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/code/", views.code, name="mfa_authenticate"),
    path("sign-in/passkey/", views.passkey_sign_in, name="mfa_login_webauthn"),
    path("sign-in/by/<slug:provider_id>/", hospital.to_hospital, name="openid_connect_login"),
    path(
        "sign-in/by/<slug:provider_id>/back/",
        hospital.from_hospital,
        name="openid_connect_callback",
    ),
    path("sign-in/forgotten/", views.forgotten, name="account_reset_password"),
    path("sign-in/forgotten/sent/", views.forgotten_sent, name="account_reset_password_done"),
    re_path(
        r"^sign-in/new-password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        views.new_password,
        name="account_reset_password_from_key",
    ),
    path(
        "sign-in/new-password/set/",
        views.new_password_set,
        name="account_reset_password_from_key_done",
    ),
]
"""Every way by which somebody can become known to us; docs/decisions/sign-in.md lists the same."""

of_ones_own = [
    path("sign-out/", views.sign_out, name="sign-out"),
    path("session/", views.session_state, name="session-state"),
    path("session/again/", views.signed_in_again, name="signed-in-again"),
    path("account/", views.my_account, name="my-account"),
    path("account/overview/", RedirectView.as_view(pattern_name="my-account"), name="mfa_index"),
    path("account/second-factor/", views.second_factor, name="second-factor"),
    path("account/again/", views.password_again, name="account_reauthenticate"),
    path("account/again/code/", views.code_again, name="mfa_reauthenticate"),
    path("account/again/passkey/", views.passkey_again, name="mfa_reauthenticate_webauthn"),
    path("account/password/", views.change_password, name="account_change_password"),
    path("account/authenticator/", views.authenticator, name="mfa_activate_totp"),
    path("account/authenticator/remove/", views.remove_authenticator, name="mfa_deactivate_totp"),
    path("account/passkeys/add/", views.add_passkey, name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/remove/", views.remove_passkey, name="mfa_remove_webauthn"),
    path(
        "account/passkeys/",
        RedirectView.as_view(pattern_name="my-account"),
        name="mfa_list_webauthn",
    ),
    path("account/recovery-codes/", views.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/recovery-codes/new/",
        views.new_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("account/sessions/", views.sessions, name="usersessions_list"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *ways_in,
    *of_ones_own,
    path("security/events/", views.security_events, name="security-events"),
    path("security/people/<int:account>/", recover.recover, name="security-recover"),
    path("o/", include((tokens, "oauth2_provider"))),
]
